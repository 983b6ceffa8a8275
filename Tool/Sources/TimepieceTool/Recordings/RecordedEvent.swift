import TimepieceMessages

/// An event of a run.
struct RecordedEvent: Equatable, Sendable {
    enum Content: Equatable, Sendable {
        case message(MessageFields)
        case warning(source: String, text: String)
        case failure(source: String, text: String)
        /// The number of buffers that a sink, or another element that sheds load, dropped so far, by its
        /// quality-of-service messages.
        case drops(element: String, count: UInt64)
        /// The stream at a timepiecetick has ended, while others may continue.
        case ended(label: String)
        /// The caps at a Timepiece element, when they become known or change.
        case caps(label: String, caps: String)
        case end(EndReason)
    }

    /// Since the pipeline was started.
    let at: Duration
    let content: Content

    var json: JSONValue {
        let at = JSONValue.Member("at", .unsigned(at.nanoseconds))
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
        case .drops(let element, let count):
            return event("drops", [.init("element", .string(element)), .init("count", .unsigned(count))])
        case .ended(let label): return event("ended", [.init("label", .string(label))])
        case .caps(let label, let caps):
            return event("caps", [.init("label", .string(label)), .init("caps", .string(caps))])
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
        case "drops": content = .drops(element: json["element"]?.string ?? "", count: json["count"]?.unsigned ?? 0)
        case "ended": content = .ended(label: json["label"]?.string ?? "")
        case "caps": content = .caps(label: json["label"]?.string ?? "", caps: json["caps"]?.string ?? "")
        case "end": content = .end(json["reason"]?.string.flatMap(EndReason.init) ?? .stopped)
        default: return nil
        }
    }

    init(at: Duration, _ content: Content) {
        self.at = at
        self.content = content
    }
}

/// Why a run has ended.
enum EndReason: String, Sendable {
    /// The stream ended.
    case endOfStream = "eos"
    /// The user, or the reader of the output, stopped it.
    case stopped
    case failed
}

extension RecordedEvent.Content {
    /// nil for an event that is not recorded.
    init?(_ event: PipelineEvent) {
        switch event {
        case .message(let fields): self = .message(fields)
        case .warning(let source, let text): self = .warning(source: source, text: text)
        case .failure(let source, let text): self = .failure(source: source, text: text)
        case .drops(let element, let count): self = .drops(element: element, count: count)
        case .caps(let label, let caps): self = .caps(label: label, caps: caps)
        case .ended(let label): self = .ended(label: label)
        case .look: return nil
        }
    }
}
