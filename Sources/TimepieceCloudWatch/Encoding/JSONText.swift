/// A writer of JSON: bytes that are only appended to, for documents whose shape is known.
struct JSONText {
    private(set) var bytes: [UInt8] = []

    /// Writes text unchanged: punctuation, or JSON.
    mutating func raw(_ text: StaticString) {
        text.withUTF8Buffer { unsafe bytes.append(contentsOf: $0) }
    }

    /// Writes a whole number.
    mutating func number(_ value: some BinaryInteger) {
        bytes.append(contentsOf: String(value).utf8)
    }

    /// Writes nanoseconds as seconds, with all nine decimals that matter and no rounding.
    mutating func seconds(exactly nanoseconds: UInt64) {
        let (whole, fraction) = nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        number(whole)
        guard fraction > 0 else { return }
        var digits = String(fraction)
        digits = String(repeating: "0", count: max(0, 9 - digits.count)) + digits
        while digits.last == "0" { digits.removeLast() }
        bytes.append(UInt8(ascii: "."))
        bytes.append(contentsOf: digits.utf8)
    }

    /// Writes nanoseconds as seconds, in the fewest digits from which the same number can be read.
    mutating func seconds(_ nanoseconds: Double) {
        let value = nanoseconds / 1e9
        bytes.append(contentsOf: (value.isFinite ? value : 0).description.utf8)
    }

    /// Writes a string with its quotes.
    mutating func string(_ text: String) {
        let digits = Array("0123456789abcdef".utf8)
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(contentsOf: [UInt8(ascii: "\\"), byte])
            case 0..<0x20:
                bytes.append(contentsOf: Array("\\u00".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]])
            default:
                bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Writes the elements with commas in between.
    mutating func list<Elements: Sequence>(
        _ elements: Elements, _ write: (inout JSONText, Elements.Element) -> Void
    ) {
        var isFirst = true
        for element in elements {
            if !isFirst { raw(",") }
            isFirst = false
            write(&self, element)
        }
    }
}
