extension Duration {
    /// The whole nanoseconds of this duration, limited to what an `Int64` holds (292 years either way).
    ///
    /// Finer parts are cut off towards zero. Never traps.
    @inlinable
    public var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        guard !overflow else { return seconds < 0 ? .min : .max }
        let (sum, overflowed) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000)
        guard !overflowed else { return seconds < 0 ? .min : .max }
        return sum
    }

    /// The duration in seconds, for printing and for services that count in seconds.
    @inlinable
    public var inSeconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) / 1e18
    }

    /// Makes a duration of a count of nanoseconds that is held unsigned, limited to what an `Int64` holds.
    package init(clampingNanoseconds value: UInt64) {
        self = .nanoseconds(Int64(clamping: value))
    }
}
