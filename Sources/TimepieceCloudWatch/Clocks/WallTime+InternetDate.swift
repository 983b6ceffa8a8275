package import Timepiece

extension WallTime {
    /// Reads a time of RFC 3339, as `2026-11-22T12:00:00Z`, with or without a fraction; nil if it is written otherwise.
    ///
    /// The offset may also be `+02:00`, or `+0200` as ISO 8601 has it. Fractions finer than a nanosecond are truncated.
    package init?(internetDate text: String) {
        let letters = Array(text.utf8)
        guard letters.count >= 20, letters[10] == UInt8(ascii: "T") || letters[10] == UInt8(ascii: "t"),
            letters[4] == UInt8(ascii: "-"), letters[7] == UInt8(ascii: "-"), letters[13] == UInt8(ascii: ":"),
            letters[16] == UInt8(ascii: ":")
        else { return nil }
        func number(_ range: Range<Int>) -> Int? {
            Self.digits(String(decoding: letters[range], as: UTF8.self), range.count)
        }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
            let hour = number(11..<13), let minute = number(14..<16), let second = number(17..<19)
        else { return nil }
        var rest = letters[19...]
        var nanosecond = 0
        if rest.first == UInt8(ascii: ".") {
            let fraction = rest.dropFirst().prefix { $0 >= 48 && $0 <= 57 }
            guard !fraction.isEmpty else { return nil }
            for place in 0..<9 {
                let digit = place < fraction.count ? Int(fraction[fraction.startIndex + place]) - 48 : 0
                nanosecond = nanosecond * 10 + digit
            }
            rest = rest.dropFirst(1 + fraction.count)
        }
        guard let offset = Self.offset(String(decoding: rest, as: UTF8.self)),
            let local = WallTime(
                year: year, month: month, day: day, hour: hour, minute: minute, second: second, nanosecond: nanosecond)
        else { return nil }
        self = local.advanced(by: .seconds(-offset))
    }

    /// Reads `Z`, `+hh:mm` or `+hhmm` as seconds east of Greenwich.
    private static func offset(_ text: String) -> Int? {
        if text == "Z" || text == "z" { return 0 }
        guard let sign = text.first, sign == "+" || sign == "-" else { return nil }
        let numbers = text.dropFirst().filter { $0 != ":" }
        guard numbers.count == 4, text.count == 5 || text.count == 6 && text.dropFirst(3).first == ":",
            let hours = digits(numbers.prefix(2), 2), let minutes = digits(numbers.suffix(2), 2),
            hours < 24, minutes < 60
        else { return nil }
        return (sign == "-" ? -1 : 1) * (hours * 3600 + minutes * 60)
    }
}

extension WallTime {
    /// Reads the date of an HTTP header, as `Sun, 06 Nov 1994 08:49:37 GMT`; nil if it is written otherwise.
    ///
    /// The form is IMF-fixdate of RFC 9110, section 5.6.7, the only one that servers may send. The day of the week is
    /// not compared.
    package init?(httpDate text: String) {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0].utf8.count == 4, parts[0].hasSuffix(","), parts[5] == "GMT" else {
            return nil
        }
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let clock = parts[4].split(separator: ":", omittingEmptySubsequences: false)
        guard let month = months.firstIndex(of: String(parts[2])), clock.count == 3,
            let day = Self.digits(parts[1], 2), let year = Self.digits(parts[3], 4),
            let hour = Self.digits(clock[0], 2), let minute = Self.digits(clock[1], 2),
            let second = Self.digits(clock[2], 2)
        else { return nil }
        self.init(year: year, month: month + 1, day: day, hour: hour, minute: minute, second: second, nanosecond: 0)
    }
}
