import ArgumentParser

/// Runs a pipeline and writes its messages to a file.
struct RecordCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record",
        abstract: "Run a pipeline and write its messages to one file.",
        discussion: """
            Ctrl-C ends it cleanly, with the last window in the file. Each message is written at once: a recording whose \
            process was killed can be read up to there. Read it with timepiece report.
            """)

    @Option(name: .shortAndLong, help: "The file to write; - is standard output.", completion: .file())
    var output = "timepiece.jsonl"

    @Flag(name: .shortAndLong, help: "Overwrite the file if it exists.")
    var force = false

    @OptionGroup var options: PipelineOptions

    func run() throws {
        // Before the pipeline is made, which may take long.
        if output != "-", !force { try TextOutput.refuseExisting(output) }
        let pipeline = try options.makePipeline()
        unsafe TimepieceElements.tellEveryInterval(of: pipeline.element)
        let progress = Progress()
        let run = PipelineRun(pipeline, limit: options.duration?.duration)
        let recording = try RecordingRun(run, to: .create(output, overwriting: force), pipeline.header)
        run.onBeat = { now in
            let limit = options.duration.map { " of \(Texts.clock($0.duration))" } ?? ""
            progress.show("recording \(Texts.clock(now))\(limit), \(recording.messageCount) messages, Ctrl-C ends it")
        }
        defer {
            progress.clear()
            if output != "-" {
                TextOutput.errors.note(
                    "timepiece: \(recording.messageCount) messages in \(Texts.clock(run.elapsed)), written to \(output)"
                )
            }
        }
        try recording.run()
    }
}
