import Synchronization
import TestEnvironment
import Testing

@testable import Timepiece

@Suite("A tachometer")
struct TachometerTests {
    /// The values of the reports.
    private final class Reports: Sendable {
        private let windows = Mutex<[Window]>([])
        var all: [Window] { windows.withLock { $0 } }
        func add(_ window: Window) { windows.withLock { $0.append(window) } }
    }

    private func milliseconds(_ number: UInt64) -> MonotonicInstant { .milliseconds(number) }

    @Test func `opens a window at the first tick and closes it at the first tick at or after the interval`() throws {
        let reports = Reports()
        let tachometer = Tachometer(interval: .seconds(1)) { _, window in reports.add(window) }
        for number in 0...30 as ClosedRange<UInt64> { tachometer.tick(at: milliseconds(500 + number * 100)) }
        #expect(reports.all.map(\.statistics.count) == [10, 10, 10])
        #expect(reports.all.map(\.tally.events) == [11, 10, 10])
        #expect(reports.all.map(\.duration) == [.seconds(1), .seconds(1), .seconds(1)])
        #expect(reports.all.allSatisfy { $0.statistics.min == .milliseconds(100) && $0.statistics.rate == 10 })
    }

    @Test func `keeps to the grid of the first tick, and does not make up for windows that no tick closed`() throws {
        let reports = Reports()
        let tachometer = Tachometer(interval: .seconds(1)) { _, window in reports.add(window) }
        for instant in [1_000, 2_300, 5_700, 6_000] as [UInt64] { tachometer.tick(at: milliseconds(instant)) }
        #expect(reports.all.map(\.closedAt) == [2_300, 5_700, 6_000].map(milliseconds))
        #expect(reports.all.map(\.statistics.sum) == [.milliseconds(1_300), .milliseconds(3_400), .milliseconds(300)])
    }

    @Test func `passes its report to the executor, with the closed window`() throws {
        let reports = Reports()
        let worker = try SerialWorker()
        let tachometer = Tachometer(interval: .milliseconds(10), executor: worker) { _, window in
            reports.add(window)
        }
        for number in 0...100 as ClosedRange<UInt64> { tachometer.tick(at: milliseconds(number)) }
        worker.shutdown()
        #expect(reports.all.map(\.statistics.count) == Array(repeating: 10, count: 10))
    }

    @Test(arguments: [1, 63, 64, 65, 128, 1_000])
    func `has correct statistics for any number of intervals in a window`(count: Int) throws {
        let tachometer = Tachometer(maxIntervals: 40)
        var generator = SeededGenerator(seed: UInt64(count))
        let lengths = (0..<count).map { _ in UInt64.random(in: 0...10_000_000_000, using: &generator) }
        var expected = Statistics()
        for length in lengths { expected.record(.nanoseconds(Int64(length))) }
        var now: UInt64 = 7
        tachometer.tick(at: now)
        for length in lengths {
            now += length
            tachometer.tick(at: now)
        }
        let window = tachometer.closeWindow(at: MonotonicInstant(nanoseconds: now))
        #expect(window.statistics == expected)
        #expect(window.intervals == lengths.suffix(40).map { .nanoseconds(Int64($0)) })
    }

    @Test func `shows the contents of an open window without closing it`() throws {
        let tachometer = Tachometer()
        for number in 0...5 as ClosedRange<UInt64> { tachometer.tick(at: milliseconds(number)) }
        #expect(tachometer.read(at: milliseconds(5)).statistics.count == 5)
        tachometer.tick(at: milliseconds(6))
        let window = tachometer.closeWindow(at: milliseconds(6))
        #expect(window.statistics.count == 6)
        #expect(window.intervals == Array(repeating: .milliseconds(1), count: 6))
        #expect(tachometer.closeWindow(at: milliseconds(7)).statistics.count == 0)
    }

