package import Timepiece

/// A point of a series in OpenTelemetry's protocol, encoded except for its times.
///
/// The times are settled when it is sent. Concatenated messages of Protocol Buffers are one message, so the times are
/// then appended. Source: `opentelemetry/proto/metrics/v1/metrics.proto`.
package struct OpenTelemetryPoint: Sendable, Equatable {
    /// The kind of the metric, by the number of its field in the message `Metric`.
    package enum Kind: UInt64, Sendable {
        case gauge = 5
        case sum = 7
        case exponentialHistogram = 10
    }

    /// The start from which a value adds up, by the numbers of `AggregationTemporality`.
    package enum Temporality: UInt64, Sendable {
        /// From the previous point.
        case delta = 1
        /// From the start of the series.
        case cumulative = 2
    }

    package let kind: Kind
    package let temporality: Temporality
    /// The message `Metric` without its data: name, description and unit.
    package let metric: [UInt8]
    /// The message of the point without its times: attributes and value.
    package let content: [UInt8]
    /// The time of the machine's wall clock when the count began.
    package let began: WallTime

    package init(kind: Kind, temporality: Temporality, metric: [UInt8], content: [UInt8], began: WallTime) {
        self.kind = kind
        self.temporality = temporality
        self.metric = metric
        self.content = content
        self.began = began
    }

    /// The most bytes that it takes in a request.
    package var largestSize: Int { metric.count + content.count + 64 }
}

extension OpenTelemetryPoint {
    /// The most buckets of a histogram, as in OpenTelemetry's SDKs: `MaxSize` of the base-2 exponential aggregation.
    package static let largestBucketCount = 160

    /// Encodes a counter or a gauge.
    package init(
        _ metric: Metric, _ labels: [MetricLabel], _ value: MetricValue, temporality: Temporality, began: WallTime
    ) {
        var content = ProtobufWriter()
        let kind: Kind
        switch value {
        case .count(let count):
            kind = .sum
            content.attributes(7, labels)
            content.write(6, sfixed64: Int64(clamping: count))
        case .nanoseconds(let time):
            kind = .sum
            content.attributes(7, labels)
            content.write(4, double: Double(time) / 1e9)
        case .gauge(let number):
            kind = .gauge
            content.attributes(7, labels)
            content.write(4, double: number)
        case .distribution(let statistics):
            self.init(
                name: metric.dottedName, help: metric.help, unit: metric.unit.rawValue, labels,
                DistributionPart(statistics), temporality: temporality, began: began)
            return
        case .numbers(let numbers):
            self.init(metric, labels, numbers, temporality: temporality, began: began)
            return
        }
        self.init(
            kind: kind, temporality: temporality,
            metric: Self.header(metric.dottedName, metric.help, metric.unit.rawValue), content: content.bytes,
            began: began)
    }

    /// Encodes a distribution of times in at most ``largestBucketCount`` buckets; count, sum and extremes stay exact.
    package init(
        name: String, help: String, unit: String, _ labels: [MetricLabel], _ part: DistributionPart,
        temporality: Temporality, began: WallTime
    ) {
        self.init(
            Self.header(name, help, unit), labels, count: part.count, sum: Double(part.sum) / 1e9,
            min: part.min.map { Double($0) / 1e9 }, max: part.max.map { Double($0) / 1e9 },
            ExponentialBuckets(part.histogram, limit: .span(Self.largestBucketCount)), temporality: temporality,
            began: began)
    }

    /// Encodes a distribution of numbers in the same way.
    init(
        _ metric: Metric, _ labels: [MetricLabel], _ numbers: NumberDistribution, temporality: Temporality,
        began: WallTime
    ) {
        self.init(
            Self.header(metric.dottedName, metric.help, metric.unit.rawValue), labels, count: numbers.count,
            sum: numbers.sum, min: numbers.min, max: numbers.max,
            ExponentialBuckets(numbers, limit: .span(Self.largestBucketCount)), temporality: temporality,
            began: began)
    }

    private init(
        _ header: [UInt8], _ labels: [MetricLabel], count: UInt64, sum: Double, min: Double?, max: Double?,
        _ buckets: ExponentialBuckets, temporality: Temporality, began: WallTime
    ) {
        var content = ProtobufWriter()
        content.attributes(1, labels)
        content.write(4, fixed64: count)
        content.write(5, double: sum)
        content.write(6, sint64: Int64(buckets.scale))
        content.write(7, fixed64: buckets.zeroCount)
        if let first = buckets.buckets.first?.index, let last = buckets.buckets.last?.index {
            var counts = [UInt64](repeating: 0, count: last - first + 1)
            for bucket in buckets.buckets { counts[bucket.index - first] = bucket.count }
            content.write(8) { positive in
                positive.write(1, sint64: Int64(first))
                positive.write(2, packedUInt64: counts)
            }
        }
        if let min { content.write(12, double: min) }
        if let max { content.write(13, double: max) }
        self.init(
            kind: .exponentialHistogram, temporality: temporality, metric: header, content: content.bytes, began: began)
    }

    private static func header(_ name: String, _ help: String, _ unit: String) -> [UInt8] {
        var header = ProtobufWriter()
        header.write(1, string: name)
        if !help.isEmpty { header.write(2, string: help) }
        header.write(3, string: unit)
        return header.bytes
    }
}

extension ProtobufWriter {
    /// Writes attributes, messages `KeyValue`, each a text.
    mutating func attributes(_ field: Int, _ labels: [MetricLabel]) {
        for label in labels {
            write(field) { pair in
                pair.write(1, string: label.name)
                pair.write(2) { value in value.write(1, string: label.value) }
            }
        }
    }
}
