import Synchronization
import Glibc
import Testing
import Timepiece

@Suite struct AlarmClockTests {
    /// A wall clock that a test sets.
    private final class Wall: Sendable {
        private let state = Mutex((offset: Int64(0), readings: 0, now: UInt64(0)))

        var readings: Int { state.withLock { $0.readings } }

        func set(offset: Duration) {
            state.withLock { $0.offset = offset.nanoseconds }
        }

        func go(to instant: MonotonicInstant) {
            state.withLock { $0.now = instant.nanoseconds }
        }

        @Sendable func read() -> ClockReading {
            state.withLock { state in
                state.readings += 1
                return ClockReading(
                    monotonic: MonotonicInstant(nanoseconds: state.now),
                    wall: WallTime(nanoseconds: Int64(state.now) + state.offset))
            }
        }
    }

    /// A sign from one task to the others.
    private final class Flag: Sendable {
        private let state = Atomic<Bool>(false)
        var isRaised: Bool { state.load(ordering: .relaxed) }
        func raise() { state.store(true, ordering: .relaxed) }
    }

    @Test func `One tick fires all schedules that are due, in the order of addition`() throws {
        let clock = try AlarmClock([
            OrdinalSchedule(each: 1, name: "c"), IntervalSchedule(every: .seconds(1), name: "a"),
            OrdinalSchedule(each: 2, name: "b"),
        ])
        #expect(clock.tick(at: .milliseconds(0)).map(\.name) == ["c", "a"])
        #expect(clock.tick(at: .milliseconds(1)).map(\.name) == ["c", "b"])
        #expect(clock.tick(at: .milliseconds(1000)).map(\.name) == ["c", "a"])
    }

    @Test func `A fired one-shot is dropped`() throws {
        let clock = try AlarmClock([
            AfterSchedule(after: .milliseconds(5), name: "after"), OrdinalSchedule(each: 10, name: "tenth"),
        ])
        for tick in 0..<10 as Range<UInt64> { clock.tick(at: .milliseconds(tick)) }
        #expect(clock.names == ["tenth"])
        #expect(clock.count == 1)
    }

    @Test func `A repeating schedule is dropped after its count`() throws {
        let clock = try AlarmClock([IntervalSchedule(every: .milliseconds(1), count: 3)])
        let fired = (0..<9 as Range<UInt64>).flatMap { clock.tick(at: .milliseconds($0)) }
        #expect(fired.map(\.count) == [1, 2, 3])
        #expect(clock.count == 0)
    }

    @Test func `A name can be used only once, and again when its schedule was removed`() throws {
        let clock = try AlarmClock([OrdinalSchedule(each: 1, name: "x")])
        #expect(throws: TimepieceError.duplicateName("x")) { try clock.add(OrdinalSchedule(each: 2, name: "x")) }
        #expect(clock.remove("x"))
        #expect(!clock.remove("x"))
        try clock.add(OrdinalSchedule(each: 2, name: "x"))
        #expect(clock.names == ["x"])
    }

    @Test func `Any number of schedules may have no name`() throws {
        let clock = try AlarmClock([OrdinalSchedule(each: 1), OrdinalSchedule(each: 1)])
        #expect(clock.tick().count == 2)
        #expect(clock.names == [])
    }

    @Test func `A schedule can be in one alarm clock only, and cannot be ticked alone meanwhile`() throws {
        let schedule = OrdinalSchedule(each: 1, name: "x")
        var first: AlarmClock? = try AlarmClock([schedule])
        let second = try AlarmClock()
        #expect(throws: TimepieceError.alreadyArmed("x")) { try second.add(schedule) }
        #expect(schedule.tick() == nil)
        #expect(first?.tick().count == 1)
        first = nil
        #expect(schedule.tick() != nil)
        try second.add(schedule)
        #expect(second.remove(schedule))
        #expect(!second.remove(schedule))
    }

    @Test func `An ordinal counts the ticks since it was added`() throws {
        let clock = try AlarmClock()
        for _ in 0..<7 { clock.tick(at: .milliseconds(0)) }
        try clock.add(OrdinalSchedule(each: 3))
        let fired = (1...6).filter { _ in !clock.tick(at: .milliseconds(0)).isEmpty }
        #expect(fired == [3, 6])
        #expect(clock.ticks == 13)
    }

