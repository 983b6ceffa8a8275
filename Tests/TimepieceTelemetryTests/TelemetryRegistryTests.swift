import Synchronization
import Testing

@testable import Timepiece
@testable import TimepieceTelemetry

/// A source whose numbers a test sets.
final class TestSource: TelemetrySource {
    let measured = Mutex<[Measurement]>([])

    init(_ measured: [Measurement] = []) {
        set(measured)
    }

    func set(_ measured: [Measurement]) {
        self.measured.withLock { $0 = measured }
    }

    func collect(at now: UInt64) -> [Measurement] {
        measured.withLock { $0 }
    }
}

@Suite("The registry of series")
struct TelemetryRegistryTests {
    private let camera = [MetricLabel("label", "camera")]

    private func value(of metric: Metric, _ registry: TelemetryRegistry, at now: UInt64) -> [MetricValue] {
        registry.snapshot(at: now).first { $0.metric == metric }?.points.map(\.value) ?? []
    }

    @Test func `reads its sources when it is read`() {
        let registry = TelemetryRegistry()
        let source = TestSource([Measurement(.buffers, .count(1))])
        registry.add(source, labels: camera, at: 5)
        #expect(value(of: .buffers, registry, at: 6) == [.count(1)])
        source.set([Measurement(.buffers, .count(7)), Measurement(.stalled, .gauge(1))])
        #expect(value(of: .buffers, registry, at: 7) == [.count(7)])
        #expect(value(of: .stalled, registry, at: 7) == [.gauge(1)])
        #expect(registry.snapshot(at: 8).first?.points.first?.since == 5)
    }

    @Test func `continues from the counts of an earlier source with the same labels`() throws {
        let registry = TelemetryRegistry()
        var times = Statistics()
        times.record(.milliseconds(20))
        let first = TestSource([
            Measurement(.buffers, .count(3)), Measurement(.interval, .distribution(times)),
            Measurement(.stalled, .gauge(1)),
        ])
        registry.add(first, labels: camera, at: 0)
        registry.remove(first, at: 1)
        #expect(value(of: .buffers, registry, at: 2) == [.count(3)])
        #expect(value(of: .stalled, registry, at: 2) == [])

        let second = TestSource([Measurement(.buffers, .count(4)), Measurement(.interval, .distribution(times))])
        registry.add(second, labels: camera, at: 3)
        #expect(value(of: .buffers, registry, at: 4) == [.count(7)])
        times.merge(times)
        #expect(value(of: .interval, registry, at: 4) == [.distribution(times)])
    }

    @Test func `adds up sources that have the same labels at the same time`() {
        let registry = TelemetryRegistry()
        let one = TestSource([Measurement(.buffers, .count(3)), Measurement(.lastBufferAge, .gauge(2))])
        let other = TestSource([Measurement(.buffers, .count(4)), Measurement(.lastBufferAge, .gauge(9))])
        registry.add(one, labels: camera, at: 0)
        registry.add(one, labels: camera, at: 0)
        registry.add(other, labels: camera, at: 0)
        #expect(value(of: .buffers, registry, at: 1) == [.count(7)])
        #expect(value(of: .lastBufferAge, registry, at: 1) == [.gauge(9)])
    }

    @Test func `keeps apart what a source labels itself`() {
        let registry = TelemetryRegistry()
        registry.add(
            TestSource([
                Measurement(.elementWait, .nanoseconds(3), [MetricLabel("reason", "clock")]),
                Measurement(.elementWait, .nanoseconds(4), [MetricLabel("reason", "source")]),
            ]), labels: camera, at: 0)
        let points = registry.snapshot(at: 1)[0].points
        #expect(points.map(\.labels) == ["clock", "source"].map { camera + [MetricLabel("reason", $0)] })
        #expect(points.map(\.value) == [.nanoseconds(3), .nanoseconds(4)])
    }

    @Test func `forgets a source an hour after its removal, and not a present one`() {
        let registry = TelemetryRegistry()
        let source = TestSource([Measurement(.buffers, .count(3))])
        registry.add(source, labels: camera, at: 0)
        #expect(value(of: .buffers, registry, at: .max) == [.count(3)])
        registry.remove(source, at: 10)
        #expect(value(of: .buffers, registry, at: 10 + TelemetryRegistry.retention) == [.count(3)])
        #expect(value(of: .buffers, registry, at: 11 + TelemetryRegistry.retention) == [])
    }

    @Test func `forgets the oldest of more than 500 removed ones`() {
        let registry = TelemetryRegistry()
        for number in 0..<(TelemetryRegistry.largestGone + 2) {
            let source = TestSource([Measurement(.buffers, .count(UInt64(number)))])
            registry.add(source, labels: [MetricLabel("label", "\(number)")], at: UInt64(number))
            registry.remove(source, at: UInt64(number))
        }
        let values = value(of: .buffers, registry, at: 1000)
        #expect(values.count == TelemetryRegistry.largestGone)
        #expect(!values.contains(.count(0)) && !values.contains(.count(1)) && values.contains(.count(2)))
    }
}
