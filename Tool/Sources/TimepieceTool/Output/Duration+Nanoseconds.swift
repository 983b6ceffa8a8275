extension Duration {
    /// The whole nanoseconds, from 0 to the largest that does not mean "unknown".
    var nanoseconds: UInt64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let (whole, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, more) = whole.addingReportingOverflow(UInt64(attoseconds) / 1_000_000_000)
        return overflow || more || sum >= UInt64(Int64.max) ? UInt64(Int64.max) : sum
    }

    /// Whether it means "unknown": GStreamer's largest time, which a message's reader clamps.
    var isUnknown: Bool { nanoseconds >= UInt64(Int64.max) }

    var milliseconds: Double { self / .milliseconds(1) }
    var seconds: Double { self / .seconds(1) }
}

extension UInt64 {
    /// The sum, or the largest number.
    static func +| (left: UInt64, right: UInt64) -> UInt64 {
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? .max : sum
    }
}

infix operator +| : AdditionPrecedence

extension JSONValue {
    /// Nanoseconds, or null if unknown.
    static func nanoseconds(_ duration: Duration) -> JSONValue {
        duration.isUnknown ? .null : .unsigned(duration.nanoseconds)
    }

    /// Milliseconds to the nanosecond, or null if unknown.
    static func milliseconds(_ duration: Duration) -> JSONValue {
        duration.isUnknown ? .null : .real((duration.milliseconds * 1e6).rounded() / 1e6)
    }
}