    @Test func `An interval that is added later starts its grid at the next tick`() throws {
        let clock = try AlarmClock()
        clock.tick(at: .milliseconds(1000))
        try clock.add(IntervalSchedule(every: .milliseconds(100)))
        let fired = ([1030, 1129, 1130, 1131] as [UInt64]).filter { !clock.tick(at: .milliseconds($0)).isEmpty }
        #expect(fired == [1030, 1130])
    }

    @Test func `A schedule that is added again restarts`() throws {
        let clock = try AlarmClock()
        let schedule = AfterSchedule(after: .milliseconds(10))
        for start in [0, 100] as [UInt64] {
            try clock.add(schedule)
            #expect(clock.tick(at: .milliseconds(start)).isEmpty)
            #expect(clock.tick(at: .milliseconds(start + 10)).map(\.count) == [1])
        }
    }

    @Test func `A removed schedule does not fire`() throws {
        let schedule = IntervalSchedule(every: .milliseconds(1), name: "x")
        let clock = try AlarmClock([schedule, OrdinalSchedule(each: 2)])
        #expect(clock.remove("x"))
        #expect(clock.tick(at: .milliseconds(5)).isEmpty)
        #expect(clock.tick(at: .milliseconds(6)).map(\.kind) == [.ordinal])
    }

    @Test func `An at fires at the first tick at or after the wall time`() throws {
        let wall = Wall()
        wall.set(offset: .seconds(1000))
        let clock = try AlarmClock(
            [AtSchedule(at: WallTime(nanoseconds: 1_002_500_000_000), name: "at")], wallClock: wall.read)
        let fired = (0...100 as ClosedRange<UInt64>).filter { step in
            let instant = MonotonicInstant.milliseconds(step * 40)
            wall.go(to: instant)
            return !clock.tick(at: instant).isEmpty
        }
        #expect(fired == [63])
        #expect(clock.count == 0)
    }

    @Test(arguments: [-3600, -3, 3, 3600, 20_000_000])
    func `A step of the wall clock moves an at within a second and does not affect others`(seconds: Int64) throws {
        let wall = Wall()
        let step = Duration.seconds(seconds)
        let target = WallTime(nanoseconds: 40_000_000_000 + max(0, step.nanoseconds))
        let clock = try AlarmClock(
            [AtSchedule(at: target, name: "at"), IntervalSchedule(every: .seconds(2), name: "beat")],
            wallClock: wall.read)
        var due: UInt64?
        var beats: [UInt64] = []
        for milliseconds in stride(from: 0, through: 60_000 as UInt64, by: 20) {
            let instant = MonotonicInstant.milliseconds(milliseconds)
            wall.go(to: instant)
            if milliseconds == 30_500 { wall.set(offset: step) }
            for firing in clock.tick(at: instant) {
                if firing.name == "at" { due = milliseconds } else { beats.append(milliseconds) }
            }
        }
        let expected = target.nanoseconds / 1_000_000 - seconds * 1000
        if expected <= 60_000 {
            let fired = try #require(due)
            #expect(Int64(fired) >= max(expected, 30_500))
            #expect(Int64(fired) <= max(expected, 31_500))
        } else {
            #expect(due == nil)
        }
        #expect(beats == Array(stride(from: 0, through: 60_000, by: 2000)))
    }

    @Test func `A wall clock that starts in 1970 and is set later fires what is due by then`() throws {
        let wall = Wall()
        let clock = try AlarmClock(
            [AtSchedule(at: WallTime(nanoseconds: 1_700_000_000_000_000_000))], wallClock: wall.read)
        #expect(clock.tick(at: .milliseconds(10)).isEmpty)
        wall.set(offset: .seconds(1_800_000_000))
        #expect(clock.tick(at: .milliseconds(1009)).isEmpty)
        #expect(clock.tick(at: .milliseconds(1010)).count == 1)
    }

    @Test func `The wall clock is read about once a second of ticks, and never without an at`() throws {
        let wall = Wall()
        let clock = try AlarmClock([IntervalSchedule(every: .milliseconds(1))], wallClock: wall.read)
        for tick in 0..<5000 as Range<UInt64> { clock.tick(at: .milliseconds(tick)) }
        #expect(wall.readings == 0)
        try clock.add(AtSchedule(at: WallTime(nanoseconds: .max)))
        clock.remove("none")
        let idle = try AlarmClock([AtSchedule(at: WallTime(nanoseconds: .max - 1))], wallClock: wall.read)
        for tick in 0..<5000 as Range<UInt64> { idle.tick(at: .milliseconds(tick)) }
        #expect(wall.readings == 5)
    }

