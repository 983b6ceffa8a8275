import TestEnvironment
import Testing
import Timepiece

/// Random schedules and ticks, fired by the alarm clock and by a model that looks at every schedule at every tick.
@Suite struct AlarmClockModelTests {
    /// One schedule as its documentation says it, without deadlines.
    private struct Model {
        enum Rule {
            case interval(UInt64, ScheduleClock)
            case after(UInt64, ScheduleClock)
            case ordinal(UInt64)
            case at(Int64)
        }

        let name: String
        let rule: Rule
        let limit: UInt64?
        var ticks: UInt64 = 0
        var fired: UInt64 = 0
        var first: UInt64?
        /// The last slot of the grid that is used up, counted from the first; and when it was.
        var lastSlot: Int64 = -1
        var lastTime: UInt64 = 0

        var isOver: Bool {
            switch rule {
            case .interval, .ordinal: limit.map { fired >= $0 } ?? false
            case .after, .at: fired > 0
            }
        }

        mutating func fires(now: UInt64, wall: Int64, media: UInt64?) -> Bool {
            ticks += 1
            let isDue =
                switch rule {
                case .ordinal(let each): each > 0 && ticks % each == 0
                case .at(let time): wall >= time
                case .after(let wait, let clock): isWaitOver(wait, clock == .monotonic ? now : media)
                case .interval(let every, let clock): meetsSlot(Int64(every), clock == .monotonic ? now : media)
                }
            if isDue { fired += 1 }
            return isDue
        }

        private mutating func isWaitOver(_ wait: UInt64, _ time: UInt64?) -> Bool {
            guard let time else { return false }
            guard let first else {
                first = time
                return false
            }
            return time >= first + wait
        }

        private mutating func meetsSlot(_ every: Int64, _ time: UInt64?) -> Bool {
            guard let time else { return false }
            let start = first ?? time
            first = start
            let offset = Int64(time) - Int64(start)
            let slot = Int64((Double(offset) / Double(every)).rounded(.down))
            if time < lastTime {
                // Jumped back: every slot from here on is to be met again, and one that lies behind is not.
                lastSlot = slot * every == offset ? slot - 1 : slot
                lastTime = 0
            }
            guard slot > lastSlot else { return false }
            lastSlot = slot
            lastTime = time
            return true
        }
    }

    @Test(arguments: 1...200 as ClosedRange<UInt64>)
    func `The alarm clock fires what a naive model fires`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var now = UInt64.random(in: 0..<1000, using: &random)
        var media = UInt64.random(in: 500..<1000, using: &random)
        var models: [Model] = []
        let present = Present()
        let clock = try AlarmClock(wallClock: present.read)

        for step in 0..<400 {
            if Int.random(in: 0..<8, using: &random) == 0 {
                let (schedule, model) = try randomSchedule(
                    "\(step)", now: now, wall: present.wall(at: now), using: &random)
                try clock.add(schedule)
                models.append(model)
            }
            if Int.random(in: 0..<30, using: &random) == 0, let model = models.randomElement(using: &random) {
                #expect(clock.remove(model.name))
                models.removeAll { $0.name == model.name }
            }
            now += UInt64.random(in: 0...60, using: &random)
            media =
                Int.random(in: 0..<20, using: &random) == 0
                ? UInt64.random(in: 0...(media + 200), using: &random)
                : media + UInt64.random(in: 0...50, using: &random)
            let isMedia = Int.random(in: 0..<10, using: &random) > 0
            present.set(now)

            var expected: [String] = []
            for index in models.indices
            where models[index].fires(now: now, wall: present.wall(at: now), media: isMedia ? media : nil) {
                expected.append(models[index].name)
            }
            models.removeAll(where: \.isOver)
            let firings = clock.tick(at: MonotonicInstant(nanoseconds: now), mediaTime: isMedia ? media : nil)
            #expect(firings.compactMap(\.name) == expected, "seed \(seed), step \(step)")
            #expect(firings.allSatisfy { $0.due <= $0.fired }, "seed \(seed), step \(step)")
            #expect(clock.names == models.map(\.name), "seed \(seed), step \(step)")
        }
    }

    private func randomSchedule(
        _ name: String, now: UInt64, wall: Int64, using random: inout SeededGenerator
    ) throws -> (any Schedule, Model) {
        let clock: ScheduleClock = Bool.random(using: &random) ? .monotonic : .runningTime
        let length = Int64.random(in: 1...300, using: &random)
        let count = Bool.random(using: &random) ? nil : Int.random(in: 1...5, using: &random)
        let limit = count.map { UInt64($0) }
        switch Int.random(in: 0..<4, using: &random) {
        case 0:
            let schedule = IntervalSchedule(every: .nanoseconds(length), name: name, clock: clock, count: count)
            return (schedule, Model(name: name, rule: .interval(UInt64(length), clock), limit: limit))
        case 1:
            let schedule = AfterSchedule(after: .nanoseconds(length), name: name, clock: clock)
            return (schedule, Model(name: name, rule: .after(UInt64(length), clock), limit: nil))
        case 2:
            let each = Int.random(in: 0...20, using: &random)
            let schedule = OrdinalSchedule(each: each, name: name, count: count)
            return (schedule, Model(name: name, rule: .ordinal(UInt64(each)), limit: limit))
        default:
            let time = wall + length * 4
            return (
                AtSchedule(at: WallTime(nanoseconds: time), name: name), Model(name: name, rule: .at(time), limit: nil)
            )
        }
    }
}
