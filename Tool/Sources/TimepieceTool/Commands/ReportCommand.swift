import ArgumentParser

/// Turns a recording into a page or a table.
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Turn a recording into one web page, a table or a trace.",
        discussion: "The page needs no network and no other file.")

    enum Format: String, EnumerableFlag {
        case html, csv, json, perfetto

        static func help(for value: Format) -> ArgumentHelp? {
            switch value {
            case .html: "A web page (default)."
            case .csv: "One line for each window of each timepiecetick."
            case .json: "What the page shows."
            case .perfetto: "A trace for ui.perfetto.dev or chrome://tracing."
            }
        }
    }

    @Argument(help: "What timepiece record wrote; - is standard input.", completion: .file(extensions: ["jsonl"]))
    var file: String

    @Flag var format = Format.html

    @Option(
        name: .shortAndLong,
        help: "The file to write; - is standard output (default: the recording's name with .html, else -).",
        completion: .file())
    var output: String?

    func run() throws {
        let summary = RecordingSummary(try Self.read(file))
        for sentence in summary.reservations { TextOutput.errors.note("timepiece: \(sentence)") }
        if summary.streams.isEmpty, summary.watches.isEmpty {
            TextOutput.errors.note("timepiece: The recording has no figures: no window closed while it ran.")
        }
        let text =
            switch format {
            case .html: HTMLReport.page(summary)
            case .csv: CSVReport.text(summary)
            case .json: summary.json.text + "\n"
            case .perfetto: PerfettoTrace.text(summary)
            }
        let path = output ?? (format == .html && file != "-" ? Self.page(of: file) : "-")
        try TextOutput.create(path).write(text)
        if path != "-" { TextOutput.errors.note("timepiece: written to \(path)") }
    }

    private static func page(of file: String) -> String {
        (file.hasSuffix(".jsonl") ? String(file.dropLast(6)) : file) + ".html"
    }

    /// Reads a recording, with progress if it takes long.
    static func read(_ file: String) throws(Failure) -> Recording {
        let progress = Progress()
        defer { progress.clear() }
        return try RecordingReader.read(file) { done, size in
            progress.show("reading \(file)" + (size > 0 ? ": \(done * 100 / max(1, size)) %" : ""))
        }
    }
}
