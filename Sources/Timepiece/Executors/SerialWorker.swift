import Synchronization

/// An executor with one thread of its own, which runs closures one after the other in the order of arrival.
///
/// Adding a closure takes two locks for a moment; it never waits for the work. The queue has no limit: adding more than
/// the thread can run fills the memory.
///
/// The thread ends with `shutdown()` or with the worker itself. It blocks all signals, which are the host's.
public final class SerialWorker: CallbackExecutor {
    private struct Ending {
        var thread: SystemThread?
    }

    private let queue = WorkQueue()
    private let ending: Mutex<Ending>

    /// Starts the thread.
    ///
    /// - Throws: ``TimepieceError/thread(_:)`` if the system has no thread or no memory for one.
    public init() throws(TimepieceError) {
        ending = Mutex(Ending(thread: try SystemThread(queue.run)))
    }

    deinit {
        shutdown()
        // The last reference was released inside a closure on the worker's own thread, which cannot be joined any more.
        ending.withLock { $0.thread }?.detach()
    }

    /// Puts a closure at the end of the queue; returns false after `shutdown()`.
    @discardableResult
    public func execute(_ work: @escaping @Sendable () -> Void) -> Bool {
        queue.push(work)
    }

    /// Accepts no more closures, waits until those in the queue were run, and ends the thread.
    ///
    /// From the worker's own thread it cannot wait for itself: it returns immediately, and queued closures still run
    /// after the present one. Calling it again, also from several threads, is harmless; each call waits for the end.
    public func shutdown() {
        queue.close()
        guard !queue.isCurrentThread else { return }
        let thread = ending.withLock { ending in
            defer { ending.thread = nil }
            return ending.thread
        }
        if let thread {
            thread.join()
            queue.announceEnd()
        }
        queue.waitForEnd()
    }
}

/// The closures that wait for a ``SerialWorker``'s thread.
///
/// The thread holds this object and not the worker, so that the worker's end can end the thread.
final class WorkQueue: Sendable {
    private struct State {
        var waiting: [@Sendable () -> Void] = []
        var isClosed = false
        /// Whether the thread was joined.
        var hasEnded = false
        var thread: SystemThread?
    }

    private let state = Mutex(State())
    /// Counts the changes of the state.
    private let changes = EventCount()

    var isCurrentThread: Bool {
        state.withLock { $0.thread }?.isCurrent ?? false
    }

    func push(_ work: @escaping @Sendable () -> Void) -> Bool {
        let isTaken = state.withLock { state in
            if !state.isClosed { state.waiting.append(work) }
            return !state.isClosed
        }
        if isTaken { changes.advance() }
        return isTaken
    }

    func close() {
        state.withLock { $0.isClosed = true }
        changes.advance()
    }

    func announceEnd() {
        state.withLock { $0.hasEnded = true }
        changes.advance()
    }

    /// Waits until the thread was joined, by any call.
    func waitForEnd() {
        while true {
            let seen = changes.value
            if state.withLock({ $0.hasEnded }) { return }
            changes.wait(after: seen)
        }
    }

    /// Runs the closures as they arrive, on the worker's thread.
    func run() {
        let current = SystemThread.current
        state.withLock { $0.thread = current }
        while true {
            let seen = changes.value
            let (batch, isClosed) = state.withLock { state in
                let batch = state.waiting
                state.waiting = []
                return (batch, state.isClosed)
            }
            for work in batch { work() }
            if isClosed { return }
            if batch.isEmpty { changes.wait(after: seen) }
        }
    }
}
