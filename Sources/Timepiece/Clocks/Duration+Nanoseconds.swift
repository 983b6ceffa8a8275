extension Duration {
    /// The whole nanoseconds of this duration, limited to what an `Int64` holds (292 years either way).
    ///
    /// Finer parts are cut off towards zero. Never traps.
    @inlinable
    public var nanoseconds: Int64 {
        let attoseconds = attoseconds
        // 10⁹ is 2⁹ · 5⁹, and up to two and a half hours the quotient by 2⁹ is a number of 64 bits, which a processor
        // divides by itself; one of 128 bits is divided by a function of a hundred instructions.
        let shifted = attoseconds &>> 9
        if shifted >= 0, shifted <= UInt64.max {
            return Int64(truncatingIfNeeded: UInt64(truncatingIfNeeded: shifted) / 1_953_125)
        }
        return Int64(clamping: attoseconds / 1_000_000_000)
    }

    /// The duration in seconds, for printing and for services that count in seconds.
    @inlinable
    public var inSeconds: Double { self / .seconds(1) }

    /// Makes a duration of a count of nanoseconds that is held unsigned, limited to what an `Int64` holds.
    package init(clampingNanoseconds value: UInt64) {
        self = .nanoseconds(Int64(clamping: value))
    }
}
