#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Android)
    import Android
#endif

/// A point of CLOCK_REALTIME, the clock on the wall, for time stamps and for schedules at a time of day.
///
/// It steps when somebody sets it, so no interval is ever computed from it.
public struct WallTime: InstantProtocol, Sendable, Codable {
    /// Nanoseconds since 1970-01-01T00:00:00Z; negative before.
    public let nanoseconds: Int64

    /// Makes the time that lies the given number of nanoseconds after 1970-01-01T00:00:00Z.
    @inlinable
    public init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// Reads the clock.
    public static func now() -> WallTime {
        WallTime(nanoseconds: Int64(truncatingIfNeeded: readNanoseconds(of: CLOCK_REALTIME)))
    }

    /// Returns the time moved by a duration, held within what nanoseconds in an `Int64` reach (years 1677 to 2262).
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

    /// Tells which of two times is the earlier.
    @inlinable
    public static func < (left: WallTime, right: WallTime) -> Bool {
        left.nanoseconds < right.nanoseconds
    }
}

extension WallTime: CustomStringConvertible {
    /// The time in UTC as the ancestor printed it: `2022-02-18 13:08:34.074238+00:00`.
    public var description: String {
        var (seconds, fraction) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        if fraction < 0 {
            seconds -= 1
            fraction += 1_000_000_000
        }
        var days = seconds / 86_400
        var second = seconds % 86_400
        if second < 0 {
            days -= 1
            second += 86_400
        }
        let date = CivilDate(daysSince1970: days)
        func digits(_ value: Int64, _ width: Int) -> String {
            let text = String(value)
            return String(repeating: "0", count: max(0, width - text.count)) + text
        }
        return digits(date.year, 4) + "-" + digits(date.month, 2) + "-" + digits(date.day, 2) + " "
            + digits(second / 3600, 2) + ":" + digits(second / 60 % 60, 2) + ":" + digits(second % 60, 2) + "."
            + digits(fraction / 1000, 6) + "+00:00"
    }
}

/// A day of the proleptic Gregorian calendar.
package struct CivilDate {
    package let year: Int64
    package let month: Int64
    package let day: Int64

    /// Converts a count of days, after Hinnant, "chrono-Compatible Low-Level Date Algorithms", `civil_from_days`.
    ///
    /// Eras of 400 years have 146,097 days each, and a year that starts in March has its leap day at its end.
    package init(daysSince1970 days: Int64) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }
}
