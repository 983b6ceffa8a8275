import Glibc
import Synchronization

/// What is called when a failure was counted for a destination.
///
/// Called on threads of their own, each under a lock that only its own removal takes: one that does not return holds up
/// neither the sending, nor what is told to another, nor the removal of another.
final class StatusObservers: Sendable {
    private let observers = Mutex<[UInt64: StatusObserver]>([:])
    /// What was told last, to whichever observers there were.
    private let last = Mutex(CloudWatchStatus())

    /// Sets what is called for a publisher; when this returns, what was set before is not called any more, nor still being
    /// called, unless it is from there that this is called.
    func set(_ publisher: UInt64, _ handler: (@Sendable (CloudWatchStatus) -> Void)?) {
        let observer = handler.map { StatusObserver($0) }
        let former = observers.withLock { observers in
            defer { observers[publisher] = observer }
            return observers[publisher]
        }
        // A new one is told what the others know.
        if observer != nil { last.withLock { $0 = CloudWatchStatus() } }
        former?.end()
    }

    /// Calls the observer of one publisher on this thread, if there is something that it was not told; where it is being
    /// called, waits for that.
    func tell(_ publisher: UInt64, _ status: () -> CloudWatchStatus) {
        observers.withLock { $0[publisher] }?.tell(status)
    }

    /// Calls all observers on another thread, if there is something that they were not told.
    func tellAll(_ status: @escaping @Sendable () -> CloudWatchStatus) {
        let isNews = last.withLock { last in
            let present = status()
            defer { last = present }
            return present.tellsMoreFailures(than: last)
        }
        guard isNews else { return }
        let work: @Sendable () -> Void = {
            for observer in self.observers.withLock({ $0.sorted { $0.key < $1.key }.map(\.value) }) {
                observer.tellIfFree(status)
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
    /// How often there was news that no thread has taken yet; one thread at a time takes them.
    private let news = Atomic<Int>(0)

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

    /// Tells it on this thread, or leaves it to the thread that is in the handler now.
    func tellIfFree(_ status: () -> CloudWatchStatus) {
        guard news.add(1, ordering: .sequentiallyConsistent).oldValue == 0 else { return }
        var taken: Int
        repeat {
            taken = news.load(ordering: .sequentiallyConsistent)
            tell(status)
        } while news.subtract(taken, ordering: .sequentiallyConsistent).newValue > 0
    }

    /// Calls the handler no more, and waits until it has returned.
    func end() {
        isEnded.store(true, ordering: .relaxed)
        if !isCaller { told.withLock { _ in } }
    }
}
