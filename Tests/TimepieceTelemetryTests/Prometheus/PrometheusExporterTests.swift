import Testing
import TimepieceTelemetry

@testable import Timepiece

@Suite("The exporter")
struct PrometheusExporterTests {
    private func lines(_ exporter: PrometheusExporter) -> [Substring] {
        exporter.text.split(separator: "\n").filter { !$0.hasPrefix("#") && !$0.contains("_bucket{") }
    }

    @Test func `shows a tachometer since it was added, regardless of closed windows`() {
        let tachometer = Tachometer()
        tachometer.record(.seconds(5), at: MonotonicInstant(nanoseconds: 1))
        let exporter = PrometheusExporter()
        exporter.add(tachometer, labels: ["label": "a \"b\"", "le": "x", "1st": "y"])
        tachometer.record(.milliseconds(250), at: MonotonicInstant(nanoseconds: 2))
        tachometer.closeWindow(at: MonotonicInstant(nanoseconds: 3))
        tachometer.record(.milliseconds(500), at: MonotonicInstant(nanoseconds: 4))
        let labels = "label=\"a \\\"b\\\"\",label_1st=\"y\",label_le=\"x\""
        for _ in 0..<2 {
            #expect(lines(exporter).contains("timepiece_interval_seconds_count{\(labels)} 2"))
            #expect(lines(exporter).contains("timepiece_interval_seconds_sum{\(labels)} 0.75"))
        }
        exporter.remove(tachometer)
        tachometer.record(.milliseconds(500), at: MonotonicInstant(nanoseconds: 5))
        #expect(lines(exporter).contains("timepiece_interval_seconds_count{\(labels)} 2"))
    }

    @Test func `shows a stopwatch with those below it`() throws {
        let whole = StopWatch("whole")
        let part = whole.child("part")
        whole.record(.seconds(1))
        part.record(.milliseconds(250))
        let exporter = PrometheusExporter()
        exporter.add(whole, labels: [:])
        #expect(lines(exporter).contains("timepiece_watch_seconds_sum{watch=\"whole\"} 1.0"))
        #expect(lines(exporter).contains("timepiece_watch_seconds_sum{watch=\"whole.part\"} 0.25"))
    }

    @Test func `no count falls if another thread counts while its tachometer is removed`() async {
        let exporter = PrometheusExporter()
        let tachometer = Tachometer()
        func ticks() -> Int {
            let line = lines(exporter).first { $0.hasPrefix("timepiece_buffers_total") }
            return line.flatMap { $0.split(separator: " ").last }.flatMap { Int($0) } ?? 0
        }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for _ in 0..<20_000 { tachometer.tick() } }
            group.addTask {
                for _ in 0..<100 {
                    exporter.add(tachometer, labels: ["label": "a"])
                    exporter.remove(tachometer)
                }
            }
            var last = 0
            for _ in 0..<200 {
                let now = ticks()
                #expect(now >= last)
                last = now
            }
        }
    }

    @Test func `refuses an invalid port`() {
        for port in [-1, 0, 65_536] {
            #expect(throws: PrometheusError.self) { _ = try PrometheusExporter(port: port) }
        }
    }
}
