import Glibc
import Synchronization
import Timepiece

/// Threads for work that waits for the network and the disk, which must not be done on the threads of Swift's own pool.
///
/// Nobody waits for them but the orderly end of the process, see ``ExitHandler``.
final class OwnThreads: Sendable {
    static let shared = OwnThreads()

    private struct Roster {
        var process = getpid()
        var started: UInt64 = 0
        var working: [UInt64: pthread_t] = [:]
        /// Done with their work; they are to be joined, which takes as long as their end and no longer.
        var done: [pthread_t] = []

        /// A child that was forked has none of the threads.
        mutating func forgetParent() {
            if process != getpid() { self = Roster() }
        }

        mutating func takeDone() -> [pthread_t] {
            defer { done = [] }
            return done
        }
    }

    /// The body of a thread, on its way through C.
    private final class Body: Sendable {
        let threads: OwnThreads
        let number: UInt64
        let work: @Sendable () -> Void

        init(_ threads: OwnThreads, _ number: UInt64, _ work: @escaping @Sendable () -> Void) {
            self.threads = threads
            self.number = number
            self.work = work
        }
    }

    private let roster = Mutex(Roster())

    /// Starts a thread, which keeps this object; returns false if the system gives none.
    func start(_ work: @escaping @Sendable () -> Void) -> Bool {
        // Signals are for the threads of the process' owner.
        var all = sigset_t()
        var before = sigset_t()
        unsafe sigfillset(&all)
        unsafe pthread_sigmask(SIG_SETMASK, &all, &before)
        defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }

        let (isStarted, done) = roster.withLock { roster in
            roster.forgetParent()
            roster.started &+= 1
            let thread = Self.create(Body(self, roster.started, work))
            roster.working[roster.started] = thread
            return (thread != nil, roster.takeDone())
        }
        Self.join(done)
        return isStarted
    }

    /// Waits until all have ended and freed what they held, but for the one that calls and for those that take longer.
    func joinAll(within time: Duration) {
        let end = MonotonicInstant.now().advanced(by: time)
        while true {
            let (isLast, done) = roster.withLock { roster in
                roster.forgetParent()
                return (roster.working.values.allSatisfy { pthread_equal($0, pthread_self()) != 0 }, roster.takeDone())
            }
            Self.join(done)
            if isLast || MonotonicInstant.now() >= end { return }
            usleep(1000)
        }
    }

    private func finish(_ number: UInt64) {
        roster.withLock { roster in
            if let thread = roster.working.removeValue(forKey: number) { roster.done.append(thread) }
        }
    }

    private static func create(_ body: Body) -> pthread_t? {
        let body = unsafe Unmanaged.passRetained(body)
        var thread = pthread_t()
        let code = unsafe pthread_create(
            &thread, nil,
            { context in
                guard let context = unsafe context else { return nil }
                nameThread("timepiece-send")
                let body = unsafe Unmanaged<Body>.fromOpaque(context).takeRetainedValue()
                body.work()
                body.threads.finish(body.number)
                return nil
            }, unsafe body.toOpaque())
        guard code == 0 else {
            unsafe body.release()
            return nil
        }
        return thread
    }

    private static func join(_ threads: [pthread_t]) {
        for thread in threads { pthread_join(thread, nil) }
    }
}
