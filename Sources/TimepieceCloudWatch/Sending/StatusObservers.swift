import Glibc
import Synchronization

/// What is called when a failure was counted for a destination.
///
/// Called on a thread of its own, one observer after the other and each under a lock that only its own removal takes: one
/// that does not return holds up neither the sending nor the removal of another.
final class StatusObservers: Sendable {
    private struct Telling {
        var isRunning = false
        /// Whether there is more to tell than when the thread last looked.
        var isDue = false
        var last = CloudWatchStatus()

        /// Returns whether there is something to tell, and notes that it is being told.
        mutating func goOn() -> Bool {
            defer { isDue = false }
            isRunning = isDue
            return isDue
        }
    }

    private let observers = Mutex<[UInt64: StatusObserver]>([:])
    private let telling = Mutex(Telling())

    /// Sets what is called for a publisher; when this returns, what was set before is not called any more, nor still being
    /// called, unless it is from there that this is called.
    func set(_ publisher: UInt64, _ handler: (@Sendable (CloudWatchStatus) -> Void)?) {
        let observer = handler.map { StatusObserver($0) }
        let former = observers.withLock { observers in
            defer { observers[publisher] = observer }
            return observers[publisher]
        }
        if observer != nil { telling.withLock { $0.last = CloudWatchStatus() } }
        former?.end()
    }

    /// Calls the observer of one publisher on this thread, if there is something that it was not told.
    func tell(_ publisher: UInt64, _ status: @Sendable () -> CloudWatchStatus) {
        observers.withLock { $0[publisher] }?.tell(status)
    }

    /// Calls all observers on another thread, if there is something that they were not told.
    func tellAll(_ status: @escaping @Sendable () -> CloudWatchStatus) {
        let present = status()
        let mustStart = telling.withLock { telling in
            guard present.tellsMoreFailures(than: telling.last) else { return false }
            telling.last = present
            telling.isDue = true
            defer { telling.isRunning = true }
            return !telling.isRunning
        }
        guard mustStart else { return }
        let work: @Sendable () -> Void = {
            while self.telling.withLock({ $0.goOn() }) {
                for publisher in self.observers.withLock({ $0.keys.sorted() }) { self.tell(publisher, status) }
            }
        }
        if !OwnThreads.shared.start(work) { work() }
    }
}

/// One observer, and what it was told last.
private final class StatusObserver: Sendable {
    private let handler: @Sendable (CloudWatchStatus) -> Void
    /// What it was told last; locked while the handler is called.
    private let told = Mutex(CloudWatchStatus())
    /// The thread that calls the handler, while it does.
    private let caller = Atomic<UInt>(0)
    private let isEnded = Atomic(false)

    init(_ handler: @escaping @Sendable (CloudWatchStatus) -> Void) {
        self.handler = handler
    }

    /// True in a call of the handler, from where nothing can wait for its end.
    private var isCaller: Bool { caller.load(ordering: .relaxed) == UInt(pthread_self()) }

    func tell(_ status: () -> CloudWatchStatus) {
        guard !isCaller else { return }
        told.withLock { told in
            let present = status()
            guard !isEnded.load(ordering: .relaxed), present.tellsMoreFailures(than: told) else { return }
            told = present
            caller.store(UInt(pthread_self()), ordering: .relaxed)
            defer { caller.store(0, ordering: .relaxed) }
            handler(present)
        }
    }

    /// Calls the handler no more, and waits until it has returned.
    func end() {
        isEnded.store(true, ordering: .relaxed)
        if !isCaller { told.withLock { _ in } }
    }
}
