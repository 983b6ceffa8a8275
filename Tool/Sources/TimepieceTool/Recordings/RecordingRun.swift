/// A run whose events are written to a recording.
final class RecordingRun {
    private let pipelineRun: PipelineRun
    private let output: TextOutput
    private let writer: RecordingWriter
    private var failure: String?

    init(_ run: PipelineRun, to output: TextOutput, _ header: RecordingHeader) throws(Failure) {
        pipelineRun = run
        self.output = output
        writer = try RecordingWriter(output, header)
    }

    var messageCount: Int { writer.messageCount }

    /// Runs it; an interrupt or a closed reader ends it cleanly.
    func run() throws {
        let run = pipelineRun
        run.onEvent = { [self] now, event in
            if case .failure(let source, let text) = event { failure = failure ?? "\(source): \(text)" }
            try writer.write(at: now, event)
            if output.isClosed { run.stop() }
        }
        let reason = try run.run()
        try writer.write(RecordedEvent(at: run.elapsed, .end(output.isClosed ? .stopped : reason)))
        if reason == .failed, !output.isClosed {
            throw Failure(.pipeline, failure.map { "The pipeline failed: \($0)" } ?? "The pipeline did not start.")
        }
    }
}
