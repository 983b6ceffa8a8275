import Glibc
package import Timepiece

/// A point of CLOCK_BOOTTIME: the monotonic clock plus the time the machine was suspended.
///
/// What is gathered is dated on it, for it neither steps when somebody sets the wall clock nor stands still in between,
/// so that one offset to the wall clock, learned later, dates everything since the machine was booted.
package struct BootInstant: Sendable, Comparable, Hashable {
    /// Nanoseconds since the machine was booted.
    package let nanoseconds: Int64

    package init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// Reads the clock.
    package static func now() -> BootInstant {
        BootInstant(nanoseconds: read(CLOCK_BOOTTIME))
    }

    /// Converts an instant of the monotonic clock from the last moments, since the last suspension.
    package init(_ instant: MonotonicInstant) {
        let monotonic = Self.read(CLOCK_MONOTONIC)
        let boot = Self.read(CLOCK_BOOTTIME)
        let own = Int64(clamping: instant.nanoseconds)
        let (sum, overflow) = own.addingReportingOverflow(boot &- monotonic)
        nanoseconds = overflow ? boot : sum
    }

    /// Returns the instant moved by a duration, held within what the type can say.
    package func advanced(by duration: Duration) -> BootInstant {
        let (sum, overflow) = nanoseconds.addingReportingOverflow(duration.nanoseconds)
        return BootInstant(nanoseconds: overflow ? (duration < .zero ? .min : .max) : sum)
    }

    /// Returns how much later the other instant is; negative if it is earlier.
    package func duration(to other: BootInstant) -> Duration {
        .nanoseconds(other.nanoseconds) - .nanoseconds(nanoseconds)
    }

    package static func < (left: BootInstant, right: BootInstant) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        unsafe clock_gettime(clock, &time)
        return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }
}
