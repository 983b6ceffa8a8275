import ArgumentParser
import CTerminal

/// Shows a running process that has the tracer.
struct AttachCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "attach",
        abstract: "Show a process that was started with GST_TRACERS=\"timepiece(socket=auto)\".",
        discussion: """
            The process is not delayed, with or without a reader, and continues afterwards. Only processes of the same \
            user can be attached to.
            """)

    @Flag(help: "Write what timepiece record writes, on standard output.")
    var json = false

    @Option(help: "Write it to a file instead of showing it.", completion: .file())
    var record: String?

    @Argument(help: ArgumentHelp("The number of the process.", valueName: "pid"))
    var process: Int32

    func run() throws {
        let traced = try TracedProgram(attachedTo: process)
        if json {
            _ = try TracedView.record(traced, to: .standard, description: "process \(process)")
        } else if let record {
            _ = try TracedView.record(traced, to: .create(record), description: "process \(process)")
        } else if TextOutput.standard.isTerminal, !ScreenStyle.isDumb, terminal_enter() {
            _ = try TracedView.show(traced, title: "process \(process)")
        } else {
            _ = try TracedView.print(traced, to: .standard)
        }
    }
}
