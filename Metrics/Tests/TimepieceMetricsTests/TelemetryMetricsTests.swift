import Foundation
import Logging
import Metrics
import Testing
import TimepieceMetrics
import TimepieceOpenTelemetry
import TimepieceTelemetry

@Suite("The backend of swift-metrics for Prometheus and OpenTelemetry")
struct TelemetryMetricsTests {
    private let exporter = PrometheusExporter()
    private let log = Log()
    private let factory: TelemetryMetricsFactory

    init() {
        let log = log
        factory = TelemetryMetricsFactory(
            prometheus: exporter, labels: ["site": "north"], logger: Logger(label: "test") { _ in log })
    }

    private func lines() -> Set<String> { Set(exporter.text.split(separator: "\n").map(String.init)) }

    @Test func `shows counters, meters, recorders and timers`() {
        let counter = Counter(label: "shop.orders", dimensions: [("Room", "3")], factory: factory)
        counter.increment()
        counter.increment(by: 4)
        let floating = FloatingPointCounter(label: "litres", factory: factory)
        for _ in 0..<4 { floating.increment(by: 0.5) }
        let meter = Meter(label: "depth", factory: factory)
        meter.set(7)
        meter.increment(by: 2.5)
        meter.decrement(by: 20)
        Gauge(label: "level", factory: factory).record(-1.5)
        let recorder = Recorder(label: "size", factory: factory)
        for number in 1...100 { recorder.record(number * 1_000_000) }
        let timer = Timer(label: "payment", factory: factory)
        timer.recordMilliseconds(12)
        timer.recordSeconds(2)
        let lines = lines()
        for line in [
            "# TYPE shop_orders_total counter", "shop_orders_total{Room=\"3\",site=\"north\"} 5",
            "litres_total{site=\"north\"} 2", "# TYPE depth gauge", "depth{site=\"north\"} -10.5",
            "level{site=\"north\"} -1.5", "# TYPE size histogram", "size_count{site=\"north\"} 100",
            "size_sum{site=\"north\"} 5050000000.0", "size_bucket{site=\"north\",le=\"33554432.0\"} 33",
            "size_bucket{site=\"north\",le=\"+Inf\"} 100", "payment_seconds_sum{site=\"north\"} 2.012",
            "payment_seconds_bucket{site=\"north\",le=\"0.015625\"} 1",
            "payment_seconds_bucket{site=\"north\",le=\"2.0\"} 2",
        ] { #expect(lines.contains(line), "\(line)") }
        #expect(log.all.isEmpty)
    }

    @Test func `returns the same metric for the same label and dimensions, in any order`() {
        for dimensions in [[("a", "1"), ("b", "2")], [("b", "2"), ("a", "1")]] {
            Counter(label: "calls", dimensions: dimensions, factory: factory).increment()
        }
        Counter(label: "calls", dimensions: [("a", "2")], factory: factory).increment()
        #expect(lines().contains("calls_total{a=\"1\",b=\"2\",site=\"north\"} 2"))
        #expect(lines().contains("calls_total{a=\"2\",site=\"north\"} 1"))
    }

    @Test func `a label with quotes, several lines or another script stays one series`() {
        let values = ["a\"b\\c\nd", "größe 三", ""]
        for value in values { Counter(label: "odd", dimensions: [("le", value)], factory: factory).increment() }
        let shown = lines().filter { $0.hasPrefix("odd_total{") }
        #expect(
            shown == [
                #"odd_total{label_le="a\"b\\c\nd",site="north"} 1"#, #"odd_total{label_le="größe 三",site="north"} 1"#,
                #"odd_total{label_le="",site="north"} 1"#,
            ])
    }

    @Test func `leaves out values that are not numbers, reports it once, and continues`() {
        let recorder = Recorder(label: "balance", factory: factory)
        for value in [-5.0, .nan, .infinity, 3] { recorder.record(value) }
        Timer(label: "late", factory: factory).recordNanoseconds(-1)
        #expect(lines().contains("balance_count{site=\"north\"} 1"))
        #expect(
            log.all == [
                "warning: balance was given -5.0, and takes numbers from 0 on; others are left out.",
                "warning: late was given -1e-09, and takes numbers from 0 on; others are left out.",
            ])
    }

    @Test func `a name of another kind, or of Timepiece itself, is reported and not shown`() {
        Recorder(label: "a.b", factory: factory).record(1)
        Meter(label: "a-b", factory: factory).set(1)
        Counter(label: "timepiece.buffers", factory: factory).increment()
        #expect(lines().filter { $0.hasPrefix("# TYPE ") }.count == 2, "that of the version, too")
        #expect(
            log.all.map { String($0.prefix(42)) } == [
                "error: The metric a-b cannot be shown: a m", "error: The metric timepiece.buffers cannot",
            ])
    }

    @Test func `a counter that is reset begins a new series, and a destroyed one stays`() {
        let counter = Counter(label: "calls", factory: factory)
        counter.increment(by: 7)
        counter.reset()
        counter.increment(by: 2)
        #expect(lines().contains("calls_total{site=\"north\"} 2"))
        counter.destroy()
        #expect(lines().contains("calls_total{site=\"north\"} 2"))
        Counter(label: "calls", factory: factory).increment(by: 5)
        #expect(lines().contains("calls_total{site=\"north\"} 7"))
    }

    @Test func `loses no count of four concurrent tasks`() async {
        let factory = factory
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    for number in 0..<1_000 {
                        Counter(label: "hits", factory: factory).increment()
                        Recorder(label: "sizes", factory: factory).record(number)
                    }
                }
            }
        }
        #expect(lines().contains("hits_total{site=\"north\"} 4000"))
        #expect(lines().contains("sizes_count{site=\"north\"} 4000"))
        #expect(lines().contains("sizes_sum{site=\"north\"} 1998000.0"))
    }

    @Test func `sends by OpenTelemetry's protocol, and reports the reason if it cannot`() async throws {
        var settings = OpenTelemetrySettings(endpoint: "http://127.0.0.1:9")
        settings.spool = "none"
        let publisher = try OpenTelemetryPublisher(settings)
        let log = log
        let factory = TelemetryMetricsFactory(openTelemetry: publisher, logger: Logger(label: "test") { _ in log })
        Counter(label: "orders", factory: factory).increment()
        Timer(label: "payment", factory: factory).recordMilliseconds(12)
        Meter(label: "depth", factory: factory).set(1)
        await publisher.finish(within: .milliseconds(500))
        // A gauge is removed with its source.
        #expect(publisher.status.droppedInAll.data == 2)
        #expect(log.all.first?.hasPrefix("warning: Sending by OTLP: ") == true)
    }
}
