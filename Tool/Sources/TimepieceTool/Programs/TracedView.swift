import CTerminal

/// Shows the reports of a traced program: live, as lines, or as a recording.
enum TracedView {
    /// Shows it on the terminal, which has been entered.
    static func show(_ program: TracedProgram, title: String) throws -> Int32 {
        let output = TextOutput.terminal()
        let terminal = LiveTerminal(output, style: .current(isTerminal: true), note: title, board: LiveBoard())
        program.onEvent = { terminal.take($1, at: $0) }
        program.onBeat = { now in
            try terminal.draw(at: now)
            if output.isClosed { program.stop() }
        }
        program.onInput(terminal_keys()) { keys in
            if keys.isEmpty || terminal.press(keys) == .quit { program.stop() }
            try terminal.draw(at: program.elapsed)
        }
        program.onInput(terminal_others()) { terminal.takePrinted($0, at: program.elapsed) }
        defer { terminal_leave() }
        let status = try program.run()
        terminal_leave()
        for line in terminal.lastLines(at: program.elapsed, .endOfStream) {
            try TextOutput.standard.write(line + "\n")
        }
        return status
    }

    /// Prints a line for each message.
    static func print(_ program: TracedProgram, to output: TextOutput) throws -> Int32 {
        var view = LineView(style: .current(isTerminal: false))
        program.onEvent = { now, event in
            for line in view.lines(event, at: now) { try output.line(line) }
            if output.isClosed { program.stop() }
        }
        return try program.run()
    }

    /// Writes a recording.
    static func record(_ program: TracedProgram, to output: TextOutput, description: String) throws -> Int32 {
        let header = RecordingHeader(
            description: description, started: RecordingEnvironment.now(), command: description,
            environment: RecordingEnvironment.current())
        let writer = try RecordingWriter(output, header)
        var hasFailed = false
        program.onEvent = { now, event in
            if case .failure = event { hasFailed = true }
            try writer.write(at: now, event)
            if output.isClosed { program.stop() }
        }
        let status = try program.run()
        try writer.write(
            RecordedEvent(at: program.elapsed, .end(hasFailed ? .failed : status == 0 ? .endOfStream : .stopped)))
        return status
    }
}
