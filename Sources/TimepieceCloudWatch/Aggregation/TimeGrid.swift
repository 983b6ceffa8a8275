package import Timepiece

/// The grid of the wall clock that time stamps lie on: whole minutes, or whatever the interval is.
package enum TimeGrid {
    /// Returns the number of the interval that a time falls into, counted from 1970.
    package static func cell(of time: WallTime, interval: Int64) -> Int64 {
        let width = max(1, interval)
        let seconds = floored(time.nanoseconds, by: 1_000_000_000)
        return floored(seconds, by: width)
    }

    /// Returns the start of the interval that a time falls into, in seconds since 1970.
    package static func stamp(of time: WallTime, interval: Int64) -> Int64 {
        cell(of: time, interval: interval) * max(1, interval)
    }

    private static func floored(_ value: Int64, by divisor: Int64) -> Int64 {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
