/// A line split into words as by a POSIX shell, without expansion or execution.
///
/// Like Python's `shlex.split`, with which botocore reads `credential_process` and the names of profiles.
enum ShellWords {
    /// Returns the words; nil if a quotation is not closed or a backslash ends the line.
    static func split(_ line: String) -> [String]? {
        var words: [String] = []
        var word: String?
        var rest = line.unicodeScalars[...]
        while let letter = rest.popFirst() {
            switch letter {
            case " ", "\t", "\r", "\n":
                if let finished = word { words.append(finished) }
                word = nil
            case "\\":
                guard let next = rest.popFirst() else { return nil }
                word = (word ?? "") + String(next)
            case "'":
                guard let end = rest.firstIndex(of: "'") else { return nil }
                word = (word ?? "") + String(rest[..<end])
                rest = rest[end...].dropFirst()
            case "\"":
                guard let text = quoted(&rest) else { return nil }
                word = (word ?? "") + text
            default:
                word = (word ?? "") + String(letter)
            }
        }
        if let word { words.append(word) }
        return words
    }

    /// Reads the text after a double quotation mark, to the closing one.
    private static func quoted(_ rest: inout Substring.UnicodeScalarView) -> String? {
        var text = String.UnicodeScalarView()
        while let letter = rest.popFirst() {
            if letter == "\"" { return String(text) }
            guard letter == "\\" else {
                text.append(letter)
                continue
            }
            guard let next = rest.popFirst() else { return nil }
            if next != "\"" && next != "\\" { text.append(letter) }
            text.append(next)
        }
        return nil
    }
}
