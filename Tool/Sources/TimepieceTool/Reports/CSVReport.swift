import TimepieceMessages

/// One line a window of a timepiecetick, for spreadsheets; times in seconds, intervals in milliseconds.
enum CSVReport {
    static func text(_ summary: RecordingSummary) -> String {
        var lines = [
            "at_s,label,buffers,bytes,rate_per_s,nominal_per_s,min_ms,mean_ms,p50_ms,p90_ms,p99_ms,max_ms,bitrate_bps"
        ]
        let windows = summary.streams.flatMap { stream in stream.windows.map { (stream.label, $0) } }
        for (label, window) in windows.sorted(by: { $0.1.at < $1.1.at }) {
            let message = window.message
            let intervals = message.intervals
            let milliseconds = [
                intervals.min, intervals.mean, intervals.p50, intervals.p90, intervals.p99, intervals.max,
            ].map { Texts.fixed($0 / .milliseconds(1), 6) }
            let fields =
                [
                    Texts.fixed(window.at / .seconds(1), 3), quoted(label), "\(message.bufferCount)",
                    "\(message.byteCount)", Texts.fixed(message.averageRate, 3), Texts.fixed(message.nominalRate, 3),
                ] + milliseconds + [Texts.fixed(message.bitrate, 0)]
            lines.append(fields.joined(separator: ","))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func quoted(_ text: String) -> String {
        guard text.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return text }
        return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }
}
