import Synchronization
import TestEnvironment
import Timepiece

/// State that GStreamer's threads change while a test waits for it.
///
/// It does not use GLib's own locks, which ThreadSanitizer cannot see.
final class Watched<State: Sendable>: Sendable {
    private let state: Mutex<State>
    private let changes = EventCount()

    init(_ state: State) {
        self.state = Mutex(state)
    }

    /// Reads or changes the state, and wakes all threads that wait.
    func update<Result: Sendable>(_ body: (inout State) -> Result) -> Result {
        defer { changes.advance() }
        return state.withLock { body(&$0) }
    }

    /// Waits until the state is as wanted, and says whether that came in time.
    func wait(atMost limit: Duration = patience, until wanted: (State) -> Bool) -> Bool {
        let end = MonotonicInstant.now().advanced(by: limit)
        while true {
            let seen = changes.value
            if state.withLock({ wanted($0) }) { return true }
            if MonotonicInstant.now() >= end { return false }
            changes.wait(after: seen, until: end)
        }
    }
}
