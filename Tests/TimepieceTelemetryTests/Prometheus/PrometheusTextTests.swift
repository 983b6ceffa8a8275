import Testing

@testable import Timepiece
@testable import TimepieceTelemetry

@Suite("The text for Prometheus")
struct PrometheusTextTests {
    private func text(_ metric: Metric, _ value: MetricValue, _ labels: [MetricLabel] = []) -> String {
        let family = MetricFamily(metric: metric, points: [.init(labels: labels, since: 0, value: value)])
        return String(decoding: PrometheusText.encode([family]), as: UTF8.self)
    }

    @Test func `has help, type and a line for each series`() {
        #expect(
            text(.buffers, .count(.max), [MetricLabel("label", "front"), MetricLabel("element", "t")]) == """
                # HELP timepiece_buffers_total Buffers that passed.
                # TYPE timepiece_buffers_total counter
                timepiece_buffers_total{label="front",element="t"} 18446744073709551615

                """)
        #expect(text(.stalled, .gauge(1)).hasSuffix("gauge\ntimepiece_stalled 1.0\n"))
        #expect(text(.freezeTime, .nanoseconds(1_500_000_000)).hasSuffix("timepiece_freeze_seconds_total 1.5\n"))
    }

    @Test func `escapes what would end a value or the page`() {
        #expect(
            text(.stalled, .gauge(0), [MetricLabel("label", "a\"b\\c\nd\0eü\r")])
                .hasSuffix("timepiece_stalled{label=\"a\\\"b\\\\c\\nd\u{fffd}eü\r\"} 0.0\n"))
    }

    @Test func `has a histogram whose bounds are exact`() {
        var times = Statistics()
        times.record(.zero)
        // The bound 2^-5 s is included, and the next nanosecond is not.
        times.record(.nanoseconds(31_250_000))
        times.record(.nanoseconds(31_250_001))
        times.record(.seconds(100))
        let lines = text(.interval, .distribution(times), [MetricLabel("label", "x")]).split(separator: "\n")
        #expect(lines.contains("timepiece_interval_seconds_bucket{label=\"x\",le=\"0.0001220703125\"} 1"))
        #expect(lines.contains("timepiece_interval_seconds_bucket{label=\"x\",le=\"0.03125\"} 2"))
        #expect(lines.contains("timepiece_interval_seconds_bucket{label=\"x\",le=\"0.04419417382415922\"} 3"))
        #expect(lines.contains("timepiece_interval_seconds_bucket{label=\"x\",le=\"1.0\"} 3"))
        #expect(lines.contains("timepiece_interval_seconds_bucket{label=\"x\",le=\"64.0\"} 3"))
        #expect(lines.contains("timepiece_interval_seconds_bucket{label=\"x\",le=\"+Inf\"} 4"))
        #expect(lines.contains("timepiece_interval_seconds_sum{label=\"x\"} 100.062500001"))
        #expect(lines.contains("timepiece_interval_seconds_count{label=\"x\"} 4"))
        #expect(ClassicBuckets.times.bounds == ClassicBuckets.times.bounds.sorted())
        #expect(ClassicBuckets.times.bounds.count == 29)
    }
}

@Suite("The protobuf for Prometheus")
struct PrometheusProtobufTests {
    @Test func `is a stream of families with their lengths`() {
        let metric = Metric("n", "n", .counter, .none, "h")
        let family = MetricFamily(
            metric: metric, points: [.init(labels: [MetricLabel("a", "b")], since: 0, value: .count(1))])
        #expect(
            PrometheusProtobuf.encode([family]) == [
                29, 0x0a, 1, 0x6e, 0x12, 1, 0x68, 0x18, 0,
                0x22, 19, 0x0a, 6, 0x0a, 1, 0x61, 0x12, 1, 0x62, 0x1a, 9, 0x09, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f,
            ])
    }

    @Test func `has native buckets with Prometheus' index, in runs, as differences`() {
        var times = Statistics()
        // OpenTelemetry's bucket -1, which is Prometheus' 0, twice; and 1; and 64.
        for time in [1_000_000_000, 1_000_000_000, 1_005_000_000, 2_000_000_000] { times.record(.nanoseconds(time)) }
        let family = MetricFamily(metric: .interval, points: [.init(labels: [], since: 0, value: .distribution(times))])
        let bytes = PrometheusProtobuf.encode([family])
        // schema 6, the threshold of zero, none of it; spans (0, 2) and (62, 1); 2, then 1 less, then the same.
        let native: [UInt8] =
            [0x28, 0x0c, 0x31, 0, 0, 0, 0, 0, 0, 0xf0, 0x37, 0x38, 0]
            + [0x62, 4, 0x08, 0, 0x10, 2, 0x62, 4, 0x08, 124, 0x10, 1]
            + [0x6a, 3, 4, 1, 0]
        #expect(Array(bytes.suffix(native.count)) == native)
    }
}
