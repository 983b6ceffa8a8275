/// The readers for typed messages: the value in its type, or an error that names the field.
extension MessageFields {
    private func value(_ field: String) throws(MessageError) -> FieldValue {
        guard let value = self[field] else { throw MessageError(message: name, field: field, problem: .missing) }
        return value
    }

    private func wrong(_ field: String, _ expected: String) -> MessageError {
        MessageError(message: name, field: field, problem: .wrongType(expected: expected))
    }

    func text(_ field: String) throws(MessageError) -> String {
        guard case .text(let text) = try value(field) else { throw wrong(field, "a string") }
        return text
    }

    func optionalText(_ field: String) throws(MessageError) -> String? {
        switch try value(field) {
        case .text(let text): text
        case .none: nil
        default: throw wrong(field, "a string")
        }
    }

    func count(_ field: String) throws(MessageError) -> UInt64 {
        switch try value(field) {
        case .unsigned(let count): return count
        case .signed(let count) where count >= 0: return UInt64(count)
        default: throw wrong(field, "an unsigned integer")
        }
    }

    /// A count that older recordings do not have.
    func laterCount(_ field: String) throws(MessageError) -> UInt64 {
        self[field] == nil ? 0 : try count(field)
    }

    func integer(_ field: String) throws(MessageError) -> Int64 {
        switch try value(field) {
        case .signed(let integer): return integer
        case .unsigned(let count) where count <= Int64.max: return Int64(count)
        default: throw wrong(field, "an integer")
        }
    }

    /// 1970 itself means none.
    func date(_ field: String) throws(MessageError) -> Duration? {
        let nanoseconds = try integer(field)
        return nanoseconds == 0 ? nil : .nanoseconds(nanoseconds)
    }

    /// The counts of the fields whose names have a prefix, by the rest of the name.
    func counts(after prefix: String) throws(MessageError) -> [String: UInt64] {
        var counts: [String: UInt64] = [:]
        for entry in entries where entry.name.hasPrefix(prefix) {
            counts[String(entry.name.dropFirst(prefix.count))] = try count(entry.name)
        }
        return counts
    }

    func real(_ field: String) throws(MessageError) -> Double {
        switch try value(field) {
        case .real(let real): return real
        case .unsigned(let count): return Double(count)
        case .signed(let count): return Double(count)
        default: throw wrong(field, "a number")
        }
    }

    func duration(_ field: String) throws(MessageError) -> Duration {
        .nanoseconds(Int64(clamping: try count(field)))
    }

    /// GStreamer's largest time means none.
    func time(_ field: String) throws(MessageError) -> Duration? {
        let nanoseconds = try count(field)
        return nanoseconds == .max ? nil : .nanoseconds(Int64(clamping: nanoseconds))
    }

    func list(_ field: String) throws(MessageError) -> [FieldValue] {
        guard case .list(let list) = try value(field) else { throw wrong(field, "an array") }
        return list
    }

    func structure(_ field: String) throws(MessageError) -> MessageFields {
        guard case .fields(let fields) = try value(field) else { throw wrong(field, "a structure") }
        return fields
    }

    /// The structures of an array, each read as its type.
    func structures<Item>(
        _ field: String, as read: (MessageFields) throws(MessageError) -> Item
    ) throws(MessageError) -> [Item] {
        var items: [Item] = []
        for item in try list(field) {
            guard case .fields(let fields) = item else { throw wrong(field, "an array of structures") }
            items.append(try read(fields))
        }
        return items
    }

    func texts(_ field: String) throws(MessageError) -> [String] {
        var texts: [String] = []
        for item in try list(field) {
            guard case .text(let text) = item else { throw wrong(field, "an array of strings") }
            texts.append(text)
        }
        return texts
    }

    func durations(_ field: String) throws(MessageError) -> [Duration] {
        var durations: [Duration] = []
        for item in try list(field) {
            switch item {
            case .unsigned(let nanoseconds): durations.append(.nanoseconds(Int64(clamping: nanoseconds)))
            case .signed(let nanoseconds) where nanoseconds >= 0: durations.append(.nanoseconds(nanoseconds))
            default: throw wrong(field, "an array of unsigned integers")
            }
        }
        return durations
    }
}
