/// Numbers and texts being put in a row of bytes.
struct ArchiveWriter {
    private(set) var bytes: [UInt8] = []

    /// Writes a number, seven bits to a byte, the low ones first.
    mutating func write(_ number: UInt64) {
        var rest = number
        while rest > 127 {
            bytes.append(UInt8(rest & 127) | 128)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// Writes a text with its length before it.
    mutating func write(_ text: String) {
        write(UInt64(text.utf8.count))
        bytes.append(contentsOf: text.utf8)
    }
}
