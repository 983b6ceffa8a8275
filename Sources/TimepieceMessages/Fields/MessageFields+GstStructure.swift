public import CGStreamer

extension MessageFields {
    /// Copies the fields of a structure, which may then be freed.
    ///
    /// A value of a type that no message has is kept as GStreamer would print it. Costs about a microsecond a field.
    public init?(_ structure: UnsafePointer<GstStructure>) {
        guard let name = unsafe gst_structure_get_name(structure) else { return nil }
        var entries: [(name: String, value: FieldValue)] = []
        for index in 0..<UInt32(clamping: unsafe gst_structure_n_fields(structure)) {
            guard let field = unsafe gst_structure_nth_field_name(structure, index),
                let value = unsafe gst_structure_get_value(structure, field)
            else { continue }
            unsafe entries.append((String(cString: field), FieldValue(value)))
        }
        self.init(name: unsafe String(cString: name), entries: entries)
    }
}

extension FieldValue {
    /// GLib's numbers of its basic types are fixed; their macros cannot be imported.
    private static let unsigned64 = unsafe g_type_from_name("guint64")
    private static let unsigned32 = unsafe g_type_from_name("guint")
    private static let signed64 = unsafe g_type_from_name("gint64")
    private static let signed32 = unsafe g_type_from_name("gint")
    private static let double = unsafe g_type_from_name("gdouble")
    private static let boolean = unsafe g_type_from_name("gboolean")
    private static let string = unsafe g_type_from_name("gchararray")

    init(_ value: UnsafePointer<GValue>) {
        let type = unsafe value.pointee.g_type
        switch type {
        case Self.unsigned64: self = .unsigned(UInt64(unsafe g_value_get_uint64(value)))
        case Self.unsigned32: self = .unsigned(UInt64(unsafe g_value_get_uint(value)))
        case Self.signed64: self = .signed(Int64(unsafe g_value_get_int64(value)))
        case Self.signed32: self = .signed(Int64(unsafe g_value_get_int(value)))
        case Self.double: self = .real(unsafe g_value_get_double(value))
        case Self.boolean: self = .truth(unsafe g_value_get_boolean(value) != 0)
        case Self.string: self = unsafe g_value_get_string(value).map { unsafe .text(String(cString: $0)) } ?? .none
        case gst_value_array_get_type():
            self = .list(
                unsafe (0..<gst_value_array_get_size(value)).compactMap { index in
                    unsafe gst_value_array_get_value(value, index).map { unsafe FieldValue($0) }
                })
        case gst_structure_get_type():
            let fields = unsafe gst_value_get_structure(value).flatMap { unsafe MessageFields($0) }
            self = fields.map { .fields($0) } ?? .none
        default:
            guard let text = unsafe gst_value_serialize(value) else {
                self = .none
                return
            }
            self = .text(unsafe String(cString: text))
            unsafe g_free(text)
        }
    }
}
