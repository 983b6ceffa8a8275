import ArgumentParser

/// A length of time on the command line: `250ms`, `30s`, `1m30s`, `2h`, or a number of seconds.
struct TimeSpan: ExpressibleByArgument {
    let duration: Duration

    init?(argument: String) {
        guard let duration = Self.parse(argument) else { return nil }
        self.duration = duration
    }

    var defaultValueDescription: String { Texts.duration(duration) }

    private static func parse(_ text: String) -> Duration? {
        if let seconds = Double(text), seconds > 0, seconds < 1e9 { return .seconds(seconds) }
        var total = Duration.zero
        var rest = text[...]
        var former = Double.infinity
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            rest = rest.dropFirst(digits.count)
            let unit = rest.prefix { $0.isASCII && $0.isLetter }
            rest = rest.dropFirst(unit.count)
            let seconds: [Substring: Double] = ["h": 3600, "m": 60, "s": 1, "ms": 1e-3, "us": 1e-6, "ns": 1e-9]
            // Larger units first, each once.
            guard let number = Double(digits), let scale = seconds[unit], scale < former, number < 1e9 else {
                return nil
            }
            former = scale
            total += .seconds(number * scale)
        }
        return total > .zero ? total : nil
    }
}
