import ArgumentParser
import CTerminal
import Glibc

/// Compares two recordings.
struct CompareCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compare",
        abstract: "Compare two recordings: slower, faster, the same, or undecided.",
        discussion: """
            For each metric the ratio, with an interval; all intervals of a comparison hold their true ratios together in \
            95 of 100. Slower and faster are intervals that lie on one side of 1, the same one within 5 % of it; \
            what is undecided wants a longer recording. The warm-up is left out. docs/compare.md has the method.

            With --repeat it records by itself, in turns: timepiece compare --repeat 5 -- A … -- B …
            """)

    @Flag(help: "End with 3 if anything is slower with certainty; --fail-if-slower=1.1 only if by more than 10 %.")
    var failIfSlower = false

    @Option(help: .hidden)
    var slowerRatio = 1.0

    @Flag(help: "Write JSON.")
    var json = false

    @Flag(help: "Write Markdown, for a pull request.")
    var markdown = false

    @Option(name: .customLong("repeat"), help: "Record each of two descriptions the given number of times, in turns.")
    var repetitions: Int?

    @Option(help: "With --repeat: how long each run may take (default: 10 s, or to the end of the stream).")
    var duration: TimeSpan?

    @Argument(
        help: ArgumentHelp("The recordings before and after; with --repeat two descriptions, each after --."),
        completion: .file(extensions: ["jsonl"]))
    var recordings: [String] = []

    func validate() throws {
        if json, markdown { throw ValidationError("Give --json or --markdown, not both.") }
        if slowerRatio < 1 || !slowerRatio.isFinite {
            throw ValidationError("The ratio of --fail-if-slower is \(slowerRatio); it has to be at least 1.")
        }
        if let repetitions, !(RatioEstimate.fewestRuns...100 ~= repetitions) {
            throw ValidationError("--repeat is \(repetitions); it may be \(RatioEstimate.fewestRuns) to 100.")
        }
    }

    func run() throws {
        let progress = Progress()
        let comparison: Comparison
        if let repetitions {
            let runs = try RepeatedRuns.record(recordings, times: repetitions, limit: duration?.duration)
            comparison = Comparison(before: runs.before, after: runs.after)
        } else {
            guard recordings.count == 2 else {
                throw Failure(
                    .usage, "Give two recordings, that before and that after; \(recordings.count) were given.")
            }
            let old = try ReportCommand.read(recordings[0])
            let new = try ReportCommand.read(recordings[1])
            for (name, summary) in [(recordings[0], old), (recordings[1], new)] {
                for sentence in summary.reservations { TextOutput.errors.note("timepiece: \(name): \(sentence)") }
            }
            comparison = Comparison(old, new) { label in progress.show("comparing \(label)") }
        }
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
            throw Failure(.data, "The recordings have no label in common that was measured in both.")
        }
        if json {
            try TextOutput.standard.write(ComparisonJSON.text(comparison))
        } else if markdown {
            try TextOutput.standard.write(ComparisonText.markdown(comparison))
        } else {
            try show(comparison)
        }
        if failIfSlower, comparison.isSlower(than: slowerRatio) {
            throw Failure(.slower, comparison.conclusion)
        }
    }

    private func show(_ comparison: Comparison) throws(Failure) {
        let style = ScreenStyle.current(isTerminal: TextOutput.standard.isTerminal)
        var columns: Int32 = 1000
        var rows: Int32 = 0
        if TextOutput.standard.isTerminal { _ = unsafe terminal_size(&columns, &rows) }
        try TextOutput.standard.line(style.plain(comparison.conclusion))
        try TextOutput.standard.write("\n")
        for line in ComparisonText.table(comparison).lines(width: Int(columns), style: style) {
            try TextOutput.standard.write(line + "\n")
        }
    }
}
