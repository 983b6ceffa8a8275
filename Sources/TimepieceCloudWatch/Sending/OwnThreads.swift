import Glibc
import Synchronization
import Timepiece

/// Threads for work that waits for the network and the disk, which must not be done on the threads of Swift's own pool.
///
/// Only the orderly end of the process waits for them, see ``ExitHandler``.
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

    private let roster = Mutex(Roster())
    /// Counts the ends of threads.
    private let ends = EventCount()

    /// Starts a thread, which keeps this object; returns false if the system gives none.
    func start(_ work: @escaping @Sendable () -> Void) -> Bool {
        let (isStarted, done) = roster.withLock { roster in
            roster.forgetParent()
            roster.started &+= 1
            let number = roster.started
            let thread = try? startThread {
                nameThread("timepiece-send")
                work()
                self.finish(number)
            }
            roster.working[number] = thread
            return (thread != nil, roster.takeDone())
        }
        Self.join(done)
        return isStarted
    }

    /// Does work on a thread, and returns when it is done; on the caller's if the system gives none.
    func run(_ work: @escaping @Sendable () -> Void) async {
        await withCheckedContinuation { continuation in
            let whole: @Sendable () -> Void = {
                work()
                continuation.resume()
            }
            if !start(whole) { whole() }
        }
    }

    /// Waits until all have ended and freed what they held, but for the one that calls and for those that take longer.
    func joinAll(within time: Duration) {
        let end = MonotonicInstant.now().advanced(by: time)
        while true {
            let seen = ends.value
            let (isLast, done) = roster.withLock { roster in
                roster.forgetParent()
                return (roster.working.values.allSatisfy { pthread_equal($0, pthread_self()) != 0 }, roster.takeDone())
            }
            Self.join(done)
            if isLast || MonotonicInstant.now() >= end { return }
            ends.wait(after: seen, until: end)
        }
    }

    private func finish(_ number: UInt64) {
        roster.withLock { roster in
            if let thread = roster.working.removeValue(forKey: number) { roster.done.append(thread) }
        }
        ends.advance()
    }

    private static func join(_ threads: [pthread_t]) {
        for thread in threads { pthread_join(thread, nil) }
    }
}

/// What comes before the end of a process by `exit`, stopped pipelines or not: the metrics go out, then the threads end.
///
/// It has to come before OpenSSL's own handler. That frees what a thread still uses, and what the end of a thread frees
/// too, and the process would die of it.
enum ExitHandler {
    /// The process that has the threads. A child that was forked has none of them, and its copy of what they hold is not
    /// its own to send.
    private static let owner = getpid()
    private static let hasRun = Atomic(false)

    /// Has it called, once, before all handlers that have been registered so far.
    static func register() {
        _ = owner
        atexit { ExitHandler.run() }
    }

    private static func run() {
        guard getpid() == owner, !hasRun.exchange(true, ordering: .relaxed) else { return }
        SenderRegistry.shared.closeAll(within: .seconds(3))
        // What is under way still is in the spool, too.
        CurlTransfer.abortAll()
        ProgramOutput.endAll()
        OwnThreads.shared.joinAll(within: .seconds(2))
    }
}
