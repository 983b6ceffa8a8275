import Glibc

/// A comparison as a table, as Markdown.
enum ComparisonText {
    static func table(_ comparison: Comparison) -> TextTable {
        var table = TextTable(columns: [
            .init(title: "LABEL", rank: 0, isLeading: true), .init(title: "METRIC", rank: 0, isLeading: true),
            .init(title: "BEFORE", rank: 2), .init(title: "AFTER", rank: 1), .init(title: "RATIO", rank: 0),
            .init(title: "95 % INTERVAL", rank: 3), .init(title: "CONCLUSION", rank: 0, isLeading: true),
        ])
        table.rows = comparison.lines.map { line in
            let color: ScreenStyle.Color? =
                switch line.verdict {
                case .slower: .red
                case .faster: .green
                case .undecided: .yellow
                case .same, .higher, .lower: .dim
                }
            return [
                .init(line.label), .init(line.metric), .init(value(line.estimate.before, line.unit)),
                .init(value(line.estimate.after, line.unit)), .init(ratio(line), color), .init(interval(line)),
                .init(verdict(line), color),
            ]
        }
        return table
    }

    /// The conclusion, and the lines that are not the same; those that are the same are in a collapsed part.
    static func markdown(_ comparison: Comparison) -> String {
        var text = "**\(escaped(comparison.conclusion))**\n"
        let head =
            "\n| label | metric | before | after | ratio | 95 % interval | |\n|---|---|---:|---:|---:|---:|---|\n"
        func row(_ line: Comparison.Line) -> String {
            let cells = [
                escaped(line.label), line.metric, value(line.estimate.before, line.unit),
                value(line.estimate.after, line.unit), ratio(line), interval(line), verdict(line),
            ]
            return "| " + cells.joined(separator: " | ") + " |\n"
        }
        let same = comparison.lines.filter { $0.verdict == .same }
        let other = comparison.lines.filter { $0.verdict != .same }
        if !other.isEmpty { text += head + other.map(row).joined() }
        if !same.isEmpty {
            text +=
                "\n<details><summary>\(same.count) the same</summary>\n" + head + same.map(row).joined()
                + "\n</details>\n"
        }
        return text
    }

    static func value(_ value: Double, _ unit: Comparison.Line.Unit) -> String {
        switch unit {
        case .time: Texts.duration(.seconds(min(1e9, value)))
        case .rate: Texts.rate(value) + " /s"
        case .bitrate: Texts.bitrate(value)
        case .perMinute: value == 0 ? "0" : Texts.fixed(value, 2) + " /min"
        }
    }

    static func ratio(_ line: Comparison.Line) -> String {
        line.estimate.ratio.map { Texts.fixed($0, 3) } ?? "-"
    }

    static func interval(_ line: Comparison.Line) -> String {
        guard line.estimate.low > 0 || line.estimate.high.isFinite else { return "-" }
        return Comparison.interval(line.estimate)
    }

    static func verdict(_ line: Comparison.Line) -> String {
        guard line.verdict == .undecided else { return line.verdict.rawValue }
        return line.needed.map { "undecided: record \(Comparison.words($0))" } ?? "undecided"
    }

    /// A text escaped for Markdown.
    private static func escaped(_ text: String) -> String {
        TerminalText.visible(text).map { "\\`*_{}[]<>()#+-!|~&@".contains($0) ? "\\\($0)" : String($0) }.joined()
    }
}

/// A comparison as JSON; docs/compare.md describes it.
enum ComparisonJSON {
    /// Raised when a reader of the previous version would misread it; new members do not raise it.
    static let version: UInt64 = 1

    static func value(_ comparison: Comparison) -> JSONValue {
        let lines = comparison.lines.map { line in
            // Seconds are milliseconds there, as in all of the tool's JSON.
            let scale = line.unit == .time ? 1000.0 : 1
            let unit =
                switch line.unit {
                case .time: "ms"
                case .rate: "1/s"
                case .bitrate: "bit/s"
                case .perMinute: "1/min"
                }
            return JSONValue.object([
                .init("label", .string(line.label)), .init("metric", .string(line.metric)),
                .init("unit", .string(unit)),
                .init("before", .real(line.estimate.before * scale)),
                .init("after", .real(line.estimate.after * scale)),
                .init("ratio", line.estimate.ratio.map { .real($0) } ?? .null), .init("low", .real(line.estimate.low)),
                .init("high", .real(line.estimate.high)), .init("verdict", .string(line.verdict.rawValue)),
                .init("record_s", line.needed.map { .real($0.seconds) } ?? .null),
            ])
        }
        return .object([
            .init("schema", .string("timepiece-compare")), .init("version", .unsigned(version)),
            .init("conclusion", .string(comparison.conclusion)), .init("lines", .array(lines)),
            .init("only_in_one", .array(comparison.unmatched.map { .string($0) })),
        ])
    }

    static func text(_ comparison: Comparison) -> String {
        value(comparison).text + "\n"
    }
}
