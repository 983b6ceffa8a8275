import ArgumentParser

/// The words of the command line, converted to the forms that the parser supports.
///
/// A description takes all words that follow it, including options, so help is searched for before it begins.
struct CommandWords {
    let words: [String]
    /// The words of the tool itself: up to the description.
    private let own: ArraySlice<String>

    /// Options whose value is a word of its own.
    private static let valued: Set<String> = [
        "-o", "--output", "--record", "--interval", "--duration", "--http", "--repeat", "--slower-ratio",
    ]

    init(_ given: [String]) {
        // An option with an optional value is two options to the parser.
        words = given.flatMap { word in
            word.hasPrefix("--fail-if-slower=")
                ? ["--fail-if-slower", "--slower-ratio=" + word.dropFirst("--fail-if-slower=".count)] : [word]
        }
        var end = 1
        while end < given.count, given[end].hasPrefix("-"), given[end] != "--" {
            end += Self.valued.contains(given[end]) ? 2 : 1
        }
        own = given.prefix(min(end, given.count))
    }

    /// The command whose help is requested: after `-h` or `--help` anywhere before the description.
    func helpWanted(_ commands: [any ParsableCommand.Type]) -> (any ParsableCommand.Type)? {
        guard own.contains("-h") || own.contains("--help") else { return nil }
        return commands.first { $0.configuration.commandName == own.first } ?? TimepieceCommand.self
    }

    var versionWanted: Bool { own.contains("--version") }
}
