extension Duration {
    /// Writes the duration in seconds with a fixed number of decimals, rounded half away from zero.
    ///
    /// The digits come from whole nanoseconds, so they are exact; no locale has a say.
    ///
    /// - Parameter decimals: from 0 to 9; what lies outside is taken as the nearer end.
    /// - Returns: for example `0.0899`.
    public func secondsText(decimals: Int = 4) -> String {
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