    @Test func `Setting the time of an at moves it in its alarm clock`() throws {
        let wall = Wall()
        let schedule = AtSchedule(at: WallTime(nanoseconds: 50_000_000))
        let clock = try AlarmClock([schedule], wallClock: wall.read)
        #expect(clock.tick(at: .milliseconds(10)).isEmpty)
        schedule.at = WallTime(nanoseconds: 20_000_000)
        #expect(clock.tick(at: .milliseconds(19)).isEmpty)
        schedule.at = nil
        #expect(clock.tick(at: .milliseconds(60)).isEmpty)
        #expect(clock.count == 1)
        schedule.at = WallTime(nanoseconds: 0)
        #expect(clock.tick(at: .milliseconds(61)).count == 1)
        #expect(clock.count == 0)
    }

    @Test func `The running time fires at the same media times however fast the ticks come`() throws {
        func media(step: UInt64) throws -> [Duration] {
            let clock = try AlarmClock([IntervalSchedule(every: .seconds(2), clock: .runningTime)])
            return (0..<300 as Range<UInt64>).flatMap { frame in
                clock.tick(at: .milliseconds(frame * step), mediaTime: frame * 40_000_000).map(\.fired)
            }
        }
        let expected = (0..<6).map { Duration.seconds(2 * $0) }
        #expect(try media(step: 1) == expected)
        #expect(try media(step: 5000) == expected)
    }

