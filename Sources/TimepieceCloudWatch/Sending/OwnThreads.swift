import Glibc
import Synchronization
import Timepiece

/// Threads for work that waits for the network and the disk, which must not be done on the threads of Swift's own pool.
///
/// Only the orderly end of the process waits for them, see ``ExitHandler``.
package final class OwnThreads: Sendable {
    package static let shared = OwnThreads()

    private struct Roster {
        var process = getpid()
        var started: UInt64 = 0
        var working: [UInt64: SystemThread] = [:]
        /// Threads that have finished their work; joining them takes only as long as their end.
        var done: [SystemThread] = []

        /// A forked child process has none of the threads.
        mutating func forgetParent() {
            if process != getpid() { self = Roster() }
        }

        mutating func takeDone() -> [SystemThread] {
            defer { done = [] }
            return done
        }
    }

    private let roster = Mutex(Roster())
    /// Counts the ends of threads.
    private let ends = EventCount()

    /// Starts a thread, which keeps this object; returns false if the system has none.
    func start(_ work: @escaping @Sendable () -> Void) -> Bool {
        let (isStarted, done) = roster.withLock { roster in
            roster.forgetParent()
            roster.started &+= 1
            let number = roster.started
            let thread = try? SystemThread {
                SystemThread.nameCurrent("timepiece-send")
                work()
                self.finish(number)
            }
            roster.working[number] = thread
            return (thread != nil, roster.takeDone())
        }
        Self.join(done)
        return isStarted
    }

    /// Does work on a thread, and returns when it is done; on the caller's thread if the system has none.
    package func run(_ work: @escaping @Sendable () -> Void) async {
        await withCheckedContinuation { continuation in
            let whole: @Sendable () -> Void = {
                work()
                continuation.resume()
            }
            if !start(whole) { whole() }
        }
    }

    /// Waits until all have ended and released their resources, except for the calling thread and those that take
    /// longer.
    func joinAll(within time: Duration) {
        let end = MonotonicInstant.now().advanced(by: time)
        while true {
            let seen = ends.value
            let (isLast, done) = roster.withLock { roster in
                roster.forgetParent()
                return (roster.working.values.allSatisfy(\.isCurrent), roster.takeDone())
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

    private static func join(_ threads: [SystemThread]) {
        for thread in threads { thread.join() }
    }
}

/// The handler for the end of a process by `exit`, with or without stopped pipelines: the metrics are sent, then the
/// threads end.
///
/// It has to run before OpenSSL's own handler, which frees objects that a thread still uses, and that the end of a
/// thread also frees, so the process would crash.
enum ExitHandler {
    /// The process that has the threads. A forked child process has none of them, and must not send its copy of their
    /// data.
    private static let owner = getpid()
    private static let hasRun = Atomic(false)

    /// Registers it, once, to be called before all handlers registered so far.
    static func register() {
        _ = owner
        atexit { ExitHandler.run() }
    }

    private static func run() {
        guard getpid() == owner, !hasRun.exchange(true, ordering: .relaxed) else { return }
        SenderRegistry.shared.closeAll(within: .seconds(3))
        // Data of pending requests are in the spool, too.
        CurlTransfer.abortAll()
        ProgramOutput.endAll()
        OwnThreads.shared.joinAll(within: .seconds(2))
    }
}
