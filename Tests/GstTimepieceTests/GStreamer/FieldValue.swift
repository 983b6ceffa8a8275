import CGStreamerCheck

/// The value of a field of a structure, or of a property.
enum FieldValue: Sendable, Equatable {
    case text(String?)
    case unsigned(UInt64)
    case signed(Int64)
    case real(Double)
    case flag(Bool)
    case array([FieldValue])
    case structure(Structure)
    /// Any other type, as GStreamer writes it.
    case other(String)

    init(_ value: UnsafePointer<GValue>) {
        switch unsafe String(cString: g_type_name(value.pointee.g_type)) {
        case "gchararray": self = .text(unsafe g_value_get_string(value).map { unsafe String(cString: $0) })
        case "guint64": self = .unsigned(UInt64(unsafe g_value_get_uint64(value)))
        case "guint": self = .unsigned(UInt64(unsafe g_value_get_uint(value)))
        case "gint64": self = .signed(Int64(unsafe g_value_get_int64(value)))
        case "gint": self = .signed(Int64(unsafe g_value_get_int(value)))
        case "gdouble": self = .real(unsafe g_value_get_double(value))
        case "gboolean": self = .flag(unsafe g_value_get_boolean(value) != 0)
        case "GstValueArray":
            self = .array(
                unsafe (0..<gst_value_array_get_size(value)).compactMap { index in
                    unsafe gst_value_array_get_value(value, index).map { unsafe FieldValue($0) }
                })
        case "GstStructure":
            if let structure = unsafe gst_value_get_structure(value) {
                self = .structure(unsafe Structure(structure))
            } else {
                self = .text(nil)
            }
        default:
            let text = unsafe gst_value_serialize(value)
            self = .other(unsafe text.map { unsafe String(cString: $0) } ?? "")
            unsafe g_free(text)
        }
    }
}
