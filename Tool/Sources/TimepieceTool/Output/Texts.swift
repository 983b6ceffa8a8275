/// Numbers formatted for people.
enum Texts {
    /// A number with a fixed count of decimals.
    static func fixed(_ number: Double, _ decimals: Int) -> String {
        guard number.isFinite, abs(number) < 1e15 else { return "-" }
        var scale = 1.0
        for _ in 0..<decimals { scale *= 10 }
        let scaled = (abs(number) * scale).rounded()
        // Beyond the exact range of doubles and 64 bits there are no decimals to show.
        guard scaled < 9e15 else { return fixed(number, 0) }
        let whole = UInt64(scaled / scale)
        let sign = number < 0 && scaled > 0 ? "-" : ""
        guard decimals > 0 else { return "\(sign)\(UInt64(scaled))" }
        let part = String(UInt64(scaled) - whole * UInt64(scale))
        return "\(sign)\(whole)." + String(repeating: "0", count: decimals - part.count) + part
    }

    /// Three digits and a unit: `33.4 ms`.
    static func duration(_ duration: Duration) -> String {
        let nanoseconds = duration / .nanoseconds(1)
        return switch nanoseconds {
        case ..<0.5: "0"
        // 999.6 µs are 1.00 ms, not 1000 µs.
        case ..<999.5: fixed(nanoseconds, 0) + " ns"
        case ..<999.5e3: digits(nanoseconds / 1e3) + " µs"
        case ..<999.5e6: digits(nanoseconds / 1e6) + " ms"
        case ..<99.95e9: digits(nanoseconds / 1e9) + " s"
        default: clock(duration)
        }
    }

    /// `8.21 Mbit/s`.
    static func bitrate(_ bits: Double) -> String {
        switch bits {
        case ..<999.5: fixed(bits, 0) + " bit/s"
        case ..<999.5e3: digits(bits / 1e3) + " kbit/s"
        case ..<999.5e6: digits(bits / 1e6) + " Mbit/s"
        default: digits(bits / 1e9) + " Gbit/s"
        }
    }

    /// Milliseconds without the unit, which is in the heading of the column: three digits, or whole ones.
    static func milliseconds(_ duration: Duration) -> String {
        let number = duration.milliseconds
        return number < 0.0005 ? "0" : number < 0.0995 ? fixed(number, 3) : digits(number)
    }

    /// Megabits without the unit.
    static func megabits(_ bits: Double) -> String {
        bits < 500 ? "0" : bits < 99_500 ? fixed(bits / 1e6, 3) : digits(bits / 1e6)
    }

    static func rate(_ rate: Double) -> String {
        rate < 1000 ? fixed(rate, 2) : fixed(rate, 0)
    }

    static func percent(_ share: Double) -> String {
        fixed(share * 100, 1) + " %"
    }

    /// `1:02:03` or `2:03`.
    static func clock(_ duration: Duration) -> String {
        let seconds = max(0, duration.components.seconds)
        let rest = padded(seconds % 60)
        return seconds < 3600
            ? "\(seconds / 60):\(rest)" : "\(seconds / 3600):\(padded(seconds / 60 % 60)):\(rest)"
    }

    private static func padded(_ number: Int64) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }

    private static func digits(_ number: Double) -> String {
        fixed(number, number < 9.995 ? 2 : number < 99.95 ? 1 : 0)
    }
}
