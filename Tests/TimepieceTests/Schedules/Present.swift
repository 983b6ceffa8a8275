import Synchronization
import Timepiece

/// Clocks that a test sets: the wall is a fixed offset ahead.
final class Present: Sendable {
    private let now = Mutex<UInt64>(0)
    private let offset: Int64 = -400

    func set(_ nanoseconds: UInt64) {
        now.withLock { $0 = nanoseconds }
    }

    func wall(at nanoseconds: UInt64) -> Int64 {
        Int64(nanoseconds) + offset
    }

    @Sendable func read() -> ClockReading {
        let now = now.withLock { $0 }
        return ClockReading(
            monotonic: MonotonicInstant(nanoseconds: now), wall: WallTime(nanoseconds: wall(at: now)))
    }
}
