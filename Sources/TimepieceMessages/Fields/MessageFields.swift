/// The name and the fields of a message, unchanged and in their order.
///
/// It keeps fields that this version does not know, so that a message that is stored and read again loses nothing.
/// Typed messages are read from it; ``init(_:)`` makes one from a `GstStructure`.
public struct MessageFields: Sendable, Equatable {
    /// The name of the structure, such as `timepiece-tick`.
    public let name: String
    /// The fields in the order of the structure.
    public let entries: [(name: String, value: FieldValue)]

    /// Makes fields out of entries.
    public init(name: String, entries: [(name: String, value: FieldValue)]) {
        self.name = name
        self.entries = entries
    }

    /// The value of a field, nil if there is none of that name.
    public subscript(field: String) -> FieldValue? {
        entries.first { $0.name == field }?.value
    }

    /// Whether name, fields, values and order are the same.
    public static func == (left: MessageFields, right: MessageFields) -> Bool {
        left.name == right.name
            && left.entries.elementsEqual(right.entries) { $0.name == $1.name && $0.value == $1.value }
    }
}

/// One value of a message's field, without GStreamer's types around it.
public enum FieldValue: Sendable, Equatable {
    /// An integer without sign; times and durations are in nanoseconds.
    case unsigned(UInt64)
    /// An integer with sign.
    case signed(Int64)
    /// A floating-point number.
    case real(Double)
    /// A boolean.
    case truth(Bool)
    /// A string, or a value of a type that no message has, as GStreamer prints it.
    case text(String)
    /// An array.
    case list([FieldValue])
    /// A structure.
    case fields(MessageFields)
    /// A string field that is not set.
    case none
}
