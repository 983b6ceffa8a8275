import Glibc
import Synchronization
import Testing
import Timepiece

@testable import TimepieceCloudWatch

@Suite struct OwnThreadsTests {
    /// Raised by one thread, seen by another.
    private final class Flag: Sendable {
        private let state = Mutex(false)

        var isUp: Bool { state.withLock { $0 } }

        func raise() { state.withLock { $0 = true } }

        func wait() {
            while !isUp { usleep(1000) }
        }
    }

    /// Whether the part of a thread's end that libraries have for what they keep by thread was run.
    private static let isFreed = Flag()

    @Test func `work runs on another thread, which blocks all signals`() {
        let threads = OwnThreads()
        let seen = Mutex<(thread: pthread_t, blocked: Bool)?>(nil)
        #expect(
            threads.start {
                var mask = sigset_t()
                unsafe pthread_sigmask(SIG_SETMASK, nil, &mask)
                let blocked = unsafe sigismember(&mask, SIGTERM) == 1
                seen.withLock { $0 = (pthread_self(), blocked) }
            })
        threads.joinAll(within: .seconds(60))
        let (thread, blocked) = seen.withLock { $0 } ?? (pthread_self(), false)
        #expect(pthread_equal(thread, pthread_self()) == 0)
        #expect(blocked)
    }

    @Test func `the wait for them lasts until the libraries' thread data are freed, too`() {
        let threads = OwnThreads()
        var key = pthread_key_t()
        unsafe pthread_key_create(&key) { _ in
            usleep(50_000)
            OwnThreadsTests.isFreed.raise()
        }
        let copy = key
        #expect(threads.start { unsafe pthread_setspecific(copy, UnsafeRawPointer(bitPattern: 1)) })
        threads.joinAll(within: .seconds(60))
        #expect(Self.isFreed.isUp)
        pthread_key_delete(key)
    }

    @Test func `the wait for a slower one is limited, and repeated later`() {
        let threads = OwnThreads()
        let gate = Flag()
        let isDone = Flag()
        #expect(
            threads.start {
                gate.wait()
                isDone.raise()
            })
        threads.joinAll(within: .milliseconds(20))
        #expect(!isDone.isUp)
        gate.raise()
        threads.joinAll(within: .seconds(60))
        #expect(isDone.isUp)
    }

    @Test func `one that waits for all does not wait for itself`() {
        let threads = OwnThreads()
        let took = Mutex(Duration.zero)
        #expect(
            threads.start {
                let begun = MonotonicInstant.now()
                threads.joinAll(within: .seconds(3600))
                took.withLock { $0 = begun.duration(to: .now()) }
            })
        threads.joinAll(within: .seconds(60))
        #expect(took.withLock { $0 } < .seconds(60))
    }
}
