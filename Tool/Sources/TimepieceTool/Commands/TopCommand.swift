import ArgumentParser
import CTerminal

/// Runs a pipeline and shows its measurements live.
struct TopCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "top",
        abstract: "Run a pipeline and show its measurements live.",
        discussion: """
            Keys: q quits, ? lists the others. Without a terminal each message is a line. What each element, queue and \
            thread does is shown, and which element makes the pipeline slow; put a timepiecetick where every buffer of \
            a stream is to be timed. Nothing is added to the pipeline.
            """)

    @Flag(help: "Write what timepiece record writes, on standard output.")
    var json = false

    @Option(
        help: ArgumentHelp(
            "Serve the report's page live, on this machine alone unless an address says otherwise, such as 0.0.0.0:8080.",
            valueName: "[address]:port"))
    var http: ListenAddress?

    @OptionGroup var options: PipelineOptions

    func run() throws {
        let pipeline = try options.makePipeline()
        let run = PipelineRun(pipeline, limit: options.duration?.duration)
        run.looksBetweenReports = !json
        if let http {
            // The page shows every interval, too.
            unsafe TimepieceElements.tellEveryInterval(of: pipeline.element)
            let page = try LivePage(http, header: pipeline.header)
            TextOutput.errors.note("timepiece: the live page is at \(page.url)")
            if !http.isLoopback {
                TextOutput.errors.note("timepiece: everyone who reaches that address can read it.")
            }
            run.page = page
        }
        if json {
            try RecordingRun(run, to: .standard, pipeline.header).run()
        } else if TextOutput.standard.isTerminal, !ScreenStyle.isDumb, terminal_enter() {
            unsafe TimepieceElements.tellEveryInterval(of: pipeline.element)
            try show(pipeline, run)
        } else {
            try print(pipeline, run)
        }
    }

    private func show(_ pipeline: Pipeline, _ run: PipelineRun) throws {
        let style = ScreenStyle.current(isTerminal: true)
        let output = TextOutput.terminal()
        let terminal = LiveTerminal(output, style: style, note: run.page?.url ?? "", board: pipeline.board)
        run.onEvent = { terminal.take($1, at: $0) }
        run.onBeat = { now in
            try terminal.draw(at: now)
            if output.isClosed { run.stop() }
        }
        run.onInput(terminal_keys()) { keys in
            // None: the terminal was closed.
            if keys.isEmpty || terminal.press(keys) == .quit { run.stop() }
            try terminal.draw(at: run.elapsed)
        }
        run.onInput(terminal_others()) { terminal.takePrinted($0, at: run.elapsed) }
        defer { terminal_leave() }
        let reason = try run.run()
        let elapsed = run.elapsed
        terminal_leave()
        for line in terminal.lastLines(at: elapsed, reason) { try TextOutput.standard.write(line + "\n") }
        try check(reason, terminal.failure)
    }

    private func print(_ pipeline: Pipeline, _ run: PipelineRun) throws {
        let style = ScreenStyle.current(isTerminal: false)
        var view = LineView(style: style)
        var board = pipeline.board
        var silent: Set<String> = []
        run.onEvent = { now, event in
            board.take(event, at: now)
            for line in view.lines(event, at: now) { try TextOutput.standard.line(line) }
            if TextOutput.standard.isClosed { run.stop() }
        }
        run.onBeat = { now in
            // A condition without a message: a stalled stream without stall-timeout.
            for (label, tick) in board.ticks where board.stalls[label]?.since == nil {
                guard let silence = tick.silence(at: now) else {
                    silent.remove(label)
                    continue
                }
                guard silent.insert(label).inserted else { continue }
                try TextOutput.standard.line(
                    style.plain("\(Texts.clock(now)) \(label): no buffer for \(Texts.duration(silence))"))
            }
        }
        let reason = try run.run()
        let elapsed = run.elapsed
        if !TextOutput.standard.isClosed {
            for line in RunSummary(style: style).lines(board, at: elapsed, reason: reason, columns: 120) {
                try TextOutput.standard.line(line)
            }
        }
        try check(reason, board.failure)
    }

    private func check(_ reason: EndReason, _ failure: String?) throws(Failure) {
        guard reason == .failed, !TextOutput.standard.isClosed else { return }
        throw Failure(.pipeline, failure.map { "The pipeline failed: \($0)" } ?? "The pipeline did not start.")
    }
}
