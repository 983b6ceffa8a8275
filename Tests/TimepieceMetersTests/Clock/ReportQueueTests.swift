import Testing

@testable import TimepieceMeters

/// Tests which thread runs which member and when, with numbers for threads and given instants.
@Suite("The report queue")
struct ReportQueueTests {
    private final class Member: ClockMember {
        let pipeline: UInt

        init(_ pipeline: UInt) {
            self.pipeline = pipeline
        }

        func run(at now: UInt64) -> UInt64 { .max }
    }

    private let a = Member(1)
    private let a2 = Member(1)
    private let b = Member(2)
    private let c = Member(3)
    private static let patience = ReportQueue.patience

    /// Asks what a thread is to do, and expects it to run a member.
    private func run(
        _ member: Member, on thread: Int, at now: UInt64, _ queue: inout ReportQueue,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> ReportQueue.Turn {
        let step = queue.next(for: thread, at: now)
        guard case .run(let turn) = step else {
            throw Surprise(step: "\(step)")
        }
        #expect(turn.member === member, sourceLocation: sourceLocation)
        return turn
    }

    private struct Surprise: Error {
        let step: String
    }

    private func wait(_ thread: Int, at now: UInt64, _ queue: inout ReportQueue) -> UInt64? {
        if case .wait(let until) = queue.next(for: thread, at: now) { until } else { nil }
    }

    private func expectWait(
        _ thread: Int, at now: UInt64, until: UInt64, _ queue: inout ReportQueue,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let found = wait(thread, at: now, &queue)
        #expect(found == until, sourceLocation: sourceLocation)
    }

    private func expectEnd(
        _ thread: Int, at now: UInt64, _ queue: inout ReportQueue, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let step = queue.next(for: thread, at: now)
        guard case .end = step else {
            Issue.record("not the end but \(step)", sourceLocation: sourceLocation)
            return
        }
    }

    @Test func `members run when they are due, in that order, and then as they request`() throws {
        var queue = ReportQueue()
        _ = queue.schedule(a, at: 300)
        _ = queue.schedule(b, at: 100)
        _ = queue.schedule(c, at: 200)
        expectWait(0, at: 0, until: 100, &queue)
        var ran: [UInt] = []
        for now in [100, 200, 300, 350] as [UInt64] {
            guard case .run(let turn) = queue.next(for: 0, at: now) else { continue }
            ran.append(turn.member.pipeline)
            _ = queue.finish(turn, next: now == 100 ? 350 : 1_000, at: now)
        }
        #expect(ran == [2, 3, 1, 2])
        expectWait(0, at: 400, until: 1_000, &queue)
    }

    @Test func `a single pipeline has one thread, several have two`() throws {
        var queue = ReportQueue()
        _ = queue.schedule(a, at: 100)
        #expect(queue.lacksThread(of: 0))
        #expect(!queue.lacksThread(of: 1))
        let turn = try run(a, on: 0, at: 100, &queue)
        #expect(!queue.lacksThread(of: 1))
        // Another pipeline comes while the only thread is in the first one's handler.
        _ = queue.schedule(b, at: 200)
        #expect(queue.lacksThread(of: 1))
        #expect(!queue.lacksThread(of: 2))
        _ = queue.finish(turn, next: 1_000, at: 110)
        expectWait(1, at: 110, until: 200 + Self.patience, &queue)
        expectWait(0, at: 110, until: 200, &queue)
        expectEnd(2, at: 110, &queue)
    }

    @Test func `a member that is due while the leader is busy elsewhere waits no longer than the patience`() throws {
        var queue = ReportQueue()
        _ = queue.schedule(a, at: 100)
        _ = queue.schedule(b, at: 150)
        let slow = try run(a, on: 0, at: 100, &queue)
        expectWait(1, at: 100, until: 150 + Self.patience, &queue)
        let other = try run(b, on: 1, at: 150 + Self.patience, &queue)
        // Both are busy: a third waits, for what comes next.
        #expect(!queue.lacksThread(of: 2))
        _ = queue.schedule(c, at: 200 + Self.patience)
        #expect(queue.lacksThread(of: 2))
        _ = queue.finish(other, next: 5_000 + Self.patience, at: 160 + Self.patience)
        // The thread that is back leads: nothing waits any more.
        let third = try run(c, on: 1, at: 200 + Self.patience, &queue)
        _ = queue.finish(third, next: .max, at: 210 + Self.patience)
        expectWait(1, at: 210 + Self.patience, until: 5_000 + Self.patience, &queue)
        expectWait(2, at: 210 + Self.patience, until: 5_000 + 2 * Self.patience, &queue)
        // The slow one finds that it is not needed.
        _ = queue.finish(slow, next: 10 * Self.patience, at: 9 * Self.patience)
        expectEnd(0, at: 9 * Self.patience, &queue)
    }

    @Test func `the leader passes its role on before it runs a slow member again`() throws {
        var queue = ReportQueue()
        _ = queue.schedule(a, at: 100)
        _ = queue.schedule(b, at: .max - 1)
        let slow = try run(a, on: 0, at: 100, &queue)
        #expect(!slow.handsOver)
        _ = wait(1, at: 100, &queue)
        let again = 100 + ReportQueue.brief
        _ = queue.finish(slow, next: again, at: again)
        _ = queue.schedule(b, at: again + 10)
        let second = try run(a, on: 0, at: again, &queue)
        #expect(second.handsOver)
        // Without a moment's delay.
        expectWait(1, at: again, until: again + 10, &queue)
        let other = try run(b, on: 1, at: again + 10, &queue)
        _ = queue.finish(other, next: .max, at: again + 20)
        // It is not slow for ever.
        _ = queue.finish(second, next: again + ReportQueue.memory + 100, at: again + 100)
        _ = wait(1, at: again + 200, &queue)
        let third = try run(a, on: 1, at: again + ReportQueue.memory + 100, &queue)
        #expect(!third.handsOver)
    }

    @Test func `the members of one pipeline run one after the other`() throws {
        var queue = ReportQueue()
        _ = queue.schedule(a, at: 100)
        _ = queue.schedule(a2, at: 100)
        let first = try run(a, on: 0, at: 100, &queue)
        expectWait(1, at: 100 + 9 * Self.patience, until: .max, &queue)
        let looksAgain = queue.finish(first, next: 20 * Self.patience, at: 100 + 9 * Self.patience).looksAgain
        #expect(looksAgain)
        _ = try run(a2, on: 0, at: 100 + 9 * Self.patience, &queue)
    }

    @Test func `if many members are due at the same time, threads join one after the other`() throws {
        var queue = ReportQueue()
        let members = (1...100).map { Member(UInt($0)) }
        for member in members { _ = queue.schedule(member, at: 1) }
        guard case .run = queue.next(for: 0, at: 100 * Self.patience) else { throw Surprise(step: "no turn") }
        #expect(queue.lacksThread(of: 1))
        // However long it is due.
        let now = 100 * Self.patience
        expectWait(1, at: now, until: now + Self.patience, &queue)
        guard case .run = queue.next(for: 1, at: now + Self.patience) else { throw Surprise(step: "no turn") }
        expectWait(2, at: now + Self.patience, until: now + 2 * Self.patience, &queue)
    }

    @Test func `a waiting thread checks again only if a member is due earlier`() throws {
        var queue = ReportQueue()
        _ = queue.schedule(a, at: 500)
        _ = queue.schedule(b, at: 1_000)
        _ = wait(0, at: 0, &queue)
        _ = wait(1, at: 0, &queue)
        let scheduled = [600, 500, 400].map { queue.schedule(c, at: $0) }
        #expect(scheduled == [false, false, true])
        let removed = [c, b, a].map { queue.remove(ObjectIdentifier($0)).looksAgain }
        #expect(removed == [false, false, true])
        expectEnd(0, at: 0, &queue)
        expectEnd(1, at: 0, &queue)
    }

    @Test func `a request of a member during its run overrides its return value`() throws {
        var queue = ReportQueue()
        _ = queue.schedule(a, at: 100)
        let turn = try run(a, on: 0, at: 100, &queue)
        _ = queue.schedule(a, at: 150)
        _ = queue.finish(turn, next: 900, at: 110)
        expectWait(0, at: 110, until: 150, &queue)
        let second = try run(a, on: 0, at: 150, &queue)
        let removed = queue.remove(ObjectIdentifier(a)).member
        #expect(removed === a)
        let looksAgain = queue.finish(second, next: 900, at: 160).looksAgain
        #expect(looksAgain)
        expectEnd(0, at: 160, &queue)
        // A member that is added again in between is another one.
        _ = queue.schedule(a, at: 200)
        let third = try run(a, on: 0, at: 200, &queue)
        _ = queue.remove(ObjectIdentifier(a))
        _ = queue.schedule(a, at: 300)
        _ = queue.finish(third, next: .max, at: 210)
        expectWait(0, at: 210, until: 300, &queue)
    }

    @Test func `a member without more work is released`() throws {
        var queue = ReportQueue()
        _ = queue.schedule(a, at: 100)
        let turn = try run(a, on: 0, at: 100, &queue)
        let (looksAgain, released) = queue.finish(turn, next: .max, at: 110)
        #expect(looksAgain && released === a)
        expectEnd(0, at: 110, &queue)
    }

    @Test func `in any order of events, a due member waits for its own pipeline only`() throws {
        let step: UInt64 = 3_000_000
        var random = Dice(state: 1)
        for _ in 0..<100 {
            var queue = ReportQueue()
            let members = (0..<6).map { Member(UInt($0 / 2)) }
            var due: [ObjectIdentifier: UInt64] = [:]
            var turns: [Int: ReportQueue.Turn] = [:]
            // Each thread with the instant at which it looks again.
            var (threads, started): ([Int: UInt64], Int) = ([:], 0)
            func startWhatLacks(_ now: UInt64) {
                guard queue.lacksThread(of: threads.count) else { return }
                threads[started] = now
                started += 1
            }
            for now in stride(from: step, to: 1000 * step, by: UInt64.Stride(step)) {
                let member = members[Int(random.roll(6))]
                var looksAgain = false
                switch random.roll(6) {
                case 0, 1:
                    let instant = now + random.roll(50_000_000)
                    due[ObjectIdentifier(member)] = instant
                    looksAgain = queue.schedule(member, at: instant)
                case 2:
                    due[ObjectIdentifier(member)] = nil
                    looksAgain = queue.remove(ObjectIdentifier(member)).looksAgain
                case 3, 4:
                    guard let (thread, turn) = turns.min(by: { $0.key < $1.key }) else { break }
                    turns[thread] = nil
                    let next = random.roll(3) == 0 ? .max : now + random.roll(30_000_000)
                    let key = ObjectIdentifier(turn.member)
                    if due[key] == .max { due[key] = next == .max ? nil : next }
                    looksAgain = queue.finish(turn, next: next, at: now).looksAgain
                    threads[thread] = now
                default: break
                }
                if looksAgain { threads = threads.mapValues { _ in now } }
                startWhatLacks(now)
                while let thread = threads.keys.sorted().first(where: { turns[$0] == nil && threads[$0] ?? 0 <= now }) {
                    switch queue.next(for: thread, at: now) {
                    case .run(let turn):
                        #expect(!turns.values.contains { $0.member.pipeline == turn.member.pipeline })
                        #expect((due[ObjectIdentifier(turn.member)] ?? .max) <= now)
                        due[ObjectIdentifier(turn.member)] = .max
                        turns[thread] = turn
                        if turn.handsOver { threads = threads.mapValues { _ in now } }
                    case .wait(let until): threads[thread] = until
                    case .end: threads[thread] = nil
                    }
                    startWhatLacks(now)
                }
                #expect(threads.count <= turns.count + 2)
                for member in members where !turns.values.contains(where: { $0.member.pipeline == member.pipeline }) {
                    let waits = due[ObjectIdentifier(member)] ?? .max
                    // For each pipeline that is slow a thread has to join.
                    #expect(waits >= now || waits + UInt64(turns.count) * Self.patience + step >= now)
                }
            }
        }
    }

    private struct Dice {
        var state: UInt64

        mutating func roll(_ sides: UInt64) -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state >> 33) % sides
        }
    }
}
