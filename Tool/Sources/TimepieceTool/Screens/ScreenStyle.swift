import CTerminal
import Glibc

/// The capabilities of the terminal.
struct ScreenStyle: Equatable, Sendable {
    enum Color: String {
        case red = "31"
        case green = "32"
        case yellow = "33"
        case cyan = "36"
        case dim = "2"
        case bold = "1"
        case reverse = "7"
    }

    let hasColor: Bool
    let hasUnicode: Bool

    /// The settings of the environment: NO_COLOR, TERM and the locale.
    static func current(isTerminal: Bool) -> ScreenStyle {
        let isOff = unsafe getenv("NO_COLOR").map { unsafe $0.pointee != 0 } ?? false
        return ScreenStyle(hasColor: isTerminal && !isOff && !isDumb, hasUnicode: terminal_is_utf8())
    }

    /// Whether the terminal can only print lines.
    static var isDumb: Bool { unsafe getenv("TERM").map { unsafe String(cString: $0) == "dumb" } ?? true }

    func paint(_ text: String, _ color: Color?) -> String {
        guard hasColor, let color else { return text }
        return "\u{1B}[\(color.rawValue)m\(text)\u{1B}[0m"
    }

    /// How many columns the text takes: some characters take two, such as those of Chinese, and marks none.
    static func width(of text: some StringProtocol) -> Int {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.utf8.count }
        return text.unicodeScalars.reduce(0) { $0 + Int(terminal_columns($1.value)) }
    }

    /// The text in characters that the terminal can show, without control characters.
    func plain(_ text: String) -> String {
        let safe = TerminalText.visible(text)
        if hasUnicode { return safe }
        return safe.map { character in
            switch character {
            case "µ": "u"
            case "·", "│", "└", "├": character == "·" ? "-" : "|"
            case "…": "~"
            case "─": "-"
            default: character.isASCII ? String(character) : "?"
            }
        }.joined()
    }
}
