import ArgumentParser

/// Runs a pipeline and writes what it says to a file.
struct RecordCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "record",
        abstract: "Run a pipeline and write what it says to one file.",
        discussion: "Ctrl-C ends it cleanly, with the last figures in the file. Read it with timepiece report.")

    @Option(name: .shortAndLong, help: "The file to write; - is standard output.", completion: .file())
    var output = "timepiece.jsonl"

    @OptionGroup var options: PipelineOptions

    func run() throws {
        let pipeline = try options.makePipeline()
        for addition in pipeline.additions { TextOutput.errors.note("timepiece: added \(addition)") }
        unsafe ElementInsertion.tellEveryInterval(of: pipeline.element)
        let progress = Progress()
        let run = PipelineRun(pipeline)
        let recording = try RecordingRun(run, to: .create(output), description: pipeline.description)
        run.onBeat = { now in
            progress.show("recording \(Texts.clock(now)), \(recording.messageCount) messages, Ctrl-C ends it")
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
