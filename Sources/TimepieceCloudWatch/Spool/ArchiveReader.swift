/// A row of bytes being read, which may be damaged: every read can fail, none can trap.
struct ArchiveReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) {
        rest = bytes[...]
    }

    /// Reads a number; nil at the end, or if it has more than 64 bits.
    mutating func number() -> UInt64? {
        var result: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard let byte = rest.popFirst(), shift < 63 || byte < 2 else { return nil }
            result |= UInt64(byte & 127) << shift
            if byte < 128 { return result }
        }
        return nil
    }

    /// Reads a text; nil if it is not all there.
    mutating func text() -> String? {
        guard let count = number(), count <= UInt64(rest.count) else { return nil }
        let bytes = rest.prefix(Int(count))
        rest = rest.dropFirst(Int(count))
        return String(validating: bytes, as: UTF8.self)
    }
}
