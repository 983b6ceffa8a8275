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
