import ArgumentParser
import CTerminal

/// Sets two recordings side by side.
struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Compare two recordings, and say what is more than noise.",
        discussion: """
            Each figure is the median over the windows (a second each, usually). A difference counts if the rank test \
            of Mann and Whitney gives chance less than one in a hundred, with the number of lines taken into account, \
            and if it is more than 1.1 %, which is what the percentiles can tell apart. Windows that resemble their \
            neighbors count for less. Less than five windows tell nothing; half a minute tells more than ten seconds. \
            What the machine did beside is part of a recording: record each twice, and compare those of one kind, too.
            """)

    @Argument(help: "The recording before.", completion: .file(extensions: ["jsonl"]))
    var before: String

    @Argument(help: "The recording after.", completion: .file(extensions: ["jsonl"]))
    var after: String

    @Flag(help: "End with 3 if anything is slower by more than noise.")
    var failIfSlower = false

    @Flag(help: "Write JSON.")
    var json = false

    func run() throws {
        let old = RecordingSummary(try ReportCommand.read(before))
        let new = RecordingSummary(try ReportCommand.read(after))
        for (name, summary) in [(before, old), (after, new)] {
            for sentence in summary.reservations { TextOutput.errors.note("timepiece: \(name): \(sentence)") }
        }
        let progress = Progress()
        let comparison = Comparison(old, new) { label in progress.show("comparing \(label)") }
        progress.clear()
        for label in comparison.unmatched {
            TextOutput.errors.note("timepiece: \(label) is in only one of the two.")
        }
        if comparison.hasOtherWindows {
            TextOutput.errors.note(
                "timepiece: The windows of the two have other lengths, which alone changes p99 and longest; "
                    + "record both with the same interval.")
        }
        guard !comparison.lines.isEmpty else {
            throw Failure(.data, "The recordings have no label in common that has figures in both.")
        }
        if json { try write(comparison) } else { try show(comparison) }
        if failIfSlower, comparison.isSlower { throw Failure(.slower, "Something is slower by more than noise.") }
    }

    private func show(_ comparison: Comparison) throws(Failure) {
        let style = ScreenStyle.current(isTerminal: TextOutput.standard.isTerminal)
        var table = TextTable(columns: [
            .init(title: "LABEL", rank: 0, isLeading: true), .init(title: "FIGURE", rank: 0, isLeading: true),
            .init(title: "BEFORE", rank: 2), .init(title: "AFTER", rank: 1), .init(title: "RATIO", rank: 3),
            .init(title: "DIFFERENCE", rank: 4, isLeading: true),
        ])
        table.rows = comparison.lines.map { line in
            let color: ScreenStyle.Color? =
                switch line.verdict {
                case .slower: .red
                case .faster: .green
                case .same, .unknown: .dim
                }
            return [
                .init(line.label), .init(line.figure), .init(Texts.duration(line.before)),
                .init(Texts.duration(line.after)), .init(line.ratio.map { Texts.fixed($0, 3) } ?? "-", color),
                .init(line.verdict.rawValue, color),
            ]
        }
        var columns: Int32 = 1000
        var rows: Int32 = 0
        if TextOutput.standard.isTerminal { _ = unsafe terminal_size(&columns, &rows) }
        for line in table.lines(width: Int(columns), style: style) { try TextOutput.standard.line(line) }
    }

    private func write(_ comparison: Comparison) throws(Failure) {
        let lines = comparison.lines.map { line in
            JSONValue.object([
                .init("label", .string(line.label)), .init("figure", .string(line.figure)),
                .init("before", .nanoseconds(line.before)), .init("after", .nanoseconds(line.after)),
                .init("ratio", line.ratio.map { .real($0) } ?? .null), .init("verdict", .string(line.verdict.rawValue)),
            ])
        }
        try TextOutput.standard.line(JSONValue.array(lines).text)
    }
}
