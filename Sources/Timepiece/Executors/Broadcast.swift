import Synchronization

/// Passes each element to every stream that was made of it.
package final class Broadcast<Element: Sendable>: Sendable {
    private struct State {
        var streams: [UInt64: AsyncStream<Element>.Continuation] = [:]
        var next: UInt64 = 0
        var isFinished = false
    }

    private let state = Mutex(State())
    /// Whether there are streams, without the lock.
    private let isHeard = Atomic<Bool>(false)

    package init() {}

    /// Makes a stream of the elements from now on.
    ///
    /// - Parameter limit: how many unread elements are kept, the newest ones.
    package func stream(keeping limit: Int) -> AsyncStream<Element> {
        let (stream, continuation) = AsyncStream<Element>.makeStream(bufferingPolicy: .bufferingNewest(limit))
        let number: UInt64? = state.withLock { state in
            guard !state.isFinished else { return nil }
            state.next &+= 1
            state.streams[state.next] = continuation
            isHeard.store(true, ordering: .relaxed)
            return state.next
        }
        guard let number else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in self?.remove(number) }
        return stream
    }

    /// Passes an element to the streams. No lock is held while a task is woken.
    package func send(_ element: @autoclosure () -> Element) {
        guard isHeard.load(ordering: .relaxed) else { return }
        let continuations = state.withLock { Array($0.streams.values) }
        let element = element()
        for continuation in continuations { continuation.yield(element) }
    }

    /// Ends all streams, and later ones as soon as they are made.
    package func finish() {
        let continuations = state.withLock { state in
            defer { state.streams = [:] }
            state.isFinished = true
            return Array(state.streams.values)
        }
        for continuation in continuations { continuation.finish() }
    }

    private func remove(_ number: UInt64) {
        let continuation = state.withLock { state in
            let continuation = state.streams.removeValue(forKey: number)
            isHeard.store(!state.streams.isEmpty, ordering: .relaxed)
            return continuation
        }
        // Released with no lock held.
        _ = consume continuation
    }
}
