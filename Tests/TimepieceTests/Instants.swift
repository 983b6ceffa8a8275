import Timepiece

extension MonotonicInstant {
    /// The instant a number of milliseconds after the clock's start.
    static func milliseconds(_ milliseconds: UInt64) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: milliseconds * 1_000_000)
    }
}
