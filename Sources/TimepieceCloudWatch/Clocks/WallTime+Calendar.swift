import Glibc
package import Timepiece

extension WallTime {
    /// Makes a time of its parts in UTC; nil for a date that does not exist, such as February 30.
    ///
    /// Second 60, a leap second, is the second after 59.
    init?(year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int, nanosecond: Int) {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard (1678...2261).contains(year), (1...12).contains(month), (1...lengths[month - 1]).contains(day),
            (0..<24).contains(hour), (0..<60).contains(minute), (0...60).contains(second)
        else { return nil }
        var parts = unsafe tm()
        unsafe parts.tm_year = Int32(year - 1900)
        unsafe parts.tm_mon = Int32(month - 1)
        unsafe parts.tm_mday = Int32(day)
        unsafe parts.tm_hour = Int32(hour)
        unsafe parts.tm_min = Int32(minute)
        unsafe parts.tm_sec = Int32(second)
        self.init(nanoseconds: unsafe Int64(timegm(&parts)) * 1_000_000_000 + Int64(nanosecond))
    }

    /// The time as Signature Version 4 writes it, `20150830T123600Z`.
    package var basicFormat: String {
        let (date, _) = unsafe utc
        return unsafe [
            (date.tm_year + 1900, 4, ""), (date.tm_mon + 1, 2, ""), (date.tm_mday, 2, "T"), (date.tm_hour, 2, ""),
            (date.tm_min, 2, ""), (date.tm_sec, 2, "Z"),
        ].map { Self.padded($0.0, to: $0.1) + $0.2 }.joined()
    }

    /// Reads exactly the given number of decimal digits.
    static func digits(_ text: some StringProtocol, _ width: Int) -> Int? {
        guard text.utf8.count == width, text.utf8.allSatisfy({ $0 >= 48 && $0 <= 57 }) else { return nil }
        return Int(text)
    }
}
