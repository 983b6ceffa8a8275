import Glibc
import Synchronization

/// What comes before the end of a process by `exit`, stopped pipelines or not: the figures go out, then the threads end.
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
        OwnThreads.shared.joinAll(within: .seconds(2))
    }
}
