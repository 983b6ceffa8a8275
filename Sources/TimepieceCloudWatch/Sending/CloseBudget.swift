import Glibc
import Synchronization
import Timepiece

/// How long a thread may still wait for the destinations that it closes one after the other.
///
/// A pipeline stops its elements on one thread. What the first of them has waited is taken off what the next may, so that
/// the state change takes no longer than the longest of their deadlines, however many destinations there are. What a
/// destination has no time left for, its own thread goes on with.
enum CloseBudget {
    /// The least time of all: enough for a disk that works, where a deadline leaves the network none.
    static let least: Duration = .milliseconds(250)
    /// How long after a close another one belongs to the same stop.
    private static let gap: Duration = .milliseconds(250)

    private struct Burst {
        var spent: Duration
        var ended: MonotonicInstant
    }

    private static let bursts = Mutex<[UInt: Burst]>([:])

    /// Runs a body with what is left of a time.
    static func spend(of time: Duration, _ body: (Duration) -> Void) {
        let thread = UInt(pthread_self())
        let start = MonotonicInstant.now()
        let spent = bursts.withLock { bursts in
            bursts = bursts.filter { $0.value.ended.duration(to: start) < gap }
            return bursts[thread]?.spent ?? .zero
        }
        body(max(.zero, time - spent))
        let end = MonotonicInstant.now()
        bursts.withLock { $0[thread] = Burst(spent: spent + start.duration(to: end), ended: end) }
    }
}
