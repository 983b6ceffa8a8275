extension Duration {
    /// The whole nanoseconds of this duration, limited to the range of an `Int64` (292 years either way).
    ///
    /// Fractions are truncated towards zero. Never traps.
    @inlinable
    @inline(__always)
    package var nanoseconds: Int64 {
        // 10⁹ is 2⁹ · 5⁹, and up to two and a half hours the quotient by 2⁹ is a number of 64 bits, which a processor
        // divides in one instruction; a number of 128 bits is divided by a function of a hundred instructions.
        let shifted = attoseconds &>> 9
        guard shifted >= 0, shifted <= UInt64.max else { return longNanoseconds }
        return Int64(truncatingIfNeeded: UInt64(truncatingIfNeeded: shifted) / 1_953_125)
    }

    @usableFromInline
    @inline(never)
    var longNanoseconds: Int64 { Int64(clamping: attoseconds / 1_000_000_000) }

    /// The whole nanoseconds of this duration, zero if it is negative, limited to the range of an `Int64`.
    @inline(__always)
    var clampedNanoseconds: UInt64 { UInt64(truncatingIfNeeded: max(0, nanoseconds)) }

    /// The duration in seconds, for printing and for services that count in seconds.
    @inlinable
    package var inSeconds: Double { self / .seconds(1) }

    /// Makes a duration of an unsigned count of nanoseconds, limited to the range of an `Int64`.
    package init(clampingNanoseconds value: UInt64) {
        self = .nanoseconds(Int64(clamping: value))
    }
}

extension Duration {
    /// Writes the duration in seconds with a fixed number of decimals, rounded half away from zero.
    ///
    /// The digits come from whole nanoseconds, so they are exact and independent of the locale.
    ///
    /// - Parameter decimals: from 0 to 9; other values are clamped to that range.
    /// - Returns: for example `0.0899`.
    package func secondsText(decimals: Int = 4) -> String {
        let decimals = min(max(decimals, 0), 9)
        var scale: UInt64 = 1
        for _ in 0..<decimals { scale *= 10 }
        let unit = 1_000_000_000 / scale
        let (units, rest) = nanoseconds.magnitude.quotientAndRemainder(dividingBy: unit)
        let rounded = units + (rest * 2 >= unit ? 1 : 0)
        let sign = nanoseconds < 0 && rounded > 0 ? "-" : ""
        let whole = sign + String(rounded / scale)
        guard decimals > 0 else { return whole }
        let fraction = String(rounded % scale)
        return whole + "." + String(repeating: "0", count: decimals - fraction.count) + fraction
    }
}
