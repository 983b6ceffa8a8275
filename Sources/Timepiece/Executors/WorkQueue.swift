import Glibc
import Synchronization

/// The closures that wait for a ``SerialWorker``'s thread.
///
/// The thread holds this object and not the worker, so that the worker's end can end the thread.
final class WorkQueue: Sendable {
    private struct State {
        var waiting: [@Sendable () -> Void] = []
        var isClosed = false
        var thread: pthread_t?
    }

    private let state = Mutex(State())
    /// Counts what the thread has to look at: closures and the closing.
    private let wake = Semaphore()
    /// Open once the thread was joined.
    private let end = Semaphore()

    var isCurrentThread: Bool {
        let current = pthread_self()
        return state.withLock { state in
            state.thread.map { pthread_equal($0, current) != 0 } ?? false
        }
    }

    func push(_ work: @escaping @Sendable () -> Void) -> Bool {
        let isTaken = state.withLock { state in
            if !state.isClosed { state.waiting.append(work) }
            return !state.isClosed
        }
        if isTaken { wake.signal() }
        return isTaken
    }

    func close() {
        state.withLock { $0.isClosed = true }
        wake.signal()
    }

    func announceEnd() {
        end.signal()
    }

    /// Waits, and lets the next one who waits pass too.
    func waitForEnd() {
        end.wait()
        end.signal()
    }

    /// Runs the closures as they come, on the worker's thread.
    func run() {
        let current = pthread_self()
        state.withLock { $0.thread = current }
        while true {
            wake.wait()
            let (batch, isClosed) = state.withLock { state in
                let batch = state.waiting
                state.waiting = []
                return (batch, state.isClosed)
            }
            for work in batch { work() }
            if isClosed { return }
        }
    }
}
