/// The only conversion of text from outside for a terminal.
///
/// Labels, element names, file names, errors and lines of recordings may contain control characters that move the
/// cursor, set the clipboard or change the direction of writing. The result of ``visible(_:)`` only prints.
enum TerminalText {
    /// The text with a blank for each control character of ASCII and U+FFFD for each other one that does not print.
    static func visible(_ text: String) -> String {
        if text.utf8.allSatisfy({ 0x20..<0x7F ~= $0 }) { return text }
        var visible = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if scalar.value < 0x20 || scalar.value == 0x7F {
                visible.append(" ")
            } else {
                visible.append(isActive(scalar) ? "\u{FFFD}" : scalar)
            }
        }
        return String(visible)
    }

    /// Whether the character controls a terminal or a viewer of text instead of being printed: controls of C0 and C1,
    /// bidirectional controls (UAX #9), line separators, tags, and all other Unicode format characters, except the
    /// joiners that scripts and emoji need.
    static func isActive(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value < 0x7F { return scalar.value < 0x20 }
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: return true
        case .format: return scalar.value != 0x200C && scalar.value != 0x200D
        default: return false
        }
    }
}
