import Synchronization
import Testing
import Timepiece

@Suite struct ScheduleTests {
    private func firedMilliseconds(_ schedule: some Schedule, ticks: [UInt64]) -> [UInt64] {
        ticks.filter { schedule.tick(at: .milliseconds($0)) != nil }
    }

    @Test func `An interval fires at the first tick and then on the grid of the first`() throws {
        let schedule = IntervalSchedule(every: .milliseconds(100))
        #expect(firedMilliseconds(schedule, ticks: [7, 50, 106, 107, 206, 207]) == [7, 107, 207])
    }

    @Test func `A late tick does not shift the grid and missed slots are not made up`() throws {
        let schedule = IntervalSchedule(every: .milliseconds(5000))
        #expect(
            firedMilliseconds(schedule, ticks: [0, 5100, 5200, 17_000, 17_001, 19_999, 20_000, 20_001])
                == [0, 5100, 17_000, 20_000])
    }

    @Test func `A firing has the slot it was due for and the tick that fired it`() throws {
        let schedule = IntervalSchedule(every: .seconds(5), name: "beat")
        schedule.tick(at: .milliseconds(1000))
        let firing = try #require(schedule.tick(at: .milliseconds(12_000)))
        #expect(firing.name == "beat")
        #expect(firing.kind == .interval)
        #expect(firing.clock == .monotonic)
        #expect(firing.count == 2)
        #expect(firing.due == .seconds(6))
        #expect(firing.fired == .seconds(12))
    }

    @Test func `A count ends an interval after that number of firings`() throws {
        let schedule = IntervalSchedule(every: .milliseconds(10), count: 2)
        #expect(firedMilliseconds(schedule, ticks: [0, 10, 20, 30]) == [0, 10])
        #expect(!schedule.isPending)
    }

    @Test func `Instants that run backwards fire nothing and trap nothing`() throws {
        let schedule = IntervalSchedule(every: .milliseconds(100))
        #expect(firedMilliseconds(schedule, ticks: [1000, 10, 0, 1099, 1100]) == [1000, 1100])
    }

    @Test func `An interval at the end of time does not fire`() throws {
        let schedule = IntervalSchedule(every: .seconds(Int64.max / 1_000_000_000))
        #expect(schedule.tick(at: MonotonicInstant(nanoseconds: .max - 5)) != nil)
        #expect(schedule.tick(at: MonotonicInstant(nanoseconds: .max)) == nil)
    }

    @Test func `An ordinal fires at every n-th tick and not at the first`() throws {
        let schedule = OrdinalSchedule(each: 3)
        #expect(firedMilliseconds(schedule, ticks: Array(1...10)) == [3, 6, 9])
    }

    @Test func `The ordinal 1 fires at every tick, also the first`() throws {
        #expect(firedMilliseconds(OrdinalSchedule(each: 1), ticks: [1, 2, 3]) == [1, 2, 3])
    }

    @Test func `The ordinal 0 never fires`() throws {
        let schedule = OrdinalSchedule(each: 0)
        #expect(firedMilliseconds(schedule, ticks: Array(1...100)) == [])
        #expect(!schedule.isRepeating)
    }

    @Test func `The ordinal of a lifetime never fires and never traps`() throws {
        #expect(firedMilliseconds(OrdinalSchedule(each: .max), ticks: Array(1...5)) == [])
    }

    @Test func `An after fires once, its wait after the first tick`() throws {
        let schedule = AfterSchedule(after: .milliseconds(50))
        #expect(firedMilliseconds(schedule, ticks: [100, 149, 151, 200, 300]) == [151])
        #expect(!schedule.isRepeating)
    }

    @Test func `An at fires once, at the first tick at or after the wall time`() {
        let schedule = AtSchedule(
            at: WallTime(nanoseconds: 5_000_000_000),
            wallClock: { ClockReading(monotonic: .milliseconds(0), wall: WallTime(nanoseconds: 1_000_000_000)) })
        #expect(firedMilliseconds(schedule, ticks: [3999, 4000, 4001, 9000]) == [4000])
        #expect(schedule.at == nil)
    }

    @Test func `Setting the time arms an at again`() {
        let schedule = AtSchedule(
            at: WallTime(nanoseconds: 10_000_000),
            wallClock: { ClockReading(monotonic: .milliseconds(0), wall: WallTime(nanoseconds: 0)) })
        #expect(firedMilliseconds(schedule, ticks: [10, 20]) == [10])
        schedule.at = WallTime(nanoseconds: 25_000_000)
        #expect(firedMilliseconds(schedule, ticks: [20, 30, 40]) == [30])
    }

    @Test func `A wall time before 1970 is reported unchanged`() throws {
        let schedule = AtSchedule(
            at: WallTime(nanoseconds: -7),
            wallClock: { ClockReading(monotonic: .milliseconds(0), wall: WallTime(nanoseconds: -3)) })
        let firing = try #require(schedule.tick(at: .milliseconds(0)))
        #expect(firing.due == .nanoseconds(-7))
        #expect(firing.fired == .nanoseconds(-3))
    }

    @Test func `A schedule on the running time waits for it and not for the instant`() throws {
        let schedule = IntervalSchedule(every: .nanoseconds(10), clock: .runningTime)
        #expect(schedule.tick(at: .milliseconds(1)) == nil)
        #expect(schedule.tick(at: .milliseconds(2), mediaTime: 3) != nil)
        #expect(schedule.tick(at: .milliseconds(9000), mediaTime: 12) == nil)
        let firing = schedule.tick(at: .milliseconds(9000), mediaTime: 13)
        #expect(firing?.due == .nanoseconds(13))
        #expect(firing?.clock == .runningTime)
    }

    @Test func `After a jump back the grid continues with its first point not before the new time`() throws {
        let schedule = IntervalSchedule(every: .nanoseconds(10), clock: .runningTime)
        let media: [UInt64] = [103, 113, 124, 57, 60, 63, 64, 73]
        #expect(media.filter { schedule.tick(at: .milliseconds(0), mediaTime: $0) != nil } == [103, 113, 124, 63, 73])
    }

    @Test func `A callback runs in place before the tick returns`() throws {
        let calls = Mutex<[UInt64]>([])
        let schedule = OrdinalSchedule(each: 2) { firing in calls.withLock { $0.append(firing.count) } }
        for _ in 0..<5 { schedule.tick() }
        #expect(calls.withLock { $0 } == [1, 2])
    }

    @Test func `A callback runs on the given executor`() throws {
        let worker = try SerialWorker()
        let calls = Mutex<[String]>([])
        let schedule = OrdinalSchedule(each: 1, name: "x", executor: worker) { firing in
            calls.withLock { $0.append("\(firing.name ?? "") \(firing.count)") }
        }
        schedule.tick()
        schedule.tick()
        worker.shutdown()
        #expect(calls.withLock { $0 } == ["x 1", "x 2"])
    }

    @Test func `A value that is too small is replaced by the smallest valid one`() {
        #expect(IntervalSchedule(every: .zero).interval == .nanoseconds(1))
        #expect(IntervalSchedule(every: .seconds(-1)).interval == .nanoseconds(1))
        #expect(AfterSchedule(after: .seconds(-1)).wait == .nanoseconds(1))
        #expect(OrdinalSchedule(each: -1).ordinal == 0)
        let once = IntervalSchedule(every: .seconds(1), count: 0)
        #expect(!once.isRepeating)
        #expect(once.tick(at: .milliseconds(1))?.isLast == true)
        #expect(OrdinalSchedule(each: 1, count: -2).tick(at: .milliseconds(1))?.isLast == true)
    }

    @Test func `A trailing closure is the callback of every kind`() {
        let calls = Mutex<[Firing.Kind]>([])
        let schedules: [any Schedule] = [
            AtSchedule(at: .now()) { firing in calls.withLock { $0.append(firing.kind) } },
            IntervalSchedule(every: .seconds(1)) { firing in calls.withLock { $0.append(firing.kind) } },
            OrdinalSchedule(each: 1) { firing in calls.withLock { $0.append(firing.kind) } },
            AfterSchedule(after: .nanoseconds(1)) { firing in calls.withLock { $0.append(firing.kind) } },
        ]
        for schedule in schedules { schedule.tick() }
        schedules[3].tick(at: .now().advanced(by: .seconds(1)))
        #expect(calls.withLock { $0 } == [.at, .interval, .ordinal, .after])
    }
}
