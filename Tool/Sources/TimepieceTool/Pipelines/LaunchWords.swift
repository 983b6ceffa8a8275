/// A pipeline description from the user: words of a shell, one text, or a whole gst-launch-1.0 command line.
struct LaunchWords: Equatable {
    /// The input of gst-launch's parser: one description, or its words.
    let words: [String]
    /// Assignments before the command, as in `GST_DEBUG=3 gst-launch-1.0 …`.
    let environment: [(name: String, value: String)]

    static func == (left: LaunchWords, right: LaunchWords) -> Bool {
        left.words == right.words && left.environment.elementsEqual(right.environment) { $0 == $1 }
    }

    /// The options of gst-launch-1.0 that take a value of their own.
    private static let valued: Set<String> = ["-X", "--exclude", "-s", "--gst-debug-level", "--gst-plugin-path"]

    init(_ given: [String]) {
        var words = given
        // One text that is a command line: only that part is split as by a shell.
        if words.count == 1, let first = words.first, Self.isCommand(first) {
            words = first.replacing("\\\n", with: " ").split { $0 == " " || $0 == "\t" || $0.isNewline }.map(
                String.init)
            let rest = Self.withoutCommand(words)
            self.words = [rest.words.joined(separator: " ")].filter { !$0.isEmpty }
            environment = rest.environment
            return
        }
        (self.words, environment) = Self.withoutCommand(words)
    }

    private static func isCommand(_ text: String) -> Bool {
        let words = text.split { $0 == " " || $0 == "\t" || $0.isNewline }.map(String.init)
        return words.drop(while: isAssignment).first.map(isLaunch) ?? false
    }

    private static func isLaunch(_ word: String) -> Bool {
        word == "gst-launch-1.0" || word.hasSuffix("/gst-launch-1.0")
    }

    private static func isAssignment(_ word: String) -> Bool {
        guard let sign = word.firstIndex(of: "="), sign > word.startIndex else { return false }
        return word[..<sign].allSatisfy { $0.isASCII && ($0.isUppercase || $0.isNumber || $0 == "_") }
    }

    private static func withoutCommand(
        _ words: [String]
    ) -> (words: [String], environment: [(name: String, value: String)]) {
        let assignments = words.prefix(while: isAssignment)
        guard let command = words.dropFirst(assignments.count).first, isLaunch(command) else { return (words, []) }
        var rest = words.dropFirst(assignments.count + 1)
        while let option = rest.first, option.hasPrefix("-") {
            rest = rest.dropFirst(option != "--" && valued.contains(option) ? 2 : 1)
            if option == "--" { break }
        }
        let environment = assignments.map { word in
            let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (name: String(parts[0]), value: String(parts[1]))
        }
        return (Array(rest), environment)
    }

    /// The words, quoted for a shell.
    static func quoted(_ words: [String]) -> String {
        words.map { word in
            let isPlain = word.unicodeScalars.allSatisfy {
                $0.properties.isAlphabetic || "0123456789%+,-./:=@_".unicodeScalars.contains($0)
            }
            // A lone exclamation mark is a word to the shell, not history.
            if word == "!" || !word.isEmpty && isPlain { return word }
            return "'" + word.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
        }.joined(separator: " ")
    }
}
