package import Timepiece

/// The successive exports of the series of a registry to a receiver of OpenTelemetry's protocol.
///
/// A registry adds up from the start of a series. With cumulative temporality those totals are sent; with delta
/// temporality the differences since the last time, without unchanged series.
package struct OpenTelemetryCollection: Sendable {
    /// A point, and its series.
    package struct Item: Sendable, Equatable {
        package let name: String
        package let labels: [MetricLabel]
        package let point: OpenTelemetryPoint
        /// The number of measured values since the last time.
        package let samples: UInt64
    }

    package let temporality: OpenTelemetryPoint.Temporality
    private var last: [Key: Former] = [:]
    /// The wall-clock times of the instants at which series began, so that a start is the same in each point.
    private var starts: [UInt64: WallTime] = [:]

    private struct Key: Hashable {
        let metric: Metric
        let labels: [MetricLabel]
    }

    private struct Former: Sendable {
        let since: UInt64
        let value: MetricValue
        let wall: WallTime
    }

    package init(_ temporality: OpenTelemetryPoint.Temporality) {
        self.temporality = temporality
    }

    /// Returns the points of all series.
    ///
    /// - Parameters:
    ///   - families: the series of a registry.
    ///   - now: the instant of the reading, in nanoseconds of CLOCK_MONOTONIC.
    ///   - wall: the wall-clock time of that instant.
    package mutating func take(_ families: [MetricFamily], at now: UInt64, wall: WallTime) -> [Item] {
        var items: [Item] = []
        var present: [Key: Former] = [:]
        var begun: [UInt64: WallTime] = [:]
        for family in families {
            for series in family.points {
                let start =
                    begun[series.since] ?? starts[series.since]
                    ?? wall.advanced(by: .nanoseconds(-Int64(clamping: now - min(now, series.since))))
                begun[series.since] = start
                let key = Key(metric: family.metric, labels: series.labels)
                let former = last[key].flatMap { $0.since == series.since ? $0 : nil }
                present[key] = Former(since: series.since, value: series.value, wall: wall)
                if let item = item(key, series.value, since: former, start: start) { items.append(item) }
            }
        }
        last = present
        starts = begun
        return items
    }

    private func item(_ key: Key, _ value: MetricValue, since former: Former?, start: WallTime) -> Item? {
        let part = value.part(since: former?.value)
        guard temporality == .delta, value.isCumulative else {
            return Item(
                name: key.metric.dottedName, labels: key.labels,
                point: OpenTelemetryPoint(key.metric, key.labels, value, temporality: temporality, began: start),
                samples: part.samples)
        }
        // A series whose values have decreased, which does not happen in a registry, begins again.
        let began = part.isWhole ? start : former?.wall ?? start
        let point: OpenTelemetryPoint
        switch part.value {
        case .number(let number):
            guard number > 0 else { return nil }
            let own: MetricValue = if case .count = value { .count(number) } else { .nanoseconds(number) }
            point = OpenTelemetryPoint(key.metric, key.labels, own, temporality: .delta, began: began)
        case .distribution(let distribution):
            guard distribution.count > 0 else { return nil }
            point = OpenTelemetryPoint(
                name: key.metric.dottedName, help: key.metric.help, unit: key.metric.unit.rawValue, key.labels,
                distribution, temporality: .delta, began: began)
        case .numbers(let numbers):
            guard numbers.count > 0 else { return nil }
            point = OpenTelemetryPoint(key.metric, key.labels, numbers, temporality: .delta, began: began)
        }
        return Item(name: key.metric.dottedName, labels: key.labels, point: point, samples: part.samples)
    }
}

/// The difference between a value and an earlier one.
private struct ValuePart {
    enum Value {
        case number(UInt64)
        case distribution(DistributionPart)
        case numbers(NumberDistribution)
    }

    let value: Value
    /// Whether it is all of the value.
    let isWhole: Bool

    /// The number of measured values in it.
    var samples: UInt64 {
        switch value {
        case .number: 0
        case .distribution(let part): part.count
        case .numbers(let part): part.count
        }
    }
}

extension MetricValue {
    fileprivate func part(since former: MetricValue?) -> ValuePart {
        switch (self, former) {
        case (.count(let now), .count(let then)?) where now >= then,
            (.nanoseconds(let now), .nanoseconds(let then)?) where now >= then:
            return ValuePart(value: .number(now - then), isWhole: false)
        case (.count(let now), _), (.nanoseconds(let now), _):
            return ValuePart(value: .number(now), isWhole: true)
        case (.distribution(let now), .distribution(let then)?):
            if let part = DistributionPart(now, since: then) {
                return ValuePart(value: .distribution(part), isWhole: false)
            }
            return ValuePart(value: .distribution(DistributionPart(now)), isWhole: true)
        case (.distribution(let now), _):
            return ValuePart(value: .distribution(DistributionPart(now)), isWhole: true)
        case (.numbers(let now), .numbers(let then)?):
            let part = now.part(since: then)
            return ValuePart(value: .numbers(part ?? now), isWhole: part == nil)
        case (.numbers(let now), _):
            return ValuePart(value: .numbers(now), isWhole: true)
        case (.gauge, _):
            return ValuePart(value: .number(0), isWhole: true)
        }
    }
}
