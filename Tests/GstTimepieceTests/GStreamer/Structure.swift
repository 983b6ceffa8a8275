import CGStreamerCheck

/// A GstStructure as a plain value: its name and its fields in order.
struct Structure: Sendable, Equatable {
    struct Field: Sendable, Equatable {
        let name: String
        /// The name of the GType.
        let type: String
        let value: FieldValue
    }

    let name: String
    let fields: [Field]

    init(_ structure: UnsafePointer<GstStructure>) {
        name = unsafe String(cString: gst_structure_get_name(structure))
        fields = unsafe (0..<gst_structure_n_fields(structure)).compactMap { index in
            guard let name = unsafe gst_structure_nth_field_name(structure, UInt32(index)),
                let value = unsafe gst_structure_get_value(structure, name)
            else { return nil }
            return Field(
                name: unsafe String(cString: name),
                type: unsafe String(cString: g_type_name(value.pointee.g_type)),
                value: unsafe FieldValue(value))
        }
    }

    subscript(_ field: String) -> FieldValue? {
        fields.first { $0.name == field }?.value
    }

    /// A guint or guint64; nil if there is no such field or it holds something else.
    func unsigned(_ field: String) -> UInt64? {
        guard case .unsigned(let number) = self[field] else { return nil }
        return number
    }

    /// A gint or gint64.
    func signed(_ field: String) -> Int64? {
        guard case .signed(let number) = self[field] else { return nil }
        return number
    }

    func real(_ field: String) -> Double? {
        guard case .real(let number) = self[field] else { return nil }
        return number
    }

    func text(_ field: String) -> String? {
        guard case .text(let text) = self[field] else { return nil }
        return text
    }

    /// The unsigned members of an array.
    func unsignedArray(_ field: String) -> [UInt64]? {
        guard case .array(let values) = self[field] else { return nil }
        return values.compactMap { value in
            guard case .unsigned(let number) = value else { return nil }
            return number
        }
    }
}