    @Test func `A jump back of the media resumes the grid without a burst`() throws {
        let clock = try AlarmClock([
            IntervalSchedule(every: .nanoseconds(10), name: "ten", clock: .runningTime),
            IntervalSchedule(every: .nanoseconds(25), name: "other", clock: .runningTime),
            AfterSchedule(after: .nanoseconds(200), name: "after", clock: .runningTime),
        ])
        var fired: [String] = []
        for media in [100, 110, 125, 131, 160, 107, 109, 110, 120, 125, 300, 310] as [UInt64] {
            for firing in clock.tick(at: .milliseconds(0), mediaTime: media) {
                fired.append("\(firing.name ?? "")@\(media)")
            }
        }
        #expect(
            fired == [
                "ten@100", "other@100", "ten@110", "ten@125", "other@125", "ten@131", "ten@160", "other@160",
                "ten@110", "ten@120", "other@125", "ten@300", "other@300", "after@300", "ten@310",
            ])
    }

    @Test func `Ticks without a media time do not affect schedules on the running time`() throws {
        let clock = try AlarmClock([IntervalSchedule(every: .seconds(1), clock: .runningTime)])
        #expect(clock.tick(at: .milliseconds(100)).isEmpty)
        #expect(clock.tick(at: .milliseconds(100), mediaTime: 0).count == 1)
    }

    @Test func `A callback may change the alarm clock that fires it`() throws {
        let clock = try AlarmClock()
        let schedule = OrdinalSchedule(each: 1, name: "once") { [weak clock] _ in
            clock?.remove("once")
            _ = try? clock?.add(OrdinalSchedule(each: 1, name: "next"))
        }
        try clock.add(schedule)
        #expect(clock.tick().map(\.name) == ["once"])
        #expect(clock.tick().map(\.name) == ["next"])
    }

    @Test func `Adding and removing from other threads loses no tick and no firing of the rest`() throws {
        let clock = try AlarmClock([OrdinalSchedule(each: 7, name: "seventh")])
        let done = Flag()
        let workers = [try SerialWorker(), try SerialWorker()]
        for (number, worker) in workers.enumerated() {
            worker.execute {
                var round = 0
                while !done.isRaised {
                    let name = "\(number) \(round % 5)"
                    if !clock.remove(name) { try? clock.add(IntervalSchedule(every: .nanoseconds(3), name: name)) }
                    round += 1
                }
            }
        }
        var sevenths = 0
        for tick in 0..<70_000 as Range<UInt64> {
            sevenths += clock.tick(at: MonotonicInstant(nanoseconds: tick)).count { $0.name == "seventh" }
        }
        done.raise()
        for worker in workers { worker.shutdown() }
        #expect(sevenths == 10_000)
        #expect(clock.ticks == 70_000)
    }

    @Test func `A hundred thousand schedules are armed, fired and removed`() throws {
        let clock = try AlarmClock()
        for number in 0..<100_000 {
            try clock.add(AfterSchedule(after: .milliseconds(1 + number % 1000), name: "\(number)"))
        }
        #expect(clock.tick(at: .milliseconds(0)).isEmpty)
        for number in stride(from: 0, to: 100_000, by: 2) { #expect(clock.remove("\(number)")) }
        let fired = (1...1000 as ClosedRange<UInt64>).map { clock.tick(at: .milliseconds($0)).count }
        #expect(fired.enumerated().allSatisfy { $1 == ($0 % 2 == 1 ? 0 : 100) || $1 == ($0 % 2 == 0 ? 0 : 100) })
        #expect(fired.reduce(0, +) == 50_000)
        #expect(clock.count == 0)
    }

    @Test func `An AtSchedule that is set in its callback fires again, in place or from a worker`() throws {
        for executor in [InlineExecutor(), try SerialWorker()] as [any CallbackExecutor] {
            let holder = Mutex<AtSchedule?>(nil)
            let schedule = AtSchedule(at: WallTime(nanoseconds: 10), name: "x", executor: executor) { firing in
                guard firing.count < 3 else { return }
                holder.withLock { $0 }?.at = WallTime(nanoseconds: Int64(firing.count) * 1_000)
            }
            holder.withLock { $0 = schedule }
            let clock = try AlarmClock([schedule])
            for _ in 0..<200 where schedule.firedCount < 3 {
                clock.tick()
                if !(executor is InlineExecutor) { usleep(1_000) }
            }
            #expect(schedule.firedCount == 3)
            (executor as? SerialWorker)?.shutdown()
            #expect(!schedule.isPending)
            #expect(clock.count == 0)
            holder.withLock { $0 = nil }
        }
    }

    @Test func `An AtSchedule is added again to the clock that dropped it, but not to one it was removed from`()
        throws
    {
        let schedule = AtSchedule(at: WallTime(nanoseconds: 10))
        let clock = try AlarmClock([schedule])
        clock.tick()
        #expect(clock.count == 0)
        schedule.at = WallTime(nanoseconds: 20)
        #expect(clock.count == 1)
        clock.remove(schedule)
        schedule.at = WallTime(nanoseconds: 30)
        #expect(clock.count == 0)
        #expect(schedule.tick() != nil)
    }

    @Test func `The schedules are listed in the order of addition, and all can be removed`() throws {
        let schedules: [any Schedule] = [OrdinalSchedule(each: 2), IntervalSchedule(every: .seconds(1), name: "b")]
        let clock = try AlarmClock(schedules)
        #expect(zip(clock.schedules, schedules).allSatisfy { $0 === $1 })
        clock.removeAll()
        #expect(clock.schedules.isEmpty)
        #expect(clock.tick().isEmpty)
        try clock.add(schedules[1])
        #expect(clock.names == ["b"])
    }

    @Test func `The firings are passed to every task that reads them`() async throws {
        var clock: AlarmClock? = try AlarmClock([OrdinalSchedule(each: 2, name: "x", count: 2)])
        let sequences = clock.map { [$0.firings, $0.firings] } ?? []
        for _ in 0..<5 { clock?.tick() }
        clock = nil
        for sequence in sequences {
            var counts: [UInt64] = []
            for await firing in sequence { counts.append(firing.count) }
            #expect(counts == [1, 2])
        }
    }

    @Test func `An alarm clock in a task ticks until the task is cancelled`() async throws {
        let alarmClock = try AlarmClock()
        let manual = ManualClock()
        let service = Task { await alarmClock.run(every: .milliseconds(20), clock: manual) }
        for _ in 0..<5 {
            while manual.sleepers == 0 { await Task.yield() }
            manual.advance(by: .milliseconds(20))
        }
        while manual.sleepers == 0 { await Task.yield() }
        service.cancel()
        manual.advance(by: .milliseconds(20))
        await service.value
        #expect(alarmClock.ticks == 6)
    }
}
