/// A JSON value that keeps integers exact and members in their order.
enum JSONValue: Equatable, Sendable {
    case null
    case bool(Bool)
    case unsigned(UInt64)
    case signed(Int64)
    case real(Double)
    case string(String)
    case array([JSONValue])
    case object([Member])

    struct Member: Equatable, Sendable {
        let name: String
        let value: JSONValue

        init(_ name: String, _ value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name == name }?.value
    }

    var string: String? {
        if case .string(let string) = self { string } else { nil }
    }

    var real: Double? {
        switch self {
        case .real(let number): number
        case .unsigned(let number): Double(number)
        case .signed(let number): Double(number)
        default: nil
        }
    }

    var items: [JSONValue] {
        if case .array(let items) = self { items } else { [] }
    }

    var unsigned: UInt64? {
        switch self {
        case .unsigned(let number): number
        case .signed(let number): UInt64(exactly: number)
        default: nil
        }
    }

    /// The text on one line; not-a-number and infinity, which JSON lacks, become null.
    var text: String {
        var text = ""
        write(to: &text)
        return text
    }

    private func write(to text: inout String) {
        switch self {
        case .null: text += "null"
        case .bool(let bool): text += bool ? "true" : "false"
        case .unsigned(let number): text += "\(number)"
        case .signed(let number): text += "\(number)"
        case .real(let number): text += number.isFinite ? "\(number)" : "null"
        case .string(let string): Self.write(string, to: &text)
        case .array(let items):
            text += "["
            for (index, item) in items.enumerated() {
                if index > 0 { text += "," }
                item.write(to: &text)
            }
            text += "]"
        case .object(let members):
            text += "{"
            for (index, member) in members.enumerated() {
                if index > 0 { text += "," }
                Self.write(member.name, to: &text)
                text += ":"
                member.value.write(to: &text)
            }
            text += "}"
        }
    }

    private static func write(_ string: String, to text: inout String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\t": text += "\\t"
            case "\r": text += "\\r"
            case let scalar where TerminalText.isActive(scalar):
                // As UTF-16 units, so that it does not control a terminal that shows the document.
                for unit in String(scalar).utf16 {
                    let digits = String(unit, radix: 16)
                    text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                }
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
