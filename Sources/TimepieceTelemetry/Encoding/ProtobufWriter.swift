/// Writes messages of Protocol Buffers, field by field.
///
/// Every written field is in the message, including zeros; a field is left out by not writing it. The encoding is that
/// of https://protobuf.dev/programming-guides/encoding/.
package struct ProtobufWriter: Sendable {
    /// The message so far.
    package private(set) var bytes: [UInt8] = []

    package init() {}

    /// Writes a field of type uint64, uint32, bool (0 or 1) or enum.
    package mutating func write(_ field: Int, uint64 value: UInt64) {
        tag(field, .varint)
        varint(value)
    }

    /// Writes a field of type int64 or int32; a negative number takes ten bytes.
    package mutating func write(_ field: Int, int64 value: Int64) {
        write(field, uint64: UInt64(bitPattern: value))
    }

    /// Writes a field of type sint64 or sint32, in which small negative numbers are short.
    package mutating func write(_ field: Int, sint64 value: Int64) {
        tag(field, .varint)
        varint(Self.zigzag(value))
    }

    /// Writes a field of type bool.
    package mutating func write(_ field: Int, bool value: Bool) {
        write(field, uint64: value ? 1 : 0)
    }

    /// Writes a field of type fixed64.
    package mutating func write(_ field: Int, fixed64 value: UInt64) {
        tag(field, .fixed64)
        fixed64(value)
    }

    /// Writes a field of type sfixed64.
    package mutating func write(_ field: Int, sfixed64 value: Int64) {
        write(field, fixed64: UInt64(bitPattern: value))
    }

    /// Writes a field of type double.
    package mutating func write(_ field: Int, double value: Double) {
        write(field, fixed64: value.bitPattern)
    }

    /// Writes a field of type string.
    package mutating func write(_ field: Int, string value: String) {
        write(field, bytes: value.utf8)
    }

    /// Writes a field of type bytes, or an encoded message.
    package mutating func write(_ field: Int, bytes value: some Collection<UInt8>) {
        tag(field, .delimited)
        varint(UInt64(value.count))
        bytes.append(contentsOf: value)
    }

    /// Writes a message within this one.
    package mutating func write(_ field: Int, message body: (inout ProtobufWriter) -> Void) {
        tag(field, .delimited)
        delimited(body)
    }

    /// Writes a repeated field of type uint64 or uint32, packed; nothing where there are none.
    package mutating func write(_ field: Int, packedUInt64 values: some Collection<UInt64>) {
        pack(field, values) { $0.varint($1) }
    }

    /// Writes a repeated field of type sint64 or sint32, packed; nothing where there are none.
    package mutating func write(_ field: Int, packedSInt64 values: some Collection<Int64>) {
        pack(field, values) { $0.varint(Self.zigzag($1)) }
    }

    /// Writes a repeated field of type fixed64, packed; nothing where there are none.
    package mutating func write(_ field: Int, packedFixed64 values: some Collection<UInt64>) {
        pack(field, values) { $0.fixed64($1) }
    }

    /// Writes a repeated field of type double, packed; nothing where there are none.
    package mutating func write(_ field: Int, packedDouble values: some Collection<Double>) {
        pack(field, values) { $0.fixed64($1.bitPattern) }
    }

    /// Writes a message with its length before it, as in a stream of messages.
    package mutating func delimited(_ body: (inout ProtobufWriter) -> Void) {
        var inner = ProtobufWriter()
        body(&inner)
        varint(UInt64(inner.bytes.count))
        bytes.append(contentsOf: inner.bytes)
    }

    /// The types of values after a tag.
    private enum WireType: UInt64 {
        case varint = 0
        case fixed64 = 1
        case delimited = 2
    }

    private mutating func pack<Values: Collection>(
        _ field: Int, _ values: Values, _ append: (inout ProtobufWriter, Values.Element) -> Void
    ) {
        guard !values.isEmpty else { return }
        write(field) { inner in
            for value in values { append(&inner, value) }
        }
    }

    private mutating func tag(_ field: Int, _ type: WireType) {
        varint(UInt64(field) << 3 | type.rawValue)
    }

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    private mutating func fixed64(_ value: UInt64) {
        for shift in stride(from: 0, to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(shift))) }
    }

    private static func zigzag(_ value: Int64) -> UInt64 {
        UInt64(bitPattern: value << 1 ^ value >> 63)
    }
}
