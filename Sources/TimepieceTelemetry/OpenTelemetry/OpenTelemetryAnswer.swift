/// The response of a receiver: the message `ExportMetricsServiceResponse`.
package struct OpenTelemetryAnswer: Sendable, Equatable {
    /// The number of points that it did not accept, and never will.
    package private(set) var rejected: UInt64 = 0
    /// Its message about them, or its warning; empty for none.
    package private(set) var message = ""

    /// Reads a response; nil if the bytes are not such a message. An empty message means that all points were accepted.
    package init?(_ bytes: [UInt8]) {
        var fields = Fields(bytes[...])
        while let field = fields.next() {
            guard field.number == 1, case .bytes(let partial) = field.value else { continue }
            var inner = Fields(partial)
            while let field = inner.next() {
                switch (field.number, field.value) {
                case (1, .number(let count)): rejected = count > UInt64(Int64.max) ? 0 : count
                case (2, .bytes(let text)): message = String(decoding: text, as: UTF8.self)
                default: break
                }
            }
            guard inner.isAtEnd else { return nil }
        }
        guard fields.isAtEnd else { return nil }
    }

    package init(rejected: UInt64, message: String) {
        self.rejected = rejected
        self.message = message
    }

    /// Returns the text of the message `google.rpc.Status`, which describes an error; nil if there is none.
    package static func statusMessage(_ bytes: [UInt8]) -> String? {
        var fields = Fields(bytes[...])
        var found: String?
        while let field = fields.next() {
            if field.number == 2, case .bytes(let text) = field.value { found = String(decoding: text, as: UTF8.self) }
        }
        return fields.isAtEnd ? found : nil
    }

    /// The fields of a message from outside: every read can fail, and none can trap.
    private struct Fields {
        enum Value {
            case number(UInt64)
            case bytes(ArraySlice<UInt8>)
        }

        private var rest: ArraySlice<UInt8>
        /// False if the rest could not be read.
        private(set) var isAtEnd = false

        init(_ bytes: ArraySlice<UInt8>) {
            rest = bytes
        }

        mutating func next() -> (number: UInt64, value: Value)? {
            guard !rest.isEmpty else {
                isAtEnd = true
                return nil
            }
            guard let tag = varint(), tag >> 3 > 0 else { return nil }
            switch tag & 7 {
            case 0: return varint().map { (tag >> 3, .number($0)) }
            case 1: return take(8).map { (tag >> 3, .bytes($0)) }
            case 2: return varint().flatMap { take($0) }.map { (tag >> 3, .bytes($0)) }
            case 5: return take(4).map { (tag >> 3, .bytes($0)) }
            default: return nil
            }
        }

        private mutating func varint() -> UInt64? {
            var result: UInt64 = 0
            for shift in stride(from: UInt64(0), to: 64, by: 7) {
                guard let byte = rest.popFirst(), shift < 63 || byte < 2 else { return nil }
                result |= UInt64(byte & 127) << shift
                if byte < 128 { return result }
            }
            return nil
        }

        private mutating func take(_ count: UInt64) -> ArraySlice<UInt8>? {
            guard count <= UInt64(rest.count) else { return nil }
            defer { rest = rest.dropFirst(Int(count)) }
            return rest.prefix(Int(count))
        }
    }
}
