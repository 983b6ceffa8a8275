import Glibc
import Synchronization
import Timepiece

/// How long a thread may still wait for the destinations that it closes in sequence.
///
/// A pipeline stops its elements on one thread. The time that the first has waited is subtracted from that of the next,
/// so that the state change takes no longer than the longest of their deadlines, regardless of the number of
/// destinations. If no time is left for a destination, its own thread continues.
enum CloseBudget {
    /// The minimum time: enough for a working disk, if a deadline leaves no time for the network.
    static let least: Duration = .milliseconds(250)
    /// How long after a close another close belongs to the same stop.
    private static let gap: Duration = .milliseconds(250)

    private struct Burst {
        var spent: Duration
        var ended: MonotonicInstant
    }

    private static let bursts = Mutex<[UInt: Burst]>([:])

    /// Runs a body with the rest of a time.
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
