/// Text from outside, made fit for a terminal: the one place through which all of it goes.
///
/// Labels, element names, file names, errors and lines of recordings may hold control characters that move the cursor,
/// set the clipboard or turn the direction of writing. What is left after ``visible(_:)`` only prints.
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

    /// Whether a terminal, or a viewer of text, would act on the character instead of printing it: controls of C0 and
    /// C1, those of direction (UAX #9), line separators, tags, and all else that Unicode calls a format character, but
    /// the joiners that scripts and emoji need.
    static func isActive(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.value < 0x7F { return scalar.value < 0x20 }
        switch scalar.properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: return true
        case .format: return scalar.value != 0x200C && scalar.value != 0x200D
        default: return false
        }
    }
}
