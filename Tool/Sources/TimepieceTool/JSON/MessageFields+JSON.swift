import TimepieceMessages

/// Messages as JSON, without loss, including fields of newer elements.
extension MessageFields {
    var json: JSONValue {
        .object([
            .init("message", .string(name)),
            .init("fields", .object(entries.map { .init($0.name, $0.value.json) })),
        ])
    }

    /// The fields of a message that was written by ``json``; nil if it was not.
    init?(_ json: JSONValue) {
        guard let name = json["message"]?.string, case .object(let members) = json["fields"] else { return nil }
        self.init(name: name, entries: members.map { ($0.name, FieldValue($0.value)) })
    }
}

extension FieldValue {
    var json: JSONValue {
        switch self {
        case .unsigned(let number): .unsigned(number)
        case .signed(let number): .signed(number)
        case .real(let number): .real(number)
        case .truth(let truth): .bool(truth)
        case .text(let text): .string(text)
        case .list(let items): .array(items.map(\.json))
        case .fields(let fields): fields.json
        case .none: .null
        }
    }

    init(_ json: JSONValue) {
        switch json {
        case .null: self = .none
        case .bool(let truth): self = .truth(truth)
        case .unsigned(let number): self = .unsigned(number)
        case .signed(let number): self = .signed(number)
        case .real(let number): self = .real(number)
        case .string(let text): self = .text(text)
        case .array(let items): self = .list(items.map { FieldValue($0) })
        case .object: self = MessageFields(json).map { .fields($0) } ?? .none
        }
    }
}