    @Test
    func `does not make an interval across an interruption or a pause, or of an instant that runs backwards`() throws {
        let tachometer = Tachometer()
        tachometer.resume(at: milliseconds(0))
        for instant in [1, 2] as [UInt64] { tachometer.tick(at: milliseconds(instant)) }
        tachometer.interrupt()
        for instant in [10, 11] as [UInt64] { tachometer.tick(at: milliseconds(instant)) }
        tachometer.pause(at: milliseconds(11))
        for instant in [20, 21] as [UInt64] { tachometer.tick(at: milliseconds(instant)) }
        tachometer.resume(at: milliseconds(30))
        for instant in [31, 30, 32] as [UInt64] { tachometer.tick(at: milliseconds(instant)) }
        let window = tachometer.closeWindow(at: milliseconds(32))
        #expect(window.intervals == [.milliseconds(1), .milliseconds(1), .milliseconds(2)])
        #expect(window.tally.events == 9)
        #expect(window.tally.backwards == 1)
        #expect(window.duration == .milliseconds(13))
    }

    @Test func `reports lengths that were measured elsewhere`() throws {
        let reports = Reports()
        let tachometer = Tachometer(interval: .seconds(1)) { _, window in reports.add(window) }
        tachometer.record(.milliseconds(3), at: milliseconds(100))
        tachometer.record(.milliseconds(5), at: milliseconds(600))
        tachometer.record(.milliseconds(-1), at: milliseconds(1_100))
        #expect(reports.all.map(\.intervals) == [[.milliseconds(3), .milliseconds(5), .zero]])
    }

