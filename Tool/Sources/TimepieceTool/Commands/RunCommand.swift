import ArgumentParser
import CTerminal
import Glibc

/// Runs any program with the tracer and shows where the time goes.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run any program and show what each element of its pipelines does.",
        discussion: """
            The program may be in C, Python or any language, a script, or gst-launch-1.0; nothing in it is changed. Its \
            exit status is the tool's. Without a terminal each report is a line on standard error.
            """)

    @Flag(
        help: "Write what timepiece record writes, on standard output; what the program prints goes to standard error.")
    var json = false

    @Option(help: "Write it to a file instead of showing it.", completion: .file())
    var record: String?

    @Option(help: "How often each pipeline reports, such as 500ms (default: 1 s).")
    var interval: TimeSpan?

    @Argument(
        parsing: .captureForPassthrough,
        help: ArgumentHelp("The program and its arguments, after --.", valueName: "program"))
    var program: [String] = []

    func run() throws {
        let words = program.first == "--" ? Array(program.dropFirst()) : program
        guard let name = words.first else {
            throw Failure(
                .usage, "No program was given. Give one after --, such as: timepiece run -- python3 player.py")
        }
        if name.hasPrefix("-") {
            throw Failure(.usage, "The option \(name) is unknown; --help lists the options. Put -- before the program.")
        }
        let description = LaunchWords.quoted(words)
        let status: Int32
        let traced: TracedProgram
        if json {
            traced = try start(words, output: STDERR_FILENO, hasTerminal: true)
            status = try TracedView.record(traced, to: .standard, description: description)
        } else if let record {
            let output = try TextOutput.create(record)
            traced = try start(words, hasTerminal: true)
            status = try TracedView.record(traced, to: output, description: description)
        } else if TextOutput.standard.isTerminal, !ScreenStyle.isDumb, terminal_enter() {
            do {
                traced = try start(words, hasTerminal: false)
            } catch {
                terminal_leave()
                throw error
            }
            status = try TracedView.show(traced, title: description)
        } else {
            traced = try start(words, hasTerminal: true)
            status = try TracedView.print(traced, to: .errors)
        }
        if !traced.wasTraced {
            TextOutput.errors.note(
                "timepiece: \(name) made no pipeline, or its GStreamer does not find the plugin; "
                    + "`gst-inspect-1.0 timepiecetick` shows whether it does.")
        }
        Glibc.exit(status)
    }

    private func start(_ words: [String], output: Int32? = nil, hasTerminal: Bool) throws(Failure) -> TracedProgram {
        try TracedProgram(starting: words, interval: interval?.duration, output: output, hasTerminal: hasTerminal)
    }
}
