import Timepiece

/// Writes metrics as a stream of io.prometheus.client.MetricFamily messages, each with its length before it.
///
/// Histograms are classic and native at the same time, and the reader uses the kind that it is configured for. The
/// fields are those of https://github.com/prometheus/client_model/blob/master/io/prometheus/client/metrics.proto.
package enum PrometheusProtobuf {
    /// How many buckets of a native histogram may be filled; beyond that, pairs of neighbors are merged.
    static let mostBuckets = 400
    /// The zero threshold where only zero counts as zero, 2^-128, as in Prometheus' own clients.
    private static let zeroThreshold = 0x1p-128

    package static func encode(_ families: [MetricFamily]) -> [UInt8] {
        var stream = ProtobufWriter()
        for family in families {
            stream.delimited { message in
                message.write(1, string: family.metric.name)
                message.write(2, string: family.metric.help)
                message.write(3, uint64: type(of: family.metric.kind))
                for point in family.points {
                    message.write(4) { write(point, family.metric, to: &$0) }
                }
            }
        }
        return stream.bytes
    }

    private static func type(of kind: Metric.Kind) -> UInt64 {
        switch kind {
        case .counter: 0
        case .gauge: 1
        case .histogram: 4
        }
    }

    private static func write(_ point: MetricFamily.Point, _ metric: Metric, to message: inout ProtobufWriter) {
        for label in point.labels {
            message.write(1) { pair in
                pair.write(1, string: label.name)
                pair.write(2, string: label.value)
            }
        }
        switch point.value {
        case .count(let value): write(Double(value), metric.kind, to: &message)
        case .nanoseconds(let value): write(Double(value) / 1e9, metric.kind, to: &message)
        case .gauge(let value): write(value, metric.kind, to: &message)
        case .distribution, .numbers:
            guard let histogram = PrometheusHistogram(point.value, metric.unit) else { return }
            message.write(7) { write(histogram, to: &$0) }
        }
    }

    private static func write(_ value: Double, _ kind: Metric.Kind, to message: inout ProtobufWriter) {
        message.write(kind == .gauge ? 2 : 3) { $0.write(1, double: value) }
    }

    private static func write(_ values: PrometheusHistogram, to histogram: inout ProtobufWriter) {
        histogram.write(1, uint64: values.count)
        histogram.write(2, double: values.sum)
        for (bound, count) in values.classic {
            histogram.write(3) { bucket in
                bucket.write(1, uint64: count)
                bucket.write(2, double: bound)
            }
        }
        let native = values.native(limit: mostBuckets)
        histogram.write(5, sint64: Int64(native.scale))
        histogram.write(6, double: zeroThreshold)
        histogram.write(7, uint64: native.zeroCount)
        for span in spans(of: native.buckets) {
            histogram.write(12) { message in
                message.write(1, sint64: Int64(span.offset))
                message.write(2, uint64: UInt64(span.length))
            }
        }
        var last: Int64 = 0
        let deltas = native.buckets.map { bucket in
            defer { last = Int64(clamping: bucket.count) }
            return Int64(clamping: bucket.count) - last
        }
        histogram.write(13, packedSInt64: deltas)
    }

    /// Runs of neighboring buckets: the first with Prometheus' index, the others with their distance from the end of
    /// the previous one. Without any there is an empty one, which marks the histogram as native.
    private static func spans(of buckets: [ExponentialBuckets.Bucket]) -> [(offset: Int, length: Int)] {
        guard !buckets.isEmpty else { return [(0, 0)] }
        var spans: [(offset: Int, length: Int)] = []
        var end = 0
        for bucket in buckets {
            let index = bucket.index + 1
            if let last = spans.indices.last, index == end {
                spans[last].length += 1
            } else {
                spans.append((index - end, 1))
            }
            end = index + 1
        }
        return spans
    }
}
