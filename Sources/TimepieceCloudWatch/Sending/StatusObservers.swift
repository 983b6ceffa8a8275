import Synchronization
import Timepiece

/// The observers that are called when a failure was counted for a destination.
///
/// Called on threads of their own, with no lock held: an observer that does not return delays neither the sending, nor
/// the calls or the removal of others; it delays its own removal for two seconds.
final class StatusObservers: Sendable {
    private let observers = Mutex<[UInt64: StatusObserver]>([:])
    /// What was reported last, to any observer.
    private let last = Mutex(CloudWatchStatus())

    /// Sets the observer of a publisher; when this returns, the previous one is no longer called, nor still in a call,
    /// unless this is called from it, or it does not return for two seconds.
    func set(_ publisher: UInt64, _ handler: (@Sendable (CloudWatchStatus) -> Void)?) {
        let observer = handler.map { StatusObserver($0) }
        let former = observers.withLock { observers in
            defer { observers[publisher] = observer }
            return observers[publisher]
        }
        // A new one is called with the status of the others.
        if observer != nil { last.withLock { $0 = CloudWatchStatus() } }
        former?.end()
    }

    /// Calls the observer of one publisher on this thread, if there is news for it; if it is in a call, waits for that
    /// for two seconds at most.
    func tell(_ publisher: UInt64, _ status: () -> CloudWatchStatus) {
        observers.withLock { $0[publisher] }?.tell(status)
    }

    /// Calls all observers on another thread, if there is news for them.
    func tellAll(_ status: @escaping @Sendable () -> CloudWatchStatus) {
        let isNews = last.withLock { last in
            let present = status()
            defer { last = present }
            return present.tellsMoreFailures(than: last)
        }
        guard isNews else { return }
        Self.tell(observers.withLock { $0.sorted { $0.key < $1.key }.map(\.value) }[...], status)
    }

    /// Calls observers, each on a thread of its own, which begins the next one's before it calls its own.
    private static func tell(
        _ observers: ArraySlice<StatusObserver>, _ status: @escaping @Sendable () -> CloudWatchStatus
    ) {
        guard let first = observers.first else { return }
        let work: @Sendable () -> Void = {
            tell(observers.dropFirst(), status)
            first.tellIfFree(status)
        }
        if !OwnThreads.shared.start(work) { work() }
    }
}

/// One observer, and the status of its last call.
private final class StatusObserver: Sendable {
    /// How long to wait for a handler in another thread, which may need a lock that the waiting thread holds.
    private static let patience: Duration = .seconds(2)

    private struct State {
        var told = CloudWatchStatus()
        /// The thread that is in the handler, or about to be.
        var caller: SystemThread?
        var isEnded = false
        /// A wait for the handler timed out, and there will be no other.
        var isGivenUp = false
    }

    private let handler: @Sendable (CloudWatchStatus) -> Void
    private let state = Mutex(State())
    /// Counts the changes that threads wait for.
    private let changes = EventCount()
    /// How often there was news that no thread has taken yet; one thread at a time takes them.
    private let news = Atomic<Int>(0)

    init(_ handler: @escaping @Sendable (CloudWatchStatus) -> Void) {
        self.handler = handler
    }

    /// Calls the handler on this thread if there is news for it, after another thread has come back from it.
    func tell(_ status: () -> CloudWatchStatus, within patience: Duration = StatusObserver.patience) {
        guard awaitHandler(within: patience, taking: true) else { return }
        let present = status()
        let isNews = state.withLock { state in
            guard !state.isEnded, present.tellsMoreFailures(than: state.told) else { return false }
            state.told = present
            return true
        }
        if isNews { handler(present) }
        state.withLock { $0.caller = nil }
        changes.advance()
    }

    /// Calls it on this thread, or leaves the call to the thread that is in the handler now.
    func tellIfFree(_ status: () -> CloudWatchStatus) {
        guard news.add(1, ordering: .sequentiallyConsistent).oldValue == 0 else { return }
        var taken: Int
        repeat {
            taken = news.load(ordering: .sequentiallyConsistent)
            tell(status, within: .seconds(1_000_000_000))
        } while news.subtract(taken, ordering: .sequentiallyConsistent).newValue > 0
    }

    /// Ends the calls of the handler, and waits until it has returned, for a limited time.
    func end() {
        state.withLock { $0.isEnded = true }
        changes.advance()
        _ = awaitHandler(within: Self.patience, taking: false)
    }

    /// Waits until no thread is in the handler, and reserves it for this thread; false if that is not possible: in the
    /// handler itself, after the end, or when the time is over.
    private func awaitHandler(within patience: Duration, taking takes: Bool) -> Bool {
        let last = MonotonicInstant.now().advanced(by: patience)
        while true {
            let seen = changes.value
            let isTaken: Bool? = state.withLock { state in
                if takes && state.isEnded { return false }
                guard let caller = state.caller else {
                    if takes { state.caller = .current }
                    return true
                }
                return caller.isCurrent || state.isGivenUp ? false : nil
            }
            if let isTaken { return isTaken }
            guard MonotonicInstant.now() < last else {
                state.withLock { $0.isGivenUp = true }
                return false
            }
            changes.wait(after: seen, until: last)
        }
    }
}
