import CGStreamerCheck
import Glibc
import Synchronization
import Testing

@testable import TimepieceMeters

@Suite("The report clock")
struct ReportClockTests {
    /// Runs the given number of times, and notes its end.
    private final class Member: ClockMember {
        let pipeline: UInt = 0
        private let times: Mutex<Int>
        private let ran: Watched<Int>
        private let ended: Watched<Bool>

        init(times: Int, ran: Watched<Int>, ended: Watched<Bool>) {
            self.times = Mutex(times)
            self.ran = ran
            self.ended = ended
        }

        deinit {
            // Like the end of a publisher: with a lock held here, it would deadlock.
            ReportClock.shared.remove(self.successor)
            ended.update { $0 = true }
        }

        let successor = Bystander()

        func run(at now: UInt64) -> UInt64 {
            ran.update { $0 += 1 }
            return times.withLock { times in
                times -= 1
                return times > 0 ? now : .max
            }
        }
    }

    private final class Bystander: ClockMember {
        let pipeline: UInt = 0
        func run(at now: UInt64) -> UInt64 { .max }
    }

    private final class Onlooker: ClockMember {
        let pipeline: UInt = 0
        let takesSignals = Watched<Bool?>(nil)

        func run(at now: UInt64) -> UInt64 {
            var mask = sigset_t()
            unsafe pthread_sigmask(SIG_SETMASK, nil, &mask)
            let taken = unsafe sigismember(&mask, SIGTERM) == 0
            takesSignals.update { $0 = taken }
            return .max
        }
    }

    /// Waits in its run until it is released.
    private final class Blocker: ClockMember {
        let pipeline: UInt
        let state = Watched((isIn: false, isOpen: false, isOut: false))

        init(_ pipeline: UInt) {
            self.pipeline = pipeline
        }

        func run(at now: UInt64) -> UInt64 {
            state.update { $0.isIn = true }
            _ = state.wait { $0.isOpen }
            state.update { $0.isOut = true }
            return .max
        }
    }

    /// Runs repeatedly, and calls a closure in each run.
    private final class Counter: ClockMember {
        let pipeline: UInt
        let turns = Watched(0)
        private let deed: @Sendable (Counter) -> Void

        init(_ pipeline: UInt, _ deed: @escaping @Sendable (Counter) -> Void = { _ in }) {
            self.pipeline = pipeline
            self.deed = deed
        }

        func run(at now: UInt64) -> UInt64 {
            turns.update { $0 += 1 }
            deed(self)
            return now + 1_000_000
        }
    }

    @Test func `runs what is due in other pipelines while members do not return, and ends the threads`() throws {
        let clock = ReportClock()
        let blockers = (1...5).map { Blocker($0) }
        let (other, own) = (Counter(9), Counter(1))
        for blocker in blockers {
            #expect(clock.schedule(blocker, at: 0))
            #expect(blocker.state.wait { $0.isIn })
        }
        #expect(clock.schedule(own, at: 0) && clock.schedule(other, at: 0))
        #expect(other.turns.wait { $0 >= 20 })
        // What is in the pipeline of a member that has not returned waits for it.
        #expect(own.turns.update { $0 } == 0)
        // Of those that are busy there are five, and two wait.
        #expect(clock.threads <= 7)
        clock.remove(other)
        for blocker in blockers { blocker.state.update { $0.isOpen = true } }
        #expect(own.turns.wait { $0 > 0 })
        clock.remove(own)
        for blocker in blockers { clock.remove(blocker) }
        #expect(eventually { clock.threads == 0 })
    }

    @Test func `remove waits for its own member only`() throws {
        let clock = ReportClock()
        let (one, other, idle) = (Blocker(1), Blocker(2), Counter(1))
        for blocker in [one, other] {
            #expect(clock.schedule(blocker, at: 0))
            #expect(blocker.state.wait { $0.isIn })
        }
        #expect(clock.schedule(idle, at: 0))
        clock.remove(idle)
        one.state.update { $0.isOpen = true }
        clock.remove(one)
        #expect(one.state.update { $0.isOut })
        #expect(!other.state.update { $0.isOut })
        other.state.update { $0.isOpen = true }
        clock.remove(other)
        #expect(eventually { clock.threads == 0 })
    }

    @Test func `cancel does not wait, and remove only as long as its patience`() throws {
        let clock = ReportClock()
        let blocker = Blocker(1)
        #expect(clock.schedule(blocker, at: 0))
        #expect(blocker.state.wait { $0.isIn })
        clock.cancel(blocker)
        #expect(!clock.remove(blocker, within: 1_000_000))
        // Scheduled again, it runs when it has come back.
        #expect(clock.schedule(blocker, at: .max - 1))
        #expect(!clock.remove(blocker, within: 0))
        #expect(!blocker.state.update { $0.isOut })
        blocker.state.update { $0.isOpen = true }
        #expect(clock.remove(blocker))
        #expect(blocker.state.update { $0.isOut })
        #expect(eventually { clock.threads == 0 })
    }

    @Test func `a member may remove itself and any other, and come back, in its own turn`() throws {
        let clock = ReportClock()
        let neighbor = Counter(1)
        let member = Counter(1) { member in
            clock.remove(member)
            clock.remove(neighbor)
            if member.turns.update({ $0 }) < 10 { _ = clock.schedule(member, at: 0) }
        }
        #expect(clock.schedule(neighbor, at: .max - 1) && clock.schedule(member, at: 0))
        #expect(member.turns.wait { $0 == 10 })
        #expect(neighbor.turns.update { $0 } == 0)
        #expect(eventually { clock.threads == 0 })
    }

    @Test func `a thousand pipelines one after the other leave no thread`() throws {
        let clock = ReportClock()
        for pipeline in 1...1_000 as ClosedRange<UInt> {
            let member = Counter(pipeline)
            #expect(clock.schedule(member, at: 0))
            if pipeline % 10 == 0 { #expect(member.turns.wait { $0 > 0 }) }
            clock.remove(member)
        }
        #expect(eventually { clock.threads == 0 })
    }

    @Test func `leaves the signals to the host's threads`() {
        let onlooker = Onlooker()
        #expect(ReportClock().schedule(onlooker, at: 0))
        #expect(onlooker.takesSignals.wait { $0 != nil })
        #expect(onlooker.takesSignals.update { $0 } == false)
    }

    @Test func `releases a member without more work, with no lock held`() throws {
        let ran = Watched(0)
        let ended = Watched(false)
        #expect(ReportClock.shared.schedule(Member(times: 3, ran: ran, ended: ended), at: 0))
        #expect(ended.wait { $0 })
        #expect(ran.update { $0 } == 3)
    }
}
