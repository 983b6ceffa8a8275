/// Splits printed output into lines, without the colors and cursor movements of terminals.
struct PrintedLines {
    private var rest: [UInt8] = []
    /// Longer lines are cut: they do not fit on a screen.
    private static let longest = 500

    /// The lines that are now complete.
    mutating func take(_ bytes: [UInt8]) -> [String] {
        var lines: [String] = []
        for byte in bytes {
            if byte == UInt8(ascii: "\n") {
                let line = Self.text(rest)
                if !line.isEmpty { lines.append(line) }
                rest.removeAll()
            } else if rest.count < Self.longest {
                rest.append(byte)
            }
        }
        return lines
    }

    /// The line without escape sequences, which end with a letter, and without space around.
    private static func text(_ bytes: [UInt8]) -> String {
        var kept: [UInt8] = []
        var isEscape = false
        for byte in bytes {
            if byte == 0x1B {
                isEscape = true
            } else if isEscape {
                isEscape = !(0x40...0x7E ~= byte) || byte == UInt8(ascii: "[")
            } else if byte >= 0x20 || byte == 0x09 {
                kept.append(byte)
            }
        }
        let text = String(decoding: kept, as: UTF8.self)
        return String(text.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
