import TimepieceMessages

/// What a run tells while it lasts.
enum PipelineEvent {
    case message(MessageFields)
    case warning(source: String, text: String)
    case failure(source: String, text: String)
    /// What an element dropped so far, by its quality-of-service messages.
    case drops(element: String, count: UInt64)
    /// The caps at a Timepiece element, when they are known or change.
    case caps(label: String, caps: String)
}