    @Test func `measures with a given clock, also closures that throw`() throws {
        let clock = ManualClock()
        let tachometer = Tachometer()
        let value = tachometer.measure(clock: clock) {
            clock.advance(by: .milliseconds(7))
            return 42
        }
        #expect(throws: CancellationError.self) {
            try tachometer.measure(clock: clock) {
                clock.advance(by: .milliseconds(3))
                throw CancellationError()
            }
        }
        #expect(value == 42)
        #expect(tachometer.closeWindow(at: clock.now).intervals == [.milliseconds(7), .milliseconds(3)])
    }

    @Test func `stays at the largest number if sums would overflow`() throws {
        let tachometer = Tachometer()
        for length in [Int64.max, .max, .max] { tachometer.record(.nanoseconds(length), at: milliseconds(1)) }
        let statistics = tachometer.closeWindow(at: milliseconds(2)).statistics
        #expect(statistics.count == 3)
        #expect(statistics.max == .nanoseconds(Int64.max))
        #expect(statistics.sumNanoseconds == .max)
    }

    @Test func `loses no tick and counts none twice while other threads close windows`() throws {
        let tachometer = Tachometer()
        let worker = try SerialWorker()
        let total: UInt64 = 300_000
        worker.execute {
            for number in 0...total { tachometer.tick(at: number &* 3, events: 2, bytes: 5) }
        }
        var sum = Statistics()
        var events: UInt64 = 0
        var last: Window
        repeat {
            last = tachometer.closeWindow(at: milliseconds(1))
            sum.merge(last.statistics)
            events += last.tally.events
        } while last.total.events < 2 * (total + 1)
        #expect(events == 2 * (total + 1))
        #expect(last.total.bytes == 5 * (total + 1))
        #expect(sum.count == total)
        #expect(sum.sum == .nanoseconds(Int64(3 * total)))
        #expect(sum.min == .nanoseconds(3) && sum.max == .nanoseconds(3))
    }

    @Test func `counts its time from the first tick, or from when it is first read`() {
        let ticked = Tachometer()
        ticked.tick(at: milliseconds(100), bytes: 125)
        ticked.tick(at: milliseconds(350), events: 3, bytes: 125, discontinuity: true)
        let window = ticked.closeWindow(at: milliseconds(1_100))
        #expect(window.duration == .seconds(1))
        #expect(window.sinceLastTick == .milliseconds(750))
        // Of the tick that ended an interval.
        #expect(window.bitrate == 4_000)
        #expect(window.tally.events == 4)
        #expect(window.tally.discontinuities == 1)
        let silent = Tachometer()
        #expect(silent.read(at: milliseconds(100)).duration == .zero)
        #expect(silent.read(at: milliseconds(600)).sinceLastTick == .milliseconds(500))
        #expect(silent.closeWindow(at: milliseconds(700)).duration == .milliseconds(600))
    }

    @Test func `does not count time while it is paused, also before the first tick`() {
        let tachometer = Tachometer()
        tachometer.pause(at: milliseconds(0))
        tachometer.tick(at: milliseconds(10))
        tachometer.resume(at: milliseconds(20))
        #expect(tachometer.closeWindow(at: milliseconds(50)).duration == .milliseconds(30))
    }

    @Test func `replaces a number of events or bytes below zero by zero`() {
        let tachometer = Tachometer()
        tachometer.tick(at: milliseconds(1), events: -1, bytes: .min)
        let window = tachometer.closeWindow(at: milliseconds(2))
        #expect(window.tally.events == 0 && window.tally.bytes == 0)
    }

    @Test func `stamps a report with the time of the given wall clock at the end of its window`() {
        let stamps = Mutex<[WallTime]>([])
        let reading = ClockReading(monotonic: milliseconds(0), wall: WallTime(nanoseconds: 7_000_000_000))
        let tachometer = Tachometer(interval: .seconds(1), wallClock: { reading }) { timestamp, _ in
            stamps.withLock { $0.append(timestamp) }
        }
        for instant in [100, 1_250] as [UInt64] { tachometer.tick(at: milliseconds(instant)) }
        #expect(stamps.withLock { $0 } == [WallTime(nanoseconds: 8_250_000_000)])
    }

    @Test func `measures closures, and returns their values`() async {
        let tachometer = Tachometer()
        #expect(tachometer.measure { 42 } == 42)
        let value = await tachometer.measure {
            await Task.yield()
            return 7
        }
        #expect(value == 7)
        #expect(tachometer.closeWindow().statistics.count == 2)
    }

    @Test(arguments: [Int.min, 0, 1 << 40, .max])
    func `accepts any number of intervals, clamped to its limits`(maxIntervals: Int) {
        let tachometer = Tachometer(maxIntervals: maxIntervals)
        tachometer.tick(at: milliseconds(1))
        tachometer.tick(at: milliseconds(2))
        #expect(tachometer.closeWindow(at: milliseconds(3)).intervals == [.milliseconds(1)])
    }

    @Test func `passes its windows to every task that reads them, and ends the sequences at its end`() async {
        var tachometer: Tachometer? = Tachometer()
        let sequences = tachometer.map { [$0.windows, $0.windows] } ?? []
        for instant in [10, 20] as [UInt64] { tachometer?.closeWindow(at: milliseconds(instant)) }
        tachometer = nil
        for sequence in sequences {
            var instants: [MonotonicInstant] = []
            for await window in sequence { instants.append(window.closedAt) }
            #expect(instants == [milliseconds(10), milliseconds(20)])
        }
    }

    @Test func `closes its windows on a clock without ticks, and the last one when its task is cancelled`() async {
        let reports = Reports()
        let clock = ManualClock()
        let tachometer = Tachometer(interval: .seconds(1)) { _, window in reports.add(window) }
        let service = Task { await tachometer.run(clock: clock) }
        for second in 1...3 {
            while clock.sleepers == 0 { await Task.yield() }
            if second == 2 { tachometer.tick(at: clock.now) }
            clock.advance(by: .seconds(1))
        }
        while clock.sleepers == 0 { await Task.yield() }
        clock.advance(by: .milliseconds(250))
        service.cancel()
        await service.value
        #expect(reports.all.map(\.duration) == [.seconds(1), .seconds(1), .seconds(1), .milliseconds(250)])
        #expect(reports.all.map(\.tally.events) == [0, 1, 0, 0])
    }
}
