import TimepieceMessages

/// One line for each window of a tick or a watch, for spreadsheets; docs/report-format.md has the columns.
///
/// An unknown value is an empty field. A text that a spreadsheet would evaluate is escaped: OWASP, "CSV Injection".
enum CSVReport {
    static let columns = [
        "at_s", "kind", "label", "count", "bytes", "rate_per_s", "nominal_per_s", "min_ms", "mean_ms", "p50_ms",
        "p90_ms",
        "p99_ms", "max_ms", "bitrate_bps", "self_ms", "unmatched", "in_flight", "gaps", "freezes", "jumps",
    ]

    /// Passes on the lines, the oldest window first.
    static func write(_ summary: RecordingSummary, _ write: (String) throws(Failure) -> Void) throws(Failure) {
        try write(columns.joined(separator: ",") + "\n")
        // Positions instead of lines: the text of all would be as large as the file.
        var places: [(at: Duration, series: Int, window: Int)] = []
        let streams = summary.streams.count
        for (series, stream) in summary.streams.enumerated() {
            for (index, window) in stream.windows.enumerated() { places.append((window.at, series, index)) }
        }
        for (series, watch) in summary.watchSeries.enumerated() {
            for (index, window) in watch.windows.enumerated() { places.append((window.at, streams + series, index)) }
        }
        places.sort { ($0.at, $0.series, $0.window) < ($1.at, $1.series, $1.window) }
        for place in places {
            let fields =
                place.series < streams
                ? fields(summary.streams[place.series], place.window)
                : fields(summary.watchSeries[place.series - streams], place.window)
            try write(fields.joined(separator: ",") + "\n")
        }
    }

    private static func fields(_ stream: StreamSeries, _ index: Int) -> [String] {
        let window = stream.windows[index]
        return [
            Texts.fixed(window.at.seconds, 3), "tick", quoted(stream.label), "\(window.buffers)", "\(window.bytes)",
            Texts.fixed(window.rate, 3), window.nominalRate > 0 ? Texts.fixed(window.nominalRate, 3) : "",
        ] + milliseconds(window.intervals) + [
            Texts.fixed(window.bitrate, 0), "", "", "", optional(window.gaps), optional(window.freezes),
            optional(window.jumps),
        ]
    }

    private static func fields(_ watch: WatchSeries, _ index: Int) -> [String] {
        let window = watch.windows[index]
        return [Texts.fixed(window.at.seconds, 3), "watch", quoted(watch.path), "\(window.laps.count)", "", "", ""]
            + milliseconds(window.laps) + [
                "", milliseconds(window.selfTime), "\(window.unmatched)", optional(window.inFlight), "", "", "",
            ]
    }

    private static func milliseconds(_ intervals: IntervalSummary) -> [String] {
        [intervals.min, intervals.mean, intervals.p50, intervals.p90, intervals.p99, intervals.max]
            .map { intervals.count > 0 ? milliseconds($0) : "" }
    }

    private static func milliseconds(_ duration: Duration) -> String {
        duration.isUnknown ? "" : Texts.fixed(duration.milliseconds, 6)
    }

    private static func optional(_ count: UInt64?) -> String {
        count.map { "\($0)" } ?? ""
    }

    /// The text as one field, which neither controls a terminal nor is a formula for a spreadsheet.
    static func quoted(_ text: String) -> String {
        // Full-width signs count as well: a spreadsheet may fold them.
        let isFormula = text.unicodeScalars.first { !$0.properties.isWhitespace }.map {
            "=+-@|%＝＋－＠".unicodeScalars.contains($0)
        }
        let isControl = text.unicodeScalars.first.map { TerminalText.isActive($0) }
        var safe = TerminalText.visible(text)
        if isFormula == true || isControl == true { safe = "'" + safe }
        guard safe.contains(where: { ",;\"'\t ".contains($0) || $0.isNewline }) else { return safe }
        return "\"" + safe.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
