package import Timepiece

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
