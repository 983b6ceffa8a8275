import Synchronization
import Timepiece

/// A clock that a test moves: sleepers wake when it was moved far enough.
final class ManualClock: Clock {
    typealias Instant = MonotonicInstant

    private struct State {
        var now = MonotonicInstant.milliseconds(1_000)
        var sleepers: [(deadline: MonotonicInstant, continuation: AsyncStream<Void>.Continuation)] = []
    }

    private let state = Mutex(State())

    var now: MonotonicInstant { state.withLock { $0.now } }
    var minimumResolution: Duration { .nanoseconds(1) }
    /// How many tasks sleep.
    var sleepers: Int { state.withLock { $0.sleepers.count } }

    func advance(by duration: Duration) {
        let due = state.withLock { state in
            let now = state.now.advanced(by: duration)
            state.now = now
            let due = state.sleepers.filter { $0.deadline <= now }
            state.sleepers.removeAll { $0.deadline <= now }
            return due
        }
        for (_, continuation) in due { continuation.finish() }
    }

    func sleep(until deadline: MonotonicInstant, tolerance: Duration?) async throws {
        let (stream, continuation) = AsyncStream<Void>.makeStream()
        let isOver = state.withLock { state in
            if state.now < deadline { state.sleepers.append((deadline, continuation)) }
            return state.now >= deadline
        }
        if isOver { continuation.finish() }
        for await _ in stream {}
        try Task.checkCancellation()
    }
}
