import ArgumentParser
import CTerminal

/// Runs a pipeline and shows its figures live.
struct TopCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "top",
        abstract: "Run a pipeline and show its figures live.",
        discussion: """
            Keys: q quits, p pauses the view, s sorts by the next column, r reverses, the arrows scroll. Without a \
            terminal each message is a line. A description without any of Timepiece's elements gets a timepiecetick \
            before each sink.
            """)

    @Flag(help: "Write what timepiece record writes, on standard output.")
    var json = false

    @OptionGroup var options: PipelineOptions

    func run() throws {
        let pipeline = try options.makePipeline()
        let run = PipelineRun(pipeline, limit: options.duration?.duration)
        if json {
            try RecordingRun(run, to: .standard, pipeline.header).run()
        } else if TextOutput.standard.isTerminal, !ScreenStyle.isDumb, terminal_enter() {
            try show(pipeline, run)
        } else {
            try print(pipeline, run)
        }
    }

    private func show(_ pipeline: Pipeline, _ run: PipelineRun) throws {
        let style = ScreenStyle.current(isTerminal: true)
        let note = pipeline.additions.isEmpty ? "" : "added " + pipeline.additions.joined(separator: ", ")
        let output = TextOutput.terminal()
        let terminal = LiveTerminal(output, style: style, note: note)
        run.onEvent = { terminal.take($1, at: $0) }
        run.onBeat = { now in
            try terminal.draw(at: now)
            if output.isClosed { run.stop() }
        }
        run.onInput(terminal_keys()) { keys in
            // None: the terminal went away.
            if keys.isEmpty || terminal.press(keys) == .quit { run.stop() }
            try terminal.draw(at: run.elapsed)
        }
        run.onInput(terminal_others()) { terminal.takePrinted($0, at: run.elapsed) }
        defer { terminal_leave() }
        let reason = try run.run()
        terminal_leave()
        // The last screen stays readable.
        for line in terminal.lastLines(at: run.elapsed) { try TextOutput.standard.line(line) }
        try check(reason, terminal.failure)
    }

    private func print(_ pipeline: Pipeline, _ run: PipelineRun) throws {
        let view = LineView(style: .current(isTerminal: false))
        for addition in pipeline.additions { TextOutput.errors.note("timepiece: added \(addition)") }
        var failure: String?
        run.onEvent = { now, event in
            if case .failure(let source, let text) = event { failure = failure ?? "\(source): \(text)" }
            for line in view.lines(event, at: now) { try TextOutput.standard.line(line) }
            if TextOutput.standard.isClosed { run.stop() }
        }
        try check(run.run(), failure)
    }

    private func check(_ reason: EndReason, _ failure: String?) throws(Failure) {
        guard reason == .failed, !TextOutput.standard.isClosed else { return }
        throw Failure(.pipeline, failure.map { "The pipeline failed: \($0)" } ?? "The pipeline did not start.")
    }
}
