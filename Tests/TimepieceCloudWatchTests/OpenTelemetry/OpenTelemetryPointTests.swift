import TestEnvironment
import Testing
import Timepiece
import TimepieceTelemetry
@testable import TimepieceCloudWatch

/// The points of series, before they are sent.
@Suite("OpenTelemetry points")
struct OpenTelemetryPointTests {
    private let wall = WallTime(nanoseconds: noon * 1_000_000_000)

    private func families(_ statistics: Statistics, _ count: UInt64, since: UInt64 = 1_000_000_000) -> [MetricFamily] {
        [
            MetricFamily(
                metric: .buffers, points: [.init(labels: [], since: since, value: .count(count))]),
            MetricFamily(
                metric: .interval, points: [.init(labels: [], since: since, value: .distribution(statistics))]),
            MetricFamily(metric: .stalled, points: [.init(labels: [], since: since, value: .gauge(1))]),
        ]
    }

    @Test func `the start of a series is the same in each cumulative point`() {
        var collection = OpenTelemetryCollection(.cumulative)
        let first = collection.take(families(.of(3), 4), at: 3_000_000_000, wall: wall)
        let second = collection.take(
            families(.of(5), 6), at: 63_000_000_123, wall: wall.advanced(by: .nanoseconds(60_000_999_999)))
        #expect(first.map(\.samples) == [0, 3, 0] && second.map(\.samples) == [0, 2, 0])
        #expect((first + second).allSatisfy { $0.point.began == wall.advanced(by: .seconds(-2)) })
    }

    @Test func `a delta begins where the previous one ended, and unchanged series are not sent`() {
        var collection = OpenTelemetryCollection(.delta)
        let later = wall.advanced(by: .seconds(60))
        #expect(collection.take(families(.of(3), 4), at: 3_000_000_000, wall: wall).count == 3)
        let second = collection.take(families(.of(5), 6), at: 63_000_000_000, wall: later)
        #expect(second.map(\.samples) == [0, 2, 0])
        #expect(second.prefix(2).allSatisfy { $0.point.began == wall && $0.point.temporality == .delta })
        let third = collection.take(families(.of(5), 6), at: 64_000_000_000, wall: later.advanced(by: .seconds(1)))
        #expect(third.map(\.name) == ["timepiece.stalled"])
        // A series that began again has lost nothing: all of it is new.
        let fourth = collection.take(families(.of(2), 1, since: 70_000_000_000), at: 71_000_000_000, wall: later)
        #expect(fourth.map(\.samples) == [0, 2, 0])
    }

    @Test(arguments: SampleMinute.all)
    func `the difference of a distribution is what was recorded since`(minute: SampleMinute) throws {
        var whole = SampleMinute.lognormal.statistics
        let before = whole
        whole.merge(minute.statistics)
        let part = try #require(DistributionPart(whole, since: before))
        #expect(part.count == minute.statistics.count && part.sum == minute.statistics.sumNanoseconds)
        #expect(part.histogram == minute.statistics.histogram)
        if let min = part.min { #expect(min == minute.statistics.minNanoseconds) }
        if let max = part.max { #expect(max == minute.statistics.maxNanoseconds) }
        #expect(DistributionPart(before, since: whole) == nil)
    }

    @Test func `a point is unchanged in a spool, and no damage makes reading trap`() {
        var collection = OpenTelemetryCollection(.cumulative)
        let moment = Moment.after(30)
        for item in collection.take(families(SampleMinute.heavyTailed.statistics, 7), at: 9_000_000_000, wall: wall) {
            let series = MetricIdentity(namespace: "timepiece", name: item.name, dimensions: [], interval: 60)
            let datum = Datum(item.point, of: series, samples: item.samples, at: moment)
            let bytes = DatumArchive.bytes(of: datum)
            func read(_ bytes: [UInt8]) -> Datum? {
                DatumArchive.datum(bytes, boot: datum.boot, instant: datum.instant, wall: datum.wall)
            }
            #expect(read(bytes) == datum)
            for count in bytes.indices { #expect(read(Array(bytes.prefix(count))) == nil) }
            var random = SeededGenerator(seed: 11)
            for _ in 0..<500 {
                var damaged = bytes
                damaged[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
                _ = read(damaged)
            }
        }
    }

    @Test func `a response is read, and no bytes make reading trap`() throws {
        #expect(OpenTelemetryAnswer([]) == OpenTelemetryAnswer(rejected: 0, message: ""))
        let partial: [UInt8] = [0x0a, 6, 0x08, 2, 0x12, 2] + Array("no".utf8)
        #expect(OpenTelemetryAnswer(partial) == OpenTelemetryAnswer(rejected: 2, message: "no"))
        #expect(OpenTelemetryAnswer(Array("<html>".utf8)) == nil)
        var random = SeededGenerator(seed: 3)
        for _ in 0..<5000 {
            var bytes = partial
            for _ in 0..<3 {
                bytes[Int(random.next() % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: random.next())
            }
            _ = OpenTelemetryAnswer(bytes)
            _ = OpenTelemetryAnswer.statusMessage(bytes)
        }
        let encoder = OpenTelemetryEncoder(resource: OpenTelemetryResource([]), version: "1")
        #expect(encoder.reservation(Array(#"{"partialSuccess":{"rejectedDataPoints":"3"}}"#.utf8))?.rejected == 3)
        #expect(encoder.isAcknowledgment(Array("{}".utf8)) && !encoder.isAcknowledgment(Array("{".utf8)))
    }

    @Test func `data that keep their order wait in memory behind those in the spool`() {
        var configuration = SenderConfiguration(
            boot: BootIdentity.current, hasSpool: true, largestSize: { _ in 100 }, random: { 0.5 })
        configuration.keepsOrder = true
        configuration.phase = 0
        var state = SenderState(configuration)
        func publish(_ second: Double) {
            let point = OpenTelemetryPoint(
                .buffers, [], .count(1), temporality: .cumulative, began: Moment.after(0).wall)
            let series = MetricIdentity(namespace: "t", name: "n", dimensions: [], interval: 60)
            state.publish([Datum(point, of: series, samples: 1, at: .after(second))], at: .after(second))
        }
        guard case .open = state.nextStep(at: .after(0)) else {
            return #expect(Bool(false), "The spool is not opened.")
        }
        state.opened(epochs: [:], samples: 0)
        publish(60)
        guard case .claim = state.nextStep(at: .after(0)) else { return #expect(Bool(false), "Nobody looks.") }
        state.claimed([], now: .after(0))
        guard case .deliver(let batch) = state.nextStep(at: .after(60)) else {
            return #expect(Bool(false), "Not sent.")
        }
        state.delivered(
            DeliveryReport(.failed("no"), began: .after(60), ended: .after(61)), of: batch.number, now: .after(61))
        guard case .store(let stored) = state.nextStep(at: .after(61)) else {
            return #expect(Bool(false), "Not stored.")
        }
        state.stored([1], dropped: SampleTally(), now: .after(61))
        state.learn(SpoolSummary(count: 1))
        publish(120)
        guard case .store(let next) = state.nextStep(at: .after(200)) else {
            return #expect(Bool(false), "What is newer is not stored behind it.")
        }
        #expect(stored.count == 1 && next.count == 1)
        #expect(next[0].datum.instant > stored[0].datum.instant)
    }
}
