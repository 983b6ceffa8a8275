#if canImport(Glibc)
    import Glibc
    // Swift attributes glibc's timespec to this module, which includes <semaphore.h> first.
    import SwiftOverlayShims
#elseif canImport(Musl)
    import Musl
#elseif canImport(Android)
    import Android
#elseif canImport(Darwin)
    import Darwin
#endif

/// A point of CLOCK_MONOTONIC, the clock of intervals.
///
/// It is the clock that GStreamer's system clock reads: it never steps, NTP only adjusts its rate, and it stops while
/// the machine is suspended. `ContinuousClock` counts suspension on Linux, and costs twice as much to read.
public struct MonotonicInstant: InstantProtocol, Sendable, Codable {
    /// Nanoseconds since a point that the machine chooses, usually its boot.
    public let nanoseconds: UInt64

    /// Makes the instant that is the given number of nanoseconds after the clock's start.
    @inlinable
    public init(nanoseconds: UInt64) {
        self.nanoseconds = nanoseconds
    }

    /// Reads the clock: about 25 ns, no system call on the usual machines.
    public static func now() -> MonotonicInstant {
        MonotonicInstant(nanoseconds: readNanoseconds(of: monotonicClock))
    }

    /// Returns the instant moved by a duration, limited to the range of the clock.
    public func advanced(by duration: Duration) -> MonotonicInstant {
        let offset = duration.nanoseconds
        let (sum, overflow) =
            offset >= 0
            ? nanoseconds.addingReportingOverflow(offset.magnitude)
            : nanoseconds.subtractingReportingOverflow(offset.magnitude)
        guard !overflow else { return MonotonicInstant(nanoseconds: offset >= 0 ? .max : 0) }
        return MonotonicInstant(nanoseconds: sum)
    }

    /// Returns how much later the other instant is; negative if it is earlier.
    public func duration(to other: MonotonicInstant) -> Duration {
        other.nanoseconds >= nanoseconds
            ? Duration(clampingNanoseconds: other.nanoseconds &- nanoseconds)
            : .zero - Duration(clampingNanoseconds: nanoseconds &- other.nanoseconds)
    }

    /// Whether the first of two instants is the earlier.
    @inlinable
    public static func < (left: MonotonicInstant, right: MonotonicInstant) -> Bool {
        left.nanoseconds < right.nanoseconds
    }
}

/// CLOCK_MONOTONIC, and on Darwin, where that clock counts suspension, the clock that does not.
private var monotonicClock: clockid_t {
    #if canImport(Darwin)
        CLOCK_UPTIME_RAW
    #else
        CLOCK_MONOTONIC
    #endif
}

/// Reads one of the kernel's clocks; the two clocks used here exist on every such system, so the call cannot fail.
func readNanoseconds(of clock: clockid_t) -> UInt64 {
    var time = timespec()
    unsafe clock_gettime(clock, &time)
    return UInt64(truncatingIfNeeded: time.tv_sec) &* 1_000_000_000 &+ UInt64(truncatingIfNeeded: time.tv_nsec)
}
