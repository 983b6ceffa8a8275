import Testing

@testable import Timepiece
@testable import TimepieceTelemetry

@Suite("A program's own metrics")
struct TelemetryInstrumentTests {
    private func lines(_ exporter: PrometheusExporter) -> [Substring] {
        exporter.text.split(separator: "\n").filter { !$0.contains("build_info") }
    }

    @Test func `are shown with the names that Prometheus accepts`() throws {
        let exporter = PrometheusExporter()
        let counter = TelemetryCounter("shop.orders", help: "Orders.")
        try exporter.add(counter, labels: ["shop": "north"])
        counter.increment(by: 3)
        counter.increment(by: -5)
        let gauge = TelemetryGauge("2 doors")
        try exporter.add(gauge, labels: [:])
        #expect(!lines(exporter).contains { $0.hasPrefix("_2_doors") }, "not set yet")
        gauge.add(-0.5)
        let times = TelemetryDistribution("wait", unit: .seconds)
        try exporter.add(times, labels: [:])
        times.record(.milliseconds(250))
        #expect(!times.record(.milliseconds(-1)) && !times.record(.nan) && !times.record(.infinity))
        let lines = lines(exporter)
        for line in [
            "# HELP shop_orders_total Orders.", "# TYPE shop_orders_total counter",
            "shop_orders_total{shop=\"north\"} 3", "_2_doors -0.5", "wait_seconds_sum 0.25",
            "wait_seconds_bucket{le=\"0.25\"} 1", "wait_seconds_bucket{le=\"0.1767766952966369\"} 0",
            "wait_seconds_count 1",
        ] { #expect(lines.contains { $0 == line }, "\(line)") }
        exporter.remove(counter)
        counter.increment()
        #expect(self.lines(exporter).contains("shop_orders_total{shop=\"north\"} 3"))
    }

    @Test func `are refused with the name of another kind, or of Timepiece`() throws {
        let exporter = PrometheusExporter()
        try exporter.add(TelemetryGauge("a.b"), labels: ["x": "1"])
        try exporter.add(TelemetryGauge("a-b"), labels: ["x": "2"])
        #expect(throws: PrometheusError.self) {
            try exporter.add(TelemetryDistribution("a_b", unit: .none), labels: [:])
        }
        #expect(throws: PrometheusError.self) { try exporter.add(TelemetryCounter("timepiece.buffers"), labels: [:]) }
    }

    @Test func `of the same labels are added up, and a reset begins a new series`() throws {
        let registry = TelemetryRegistry()
        let (one, two) = (TelemetryCounter("n"), TelemetryCounter("n"))
        registry.add(one, labels: [], at: 5)
        registry.add(two, labels: [], at: 6)
        one.increment(by: 3)
        two.increment(by: 4)
        #expect(registry.snapshot(at: 7).first?.points.first?.value == .count(7))
        #expect(registry.snapshot(at: 7).first?.points.first?.since == 5)
        registry.remove(two, at: 8)
        one.reset()
        one.increment()
        let again = try #require(registry.snapshot(at: 9).first?.points.first)
        #expect(again.value == .count(5))
        let alone = TelemetryRegistry()
        alone.add(one, labels: [], at: 5)
        #expect(try #require(alone.snapshot(at: 9).first?.points.first).since > 5)
    }
}

@Suite("A distribution of numbers")
struct NumberDistributionTests {
    private func distribution(_ numbers: [Double]) -> NumberDistribution {
        var result = NumberDistribution()
        for number in numbers {
            let isTaken = result.record(number)
            #expect(isTaken)
        }
        return result
    }

    @Test func `has the same buckets as times`() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<2_000 {
            let time = UInt64.random(in: 1...(1 << UInt64.random(in: 1...46)), using: &random)
            let whole = HistogramScale.bucket(of: time) - HistogramScale.bucketOfOneSecond
            #expect(NumberDistribution.index(of: Double(time) / 1e9) == whole, "\(time)")
        }
        for exponent in -30...30 {
            let power = Double(sign: .plus, exponent: exponent, significand: 1)
            #expect(NumberDistribution.index(of: power) == exponent * 64 - 1)
            #expect(NumberDistribution.index(of: power.nextUp) == exponent * 64)
        }
    }

    @Test func `of any numbers has bounded buckets`() {
        let numbers = distribution([.leastNonzeroMagnitude, 1e-300, 0, 1, 1e9, .greatestFiniteMagnitude])
        #expect(numbers.count == 6 && numbers.zeroCount == 1 && numbers.min == 0)
        #expect(numbers.max == .greatestFiniteMagnitude)
        let span = ExponentialBuckets(numbers, limit: .span(160))
        #expect(span.scale >= -10 && span.buckets.reduce(0) { $0 + $1.count } == 5)
        #expect((span.buckets.last?.index ?? 0) - (span.buckets.first?.index ?? 0) < 160)
        let squares = distribution((1...5_000).map { Double($0 * $0) })
        #expect(ExponentialBuckets(squares, limit: .populated(400)).scale >= -4)
    }

    @Test func `merges, and the difference to an earlier state is exact`() throws {
        let (one, two) = (distribution([1, 2, 2, 1000]), distribution([0, 2, 5e6]))
        var both = one
        both.merge(two)
        #expect(both == distribution([1, 2, 2, 1000, 0, 2, 5e6]))
        let part = try #require(both.part(since: one))
        #expect(part.count == 3 && part.sum == 5_000_002 && part.buckets == two.buckets && part.zeroCount == 1)
        #expect(part.min == 0 && part.max == 5e6)
        #expect(one.part(since: both) == nil && one.part(since: two) == nil)
        #expect(one.part(since: one)?.count == 0)
    }
}
