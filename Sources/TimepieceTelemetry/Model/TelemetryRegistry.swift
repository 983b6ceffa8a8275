import Synchronization
import Timepiece

/// The series of one destination: a page, a file, or a receiver.
///
/// Sources are read on demand, so that a count is that of the moment, and there is no work in between. The values of
/// sources with the same labels, at the same time or one after the other, are added up. The counts of a source stay
/// when it is removed: for ``retention``, and for at most ``largestGone`` sets of labels; gauges are removed with it.
///
/// Safe to share. No lock is held while sources are read.
package final class TelemetryRegistry: Sendable {
    /// How long the counts of a removed source are shown, in nanoseconds: an hour.
    package static let retention: UInt64 = 3_600_000_000_000
    /// The number of label sets without a source whose counts are shown; beyond it, the oldest are removed.
    package static let largestGone = 500

    private let state = Mutex(State())

    package init() {}

    /// Adds a source, with labels that distinguish it from others. A source that was already added is not changed.
    package func add(_ source: any TelemetrySource, labels: [MetricLabel], at now: UInt64) {
        state.withLock { state in
            state.forget(at: now)
            var group = state.groups[labels] ?? Group(since: now)
            guard !group.sources.contains(where: { $0 === source }) else { return }
            group.sources.append(source)
            group.goneAt = nil
            state.groups[labels] = group
        }
    }

    /// Whether a metric of a program's own can be added: its name for Prometheus is neither one of Timepiece nor that
    /// of a metric of another kind.
    package func takes(_ metric: Metric) -> Bool {
        guard !metric.name.hasPrefix("timepiece_") else { return false }
        return state.withLock { state in
            let known = state.ownMetrics[metric.name] ?? metric
            state.ownMetrics[metric.name] = known
            return known.kind == metric.kind && known.unit == metric.unit
        }
    }

    /// The reason why a metric is refused.
    package static let nameProblem =
        "a metric of another kind has the name, as Prometheus writes it, or the name begins with 'timepiece'."

    /// Removes a source, and keeps its counts.
    package func remove(_ source: any TelemetrySource, at now: UInt64) {
        let last = source.collect(at: now).filter(\.value.isCumulative)
        let removed = state.withLock { state -> (any TelemetrySource)? in
            guard
                let labels = state.groups.first(where: { $0.value.sources.contains { $0 === source } })?.key,
                var group = state.groups.removeValue(forKey: labels)
            else { return nil }
            group.sources.removeAll { $0 === source }
            group.base.merge(last)
            if group.sources.isEmpty { group.goneAt = now }
            state.groups[labels] = group
            state.forget(at: now)
            return source
        }
        // Released with no lock.
        withExtendedLifetime(removed) {}
    }

    /// Reads all series, by the metrics' names, each in the order of its labels.
    package func snapshot(at now: UInt64) -> [MetricFamily] {
        let groups = state.withLock { state in
            state.forget(at: now)
            return state.groups
        }
        var points: [Metric: [MetricFamily.Point]] = [:]
        for (labels, group) in groups {
            var measured = group.base
            for source in group.sources { measured.merge(source.collect(at: now)) }
            for measurement in measured {
                points[measurement.metric, default: []].append(
                    MetricFamily.Point(
                        labels: labels + measurement.labels, since: measurement.since ?? group.since,
                        value: measurement.value))
            }
        }
        return points.sorted { $0.key.name < $1.key.name }.map { metric, points in
            MetricFamily(
                metric: metric,
                points: points.sorted { one, other in
                    one.labels.lexicographicallyPrecedes(other.labels) { ($0.name, $0.value) < ($1.name, $1.value) }
                })
        }
    }

    /// The values under a set of labels.
    private struct Group: Sendable {
        let since: UInt64
        /// The counts of removed sources.
        var base: [Measurement] = []
        var sources: [any TelemetrySource] = []
        /// When the last source was removed.
        var goneAt: UInt64?
    }

    private struct State: Sendable {
        var groups: [[MetricLabel]: Group] = [:]
        /// By their names for Prometheus.
        var ownMetrics: [String: Metric] = [:]

        /// Removes values whose retention is over, and the oldest beyond the limit.
        mutating func forget(at now: UInt64) {
            let gone = groups.compactMap { labels, group in group.goneAt.map { (labels: labels, at: $0) } }
            for (labels, at) in gone where now >= at && now - at > TelemetryRegistry.retention { groups[labels] = nil }
            guard gone.count > TelemetryRegistry.largestGone else { return }
            for (labels, _) in gone.sorted(by: { $0.at < $1.at }).dropLast(TelemetryRegistry.largestGone) {
                groups[labels] = nil
            }
        }
    }
}

/// The key that distinguishes a measurement from the others of its source.
private struct Place: Hashable {
    let metric: Metric
    let labels: [MetricLabel]
}

extension [Measurement] {
    /// Adds others, each to the one of the same metric and labels.
    package mutating func merge(_ others: [Measurement]) {
        var places: [Place: Int] = [:]
        for (index, measurement) in enumerated() {
            places[Place(metric: measurement.metric, labels: measurement.labels)] = index
        }
        for other in others {
            let place = Place(metric: other.metric, labels: other.labels)
            if let index = places[place] {
                self[index].value.merge(other.value)
            } else {
                places[place] = count
                append(other)
            }
        }
    }
}
