#if canImport(Glibc)
    package import Glibc
#elseif canImport(Musl)
    package import Musl
#elseif canImport(Android)
    package import Android
#elseif canImport(Darwin)
    package import Darwin
#endif

/// A point of CLOCK_REALTIME, the wall clock, for time stamps and for schedules at a time of day.
///
/// The clock steps when it is set, so no interval is ever computed from it.
public struct WallTime: InstantProtocol, Sendable, Codable {
    /// Nanoseconds since 1970-01-01T00:00:00Z; negative before.
    public let nanoseconds: Int64

    /// Makes the time that is the given number of nanoseconds after 1970-01-01T00:00:00Z.
    @inlinable
    public init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// Reads the clock.
    public static func now() -> WallTime {
        WallTime(nanoseconds: Int64(truncatingIfNeeded: readNanoseconds(of: CLOCK_REALTIME)))
    }

    /// Returns the time moved by a duration, limited to the range of nanoseconds in an `Int64` (years 1677 to 2262).
    public func advanced(by duration: Duration) -> WallTime {
        let offset = duration.nanoseconds
        let (sum, overflow) = nanoseconds.addingReportingOverflow(offset)
        guard !overflow else { return WallTime(nanoseconds: offset >= 0 ? .max : .min) }
        return WallTime(nanoseconds: sum)
    }

    /// Returns how much later the other time is; negative if it is earlier.
    public func duration(to other: WallTime) -> Duration {
        .nanoseconds(other.nanoseconds) - .nanoseconds(nanoseconds)
    }

    /// Whether the first of two times is the earlier.
    @inlinable
    public static func < (left: WallTime, right: WallTime) -> Bool {
        left.nanoseconds < right.nanoseconds
    }
}

extension WallTime: CustomStringConvertible {
    /// The time in UTC as the ancestor printed it: `2022-02-18 13:08:34.074238+00:00`.
    public var description: String {
        let (date, nanosecond) = unsafe utc
        return unsafe [
            (date.tm_year + 1900, 4, "-"), (date.tm_mon + 1, 2, "-"), (date.tm_mday, 2, " "), (date.tm_hour, 2, ":"),
            (date.tm_min, 2, ":"), (date.tm_sec, 2, "."), (nanosecond / 1000, 6, "+00:00"),
        ].map { Self.padded($0.0, to: $0.1) + $0.2 }.joined()
    }
}

extension WallTime {
    /// The date and time in UTC, and the nanoseconds since the start of that second.
    package var utc: (date: tm, nanosecond: Int32) {
        var (seconds, fraction) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        if fraction < 0 {
            seconds -= 1
            fraction += 1_000_000_000
        }
        var time = time_t(seconds)
        var date = unsafe tm()
        // It can fail only for years outside of Int32; a wall time is between 1677 and 2262.
        _ = unsafe gmtime_r(&time, &date)
        return unsafe (date, Int32(fraction))
    }

    /// Writes a number with leading zeros, up to a width.
    package static func padded(_ number: Int32, to width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }
}
