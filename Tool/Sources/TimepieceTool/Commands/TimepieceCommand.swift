import ArgumentParser
import Glibc

/// The command line tool.
@main struct TimepieceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "timepiece",
        abstract: "Shows, records and compares how fast a GStreamer pipeline is.",
        discussion: """
            Exit codes: 0 all went well, also when ended by Ctrl-C; 1 the pipeline failed; 3 compare --fail-if-slower \
            found it slower; 4 doctor found what keeps metrics from CloudWatch; 64 the command line or the description is \
            wrong; 65 a recording is damaged or from a \
            newer version; 66 a file cannot be read; 69 GStreamer does not find the plugin; 73 a file cannot be written.
            """,
        version: "0.1.0",
        subcommands: [
            TopCommand.self, RunCommand.self, AttachCommand.self, RecordCommand.self, ReportCommand.self,
            CompareCommand.self, DashboardCommand.self, AlarmsCommand.self, PolicyCommand.self, DoctorCommand.self,
        ])

    static func main() {
        // write () reports a closed reader.
        signal(SIGPIPE, SIG_IGN)
        let arguments = CommandWords(Array(CommandLine.arguments.dropFirst()))
        do {
            if let command = arguments.helpWanted(TimepieceCommand.configuration.subcommands) {
                return TextOutput.standard.note(helpMessage(for: command))
            }
            if arguments.versionWanted { return try TextOutput.standard.line(configuration.version) }
            var command = try parseAsRoot(arguments.words)
            try command.run()
        } catch let failure as Failure {
            TextOutput.errors.note("timepiece: \(failure)")
            Glibc.exit(failure.code.rawValue)
        } catch {
            let code = exitCode(for: error)
            // Help, and the scripts of completions.
            guard code != .success else { exit(withError: error) }
            TextOutput.errors.note(fullMessage(for: error))
            Glibc.exit(code.rawValue)
        }
    }
}
