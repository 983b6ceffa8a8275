import ArgumentParser

/// Converts a recording to a page or a table.
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Turn a recording into one web page, a table or a trace; two into a page of differences.",
        discussion: "The page needs no network and no other file. docs/report-format.md describes CSV and JSON.")

    enum Format: String, EnumerableFlag {
        case html, csv, json, perfetto

        static func help(for value: Format) -> ArgumentHelp? {
            switch value {
            case .html: "A web page (default)."
            case .csv: "One line for each window of each stream and watch."
            case .json: "All of it, with verdicts; the schema has a version."
            case .perfetto: "A trace for ui.perfetto.dev or chrome://tracing."
            }
        }
    }

    @Argument(help: "What timepiece record wrote; - is standard input.", completion: .file(extensions: ["jsonl"]))
    var file: String

    @Argument(help: "Another, recorded after it, to compare with.", completion: .file(extensions: ["jsonl"]))
    var after: String?

    @Flag var format = Format.html

    @Option(
        name: .shortAndLong,
        help: "The file to write; - is standard output (default: the recording's name with .html, else -).",
        completion: .file())
    var output: String?

    func run() throws {
        let summary = try Self.read(file)
        for sentence in summary.reservations { TextOutput.errors.note("timepiece: \(sentence)") }
        if let after { return try compare(summary, with: after) }
        if summary.streams.isEmpty, summary.watches.isEmpty, summary.elements.series.isEmpty {
            TextOutput.errors.note("timepiece: The recording has no measurements: no window closed while it ran.")
        }
        let path = output ?? (format == .html && file != "-" ? Self.page(of: file) : "-")
        let output = try TextOutput.create(path)
        let buffer = OutputBuffer(output)
        switch format {
        case .html: try output.write(HTMLReport.page(summary))
        case .csv: try CSVReport.write(summary) { text throws(Failure) in try buffer.write(text) }
        case .json: try ReportJSON.write(summary) { text throws(Failure) in try buffer.write(text) }
        case .perfetto: try PerfettoTrace.write(summary) { text throws(Failure) in try buffer.write(text) }
        }
        try buffer.flush()
        if path != "-" { TextOutput.errors.note("timepiece: written to \(path)") }
    }

    private func compare(_ before: RecordingSummary, with after: String) throws {
        guard format == .html else {
            throw Failure(.usage, "Two recordings make a page; for a table or JSON use timepiece compare.")
        }
        let new = try Self.read(after)
        for sentence in new.reservations { TextOutput.errors.note("timepiece: \(after): \(sentence)") }
        let path = output ?? (file == "-" || after == "-" ? "-" : Self.page(of: after, suffix: ".diff"))
        try TextOutput.create(path).write(DifferencePage.page(before, new))
        if path != "-" { TextOutput.errors.note("timepiece: written to \(path)") }
    }

    private static func page(of file: String, suffix: String = "") -> String {
        (file.hasSuffix(".jsonl") ? String(file.dropLast(6)) : file) + suffix + ".html"
    }

    /// Reads a recording, with progress if it takes long.
    static func read(_ file: String) throws(Failure) -> RecordingSummary {
        let progress = Progress()
        defer { progress.clear() }
        return try RecordingSummary(reading: file) { done, size in
            progress.show("reading \(file)" + (size > 0 ? ": \(done * 100 / max(1, size)) %" : ""))
        }
    }
}

/// Buffers small texts, so that not each is a system call.
private final class OutputBuffer {
    private let output: TextOutput
    private var text = ""

    init(_ output: TextOutput) {
        self.output = output
    }

    func write(_ more: String) throws(Failure) {
        text += more
        if text.utf8.count > 1 << 16 { try flush() }
    }

    func flush() throws(Failure) {
        try output.write(text)
        text = ""
    }
}
