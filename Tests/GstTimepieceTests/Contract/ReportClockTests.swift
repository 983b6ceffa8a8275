import CGStreamerCheck
import Glibc
import Synchronization
import Testing

@testable import TimepieceMeters

@Suite("The clock of the reports")
struct ReportClockTests {
    /// Runs as often as it is told to, and notes its end.
    private final class Member: ClockMember {
        private let times: Mutex<Int>
        private let ran: Watched<Int>
        private let ended: Watched<Bool>

        init(times: Int, ran: Watched<Int>, ended: Watched<Bool>) {
            self.times = Mutex(times)
            self.ran = ran
            self.ended = ended
        }

        deinit {
            // As the end of a publisher does: with a lock held here, it would wait for ever.
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
        func run(at now: UInt64) -> UInt64 { .max }
    }

    private final class Onlooker: ClockMember {
        let takesSignals = Watched<Bool?>(nil)

        func run(at now: UInt64) -> UInt64 {
            var mask = sigset_t()
            unsafe pthread_sigmask(SIG_SETMASK, nil, &mask)
            let taken = unsafe sigismember(&mask, SIGTERM) == 0
            takesSignals.update { $0 = taken }
            return .max
        }
    }

    @Test func `leaves the signals to the host's threads`() {
        let onlooker = Onlooker()
        #expect(ReportClock().schedule(onlooker, at: 0))
        #expect(onlooker.takesSignals.wait { $0 != nil })
        #expect(onlooker.takesSignals.update { $0 } == false)
    }

    @Test func `lets a member go that wants nothing more, with no lock held`() throws {
        let ran = Watched(0)
        let ended = Watched(false)
        #expect(ReportClock.shared.schedule(Member(times: 3, ran: ran, ended: ended), at: 0))
        #expect(ended.wait { $0 })
        #expect(ran.update { $0 } == 3)
    }
}
