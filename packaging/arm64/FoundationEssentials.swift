// The names are those of Foundation, and documented there.
// swift-format-ignore-file: AllPublicDeclarationsHaveDocumentation
/// The parts of Foundation that swift-argument-parser needs, for builds without Foundation: Debian's Swift has only its
/// binary module, which no other compiler can read. It encodes nothing; only `--experimental-dump-help` would.
public protocol LocalizedError: Error {
    var errorDescription: String? { get }
}

extension LocalizedError {
    public var errorDescription: String? { nil }
}

public struct Data: Sendable {}

public final class JSONEncoder {
    public struct OutputFormatting: OptionSet, Sendable {
        public let rawValue: Int
        public init(rawValue: Int) { self.rawValue = rawValue }
        public static let prettyPrinted = OutputFormatting(rawValue: 1)
        public static let sortedKeys = OutputFormatting(rawValue: 2)
    }

    struct Unsupported: Error {}

    public var outputFormatting: OutputFormatting = []
    public init() {}
    public func encode<Value: Encodable>(_ value: Value) throws -> Data { throw Unsupported() }
}

extension String {
    public enum Encoding: Sendable { case utf8 }
    public init?(data: Data, encoding: Encoding) { nil }
}
