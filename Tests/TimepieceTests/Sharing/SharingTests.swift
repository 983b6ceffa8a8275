import Synchronization
import TestEnvironment
import Testing
import Timepiece

/// `Sendable` types are used by four threads at the same time, twenty times, and must count every call.
///
/// Four times under a sanitizer, which sees a race in each of them.
@Suite("Sendable types are safe to share:")
struct SharingTests {
    private static let calls: UInt64 = 5_000
    private static let runs = 0..<Int(20 / slowness)

    @Test(arguments: runs)
    func `a tachometer that four threads tick counts every tick, byte and discontinuity`(run: Int) throws {
        let reported = Mutex(Tally4())
        let tachometer = Tachometer(interval: .microseconds(50)) { _, window in
            reported.withLock { $0.add(window) }
        }
        try onFourThreads { _ in
            for number in 0..<Self.calls { tachometer.tick(bytes: 3, discontinuity: number % 2 == 0) }
        }
        let last = tachometer.closeWindow()
        let sum = reported.withLock { tally in
            tally.add(last)
            return tally
        }
        #expect(last.total.events == 4 * Self.calls)
        #expect(sum.events == 4 * Self.calls)
        #expect(sum.bytes == 12 * Self.calls)
        #expect(sum.discontinuities == 2 * Self.calls)
        #expect(sum.intervals + sum.backwards == 4 * Self.calls - 1)
    }

    /// The sums of windows.
    private struct Tally4 {
        var events: UInt64 = 0
        var bytes: UInt64 = 0
        var discontinuities: UInt64 = 0
        var backwards: UInt64 = 0
        var intervals: UInt64 = 0

        mutating func add(_ window: Window) {
            events += window.tally.events
            bytes += window.tally.bytes
            discontinuities += window.tally.discontinuities
            backwards += window.tally.backwards
            intervals += window.statistics.count
        }
    }

    @Test(arguments: runs)
    func `a tachometer with concurrent records, reads, closes, interruptions and pauses keeps every length`(
        run: Int
    ) throws {
        let tachometer = Tachometer(maxIntervals: 100)
        let closed = Mutex<UInt64>(0)
        try onFourThreads { thread in
            for number in 0..<Self.calls {
                tachometer.record(.nanoseconds(Int64(number)))
                switch (thread, number % 100) {
                case (0, 0): closed.withLock { $0 += tachometer.closeWindow().statistics.count }
                case (1, 0): _ = tachometer.read()
                case (2, 0): tachometer.interrupt()
                case (3, 0): tachometer.pause()
                case (3, 50): tachometer.resume()
                default: break
                }
            }
        }
        #expect(closed.withLock { $0 } + tachometer.closeWindow().statistics.count == 4 * Self.calls)
    }

    @Test(arguments: runs)
    func `an alarm clock that four threads tick counts every tick and fires every ordinal`(run: Int) throws {
        let fired = Atomic<Int>(0)
        let alarmClock = try AlarmClock([
            OrdinalSchedule(each: 10) { _ in fired.add(1, ordering: .relaxed) },
            IntervalSchedule(every: .microseconds(20)),
            AtSchedule(at: .now()),
        ])
        try onFourThreads { _ in for _ in 0..<Self.calls { alarmClock.tick() } }
        #expect(alarmClock.ticks == 4 * Self.calls)
        #expect(fired.load(ordering: .relaxed) == Int(4 * Self.calls / 10))
    }

    @Test(arguments: runs)
    func `an alarm clock is filled, listed and emptied while it is ticked`(run: Int) throws {
        let alarmClock = try AlarmClock()
        try onFourThreads { thread in
            for number in 0..<500 {
                alarmClock.tick(mediaTime: UInt64(number))
                try? alarmClock.add(OrdinalSchedule(each: 1, name: "\(thread) \(number)", count: 2))
                if number % 50 == 49 { _ = alarmClock.schedules.count + alarmClock.names.count }
                if number % 100 == 99 { alarmClock.removeAll() }
            }
        }
        alarmClock.removeAll()
        #expect(alarmClock.count == 0)
        #expect(alarmClock.ticks == 2_000)
    }

    @Test(arguments: runs)
    func `a schedule that four threads tick alone fires every time that it is due`(run: Int) throws {
        let schedule = OrdinalSchedule(each: 7)
        let fired = Atomic<UInt64>(0)
        try onFourThreads { _ in
            for _ in 0..<Self.calls where schedule.tick() != nil { fired.add(1, ordering: .relaxed) }
        }
        #expect(fired.load(ordering: .relaxed) == 4 * Self.calls / 7)
        #expect(schedule.firedCount == 4 * Self.calls / 7)
    }

    @Test(arguments: runs)
    func `schedules by time that four threads tick alone fire once for each time`(run: Int) throws {
        let interval = IntervalSchedule(every: .nanoseconds(10))
        let after = AfterSchedule(after: .nanoseconds(500))
        let fired = Mutex<(interval: UInt64, after: UInt64)>((0, 0))
        try onFourThreads { _ in
            for number in 0..<1_000 as Range<UInt64> {
                // All threads go through the same instants, each at its own pace.
                let now = MonotonicInstant(nanoseconds: 1_000 + number)
                if interval.tick(at: now) != nil { fired.withLock { $0.interval += 1 } }
                if after.tick(at: now) != nil { fired.withLock { $0.after += 1 } }
            }
        }
        let counts = fired.withLock { $0 }
        #expect(counts.after == 1)
        #expect(counts.interval == interval.firedCount)
        #expect((1...100).contains(counts.interval))
    }

    @Test(arguments: runs)
    func `an AtSchedule that four threads set repeatedly fires for its last time`(run: Int) throws {
        let schedule = AtSchedule(at: .now())
        let alarmClock = try AlarmClock([schedule])
        try onFourThreads { thread in
            for _ in 0..<200 {
                if thread < 2 { schedule.at = .now() } else { alarmClock.tick() }
            }
        }
        alarmClock.tick()
        schedule.at = .now()
        #expect(alarmClock.tick().count == 1)
        #expect(!schedule.isPending)
    }

    @Test(arguments: runs)
    func `a stopwatch measures on four threads, and its tree grows meanwhile`(run: Int) throws {
        let root = StopWatch("root")
        try onFourThreads { thread in
            for number in 0..<1_000 {
                root.child("\(number % 5)").measure {}
                let lap = root.start()
                lap.stop()
                if thread == 0, number % 100 == 0 { _ = root.snapshot.children.count }
            }
        }
        let snapshot = root.snapshot
        #expect(snapshot.statistics.count == 4_000)
        #expect(snapshot.children.map(\.statistics.count) == [800, 800, 800, 800, 800])
    }

    @Test(arguments: runs)
    func `a serial worker runs the closures of four threads, one after the other`(run: Int) throws {
        let worker = try SerialWorker()
        // Changed without protection but the worker's.
        let counter = Counter()
        try onFourThreads { _ in
            for _ in 0..<1_000 { worker.execute { counter.increment() } }
        }
        worker.shutdown()
        #expect(counter.value == 4_000)
    }

    private final class Counter: Sendable {
        private let state = Atomic<Int>(0)
        var value: Int { state.load(ordering: .relaxed) }

        func increment() {
            let value = state.load(ordering: .relaxed)
            state.store(value + 1, ordering: .relaxed)
        }
    }
}
