import Testing

@testable import TimepieceTelemetry

/// The bytes are those of the examples on https://protobuf.dev/programming-guides/encoding/, or were made by protoc.
@Suite("The protobuf writer")
struct ProtobufWriterTests {
    private func bytes(_ body: (inout ProtobufWriter) -> Void) -> [UInt8] {
        var writer = ProtobufWriter()
        body(&writer)
        return writer.bytes
    }

    @Test func `writes a number as a varint`() {
        #expect(bytes { $0.write(1, uint64: 150) } == [0x08, 0x96, 0x01])
        #expect(bytes { $0.write(1, uint64: 0) } == [0x08, 0x00])
        #expect(bytes { $0.write(1, uint64: 127) } == [0x08, 0x7f])
        #expect(bytes { $0.write(1, uint64: .max) } == [0x08] + Array(repeating: 0xff, count: 9) + [0x01])
        #expect(bytes { $0.write(16, bool: true) } == [0x80, 0x01, 0x01])
    }

    @Test func `writes a negative number in ten bytes or zigzag`() {
        #expect(
            bytes { $0.write(1, int64: -2) } == [0x08, 0xfe] + Array(repeating: 0xff, count: 8) + [0x01])
        #expect(bytes { $0.write(1, sint64: -1) } == [0x08, 0x01])
        #expect(bytes { $0.write(1, sint64: 1) } == [0x08, 0x02])
        #expect(bytes { $0.write(1, sint64: 0) } == [0x08, 0x00])
        #expect(bytes { $0.write(1, sint64: 0x7fff_ffff) } == [0x08, 0xfe, 0xff, 0xff, 0xff, 0x0f])
        #expect(bytes { $0.write(1, sint64: .min) } == [0x08] + Array(repeating: 0xff, count: 9) + [0x01])
    }

    @Test func `writes fixed numbers with the lowest byte first`() {
        #expect(
            bytes { $0.write(3, fixed64: 0x0102_0304_0506_0708) }
                == [0x19, 0x08, 0x07, 0x06, 0x05, 0x04, 0x03, 0x02, 0x01])
        #expect(bytes { $0.write(3, double: 1.5) } == [0x19, 0, 0, 0, 0, 0, 0, 0xf8, 0x3f])
        #expect(bytes { $0.write(3, sfixed64: -1) } == [0x19] + Array(repeating: 0xff, count: 8))
    }

    @Test func `writes texts and messages with their length`() {
        #expect(bytes { $0.write(2, string: "testing") } == [0x12, 0x07] + Array("testing".utf8))
        #expect(bytes { $0.write(2, string: "ü") } == [0x12, 0x02, 0xc3, 0xbc])
        #expect(bytes { $0.write(3) { $0.write(1, uint64: 150) } } == [0x1a, 0x03, 0x08, 0x96, 0x01])
        #expect(bytes { $0.write(3) { _ in } } == [0x1a, 0x00])
        let long = bytes { $0.write(1) { $0.write(1, bytes: [UInt8](repeating: 7, count: 200)) } }
        #expect(Array(long.prefix(6)) == [0x0a, 0xcb, 0x01, 0x0a, 0xc8, 0x01])
        #expect(bytes { $0.delimited { $0.write(1, uint64: 150) } } == [0x03, 0x08, 0x96, 0x01])
    }

    @Test func `packs repeated numbers, and leaves out none`() {
        #expect(
            bytes { $0.write(6, packedUInt64: [3, 270, 86942]) } == [0x32, 0x06, 0x03, 0x8e, 0x02, 0x9e, 0xa7, 0x05])
        #expect(bytes { $0.write(6, packedSInt64: [1, -1]) } == [0x32, 0x02, 0x02, 0x01])
        #expect(bytes { $0.write(6, packedFixed64: [1]) } == [0x32, 0x08, 1, 0, 0, 0, 0, 0, 0, 0])
        #expect(bytes { $0.write(6, packedDouble: [1.5]) } == [0x32, 0x08, 0, 0, 0, 0, 0, 0, 0xf8, 0x3f])
        #expect(bytes { $0.write(6, packedUInt64: []) } == [])
    }
}
