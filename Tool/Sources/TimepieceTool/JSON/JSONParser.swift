/// Reads one JSON text, and nothing after it.
struct JSONParser {
    /// A text that is not JSON, with the position in bytes from 0.
    struct Failure: Error, Equatable {
        let offset: Int
    }

    /// Deeper than any recording; a limit so that no input can overflow the stack.
    private static let deepest = 200

    private let bytes: [UInt8]
    private var offset = 0

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    static func parse(_ bytes: some Sequence<UInt8>) throws(Failure) -> JSONValue {
        var parser = JSONParser(Array(bytes))
        let value = try parser.value(depth: 0)
        parser.skipSpace()
        guard parser.offset == parser.bytes.count else { throw Failure(offset: parser.offset) }
        return value
    }

    private var next: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    private mutating func skipSpace() {
        while offset < bytes.count {
            switch bytes[offset] {
            case 0x20, 0x09, 0x0A, 0x0D: offset += 1
            default: return
            }
        }
    }

    private mutating func accept(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        offset += 1
        return true
    }

    private mutating func accept(_ text: StaticString) -> Bool {
        let wanted = text.description.utf8
        guard bytes[offset...].starts(with: wanted) else { return false }
        offset += wanted.count
        return true
    }

    private mutating func value(depth: Int) throws(Failure) -> JSONValue {
        guard depth < Self.deepest else { throw Failure(offset: offset) }
        skipSpace()
        switch next {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t") where accept("true"): return .bool(true)
        case UInt8(ascii: "f") where accept("false"): return .bool(false)
        case UInt8(ascii: "n") where accept("null"): return .null
        default: return try number()
        }
    }

    private mutating func object(depth: Int) throws(Failure) -> JSONValue {
        offset += 1
        var members: [JSONValue.Member] = []
        skipSpace()
        if accept(UInt8(ascii: "}")) { return .object(members) }
        while true {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw Failure(offset: offset) }
            let name = try string()
            skipSpace()
            guard accept(UInt8(ascii: ":")) else { throw Failure(offset: offset) }
            members.append(JSONValue.Member(name, try value(depth: depth + 1)))
            skipSpace()
            if accept(UInt8(ascii: "}")) { return .object(members) }
            guard accept(UInt8(ascii: ",")) else { throw Failure(offset: offset) }
        }
    }

    private mutating func array(depth: Int) throws(Failure) -> JSONValue {
        offset += 1
        var items: [JSONValue] = []
        skipSpace()
        if accept(UInt8(ascii: "]")) { return .array(items) }
        while true {
            items.append(try value(depth: depth + 1))
            skipSpace()
            if accept(UInt8(ascii: "]")) { return .array(items) }
            guard accept(UInt8(ascii: ",")) else { throw Failure(offset: offset) }
        }
    }

    private mutating func number() throws(Failure) -> JSONValue {
        let start = offset
        // Most numbers are whole and fit.
        var whole: UInt64 = 0
        while let byte = next, 0x30...0x39 ~= byte, offset - start < 19 {
            whole = whole &* 10 &+ UInt64(byte &- 0x30)
            offset += 1
        }
        let isPart = next.map { 0x30...0x39 ~= $0 || "+-.eE".utf8.contains($0) } ?? false
        if offset > start, !isPart { return .unsigned(whole) }
        while let byte = next, 0x30...0x39 ~= byte || "+-.eE".utf8.contains(byte) { offset += 1 }
        let text = String(decoding: bytes[start..<offset], as: UTF8.self)
        if let number = UInt64(text) { return .unsigned(number) }
        if let number = Int64(text) { return .signed(number) }
        if let number = Double(text), number.isFinite { return .real(number) }
        throw Failure(offset: start)
    }

    private mutating func string() throws(Failure) -> String {
        offset += 1
        let start = offset
        while offset < bytes.count, bytes[offset] != UInt8(ascii: "\""), bytes[offset] != UInt8(ascii: "\\") {
            offset += 1
        }
        var units = bytes[start..<offset]
        while let byte = next {
            offset += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: units, as: UTF8.self)
            case UInt8(ascii: "\\"): units += Array(String(try escape()).utf8)
            default: units.append(byte)
            }
        }
        throw Failure(offset: offset)
    }

    private mutating func escape() throws(Failure) -> Unicode.Scalar {
        guard let byte = next else { throw Failure(offset: offset) }
        offset += 1
        switch byte {
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "u"):
            let first = try unit()
            if 0xD800..<0xDC00 ~= first, accept("\\u") {
                let second = try unit()
                guard 0xDC00..<0xE000 ~= second else { return "\u{FFFD}" }
                return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)) ?? "\u{FFFD}"
            }
            return Unicode.Scalar(first) ?? "\u{FFFD}"
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        default: throw Failure(offset: offset - 1)
        }
    }

    private mutating func unit() throws(Failure) -> UInt32 {
        // Four digits, not a sign and three.
        guard offset + 4 <= bytes.count, bytes[offset] != UInt8(ascii: "+"), bytes[offset] != UInt8(ascii: "-"),
            let unit = UInt32(String(decoding: bytes[offset..<offset + 4], as: UTF8.self), radix: 16)
        else { throw Failure(offset: offset) }
        offset += 4
        return unit
    }
}
