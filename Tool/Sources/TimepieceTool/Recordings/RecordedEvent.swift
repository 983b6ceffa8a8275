import TimepieceMessages

/// One thing that happened while a pipeline ran.
struct RecordedEvent: Equatable, Sendable {
    enum Content: Equatable, Sendable {
        case message(MessageFields)
        case warning(source: String, text: String)
        case failure(source: String, text: String)
        case end(EndReason)
    }

    /// Since the pipeline was started.
    let at: Duration
    let content: Content

    var json: JSONValue {
        let at = JSONValue.Member("at", .unsigned(UInt64(clamping: Int64(at / .nanoseconds(1)))))
        func event(_ name: String, _ members: [JSONValue.Member]) -> JSONValue {
            .object([at, .init("event", .string(name))] + members)
        }
        switch content {
        case .message(let fields):
            guard case .object(let members) = fields.json else { return .null }
            return .object([at] + members)
        case .warning(let source, let text):
            return event("warning", [.init("source", .string(source)), .init("text", .string(text))])
        case .failure(let source, let text):
            return event("error", [.init("source", .string(source)), .init("text", .string(text))])
        case .end(let reason):
            return event("end", [.init("reason", .string(reason.rawValue))])
        }
    }

    /// Reads what ``json`` wrote; nil for an event of a kind that this version does not know.
    init?(_ json: JSONValue) {
        guard let nanoseconds = json["at"]?.unsigned else { return nil }
        at = .nanoseconds(Int64(clamping: nanoseconds))
        if let fields = MessageFields(json) {
            content = .message(fields)
            return
        }
        let source = json["source"]?.string ?? ""
        let text = json["text"]?.string ?? ""
        switch json["event"]?.string {
        case "warning": content = .warning(source: source, text: text)
        case "error": content = .failure(source: source, text: text)
        case "end": content = .end(json["reason"]?.string.flatMap(EndReason.init) ?? .stopped)
        default: return nil
        }
    }

    init(at: Duration, _ content: Content) {
        self.at = at
        self.content = content
    }
}

/// Why a run is over.
enum EndReason: String, Sendable {
    /// The stream ended.
    case endOfStream = "eos"
    /// The user, or the reader of the output, had enough.
    case stopped
    case failed
}
