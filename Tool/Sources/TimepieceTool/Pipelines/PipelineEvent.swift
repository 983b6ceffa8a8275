import TimepieceMessages

/// An event while a pipeline runs.
enum PipelineEvent {
    case message(MessageFields)
    case warning(source: String, text: String)
    case failure(source: String, text: String)
    /// The number of buffers that an element dropped so far, by its quality-of-service messages.
    case drops(element: String, count: UInt64)
    /// How long ago the last buffer arrived at a timepiecetick, between its reports.
    case look(label: String, sinceLastBuffer: Duration)
    /// The stream at a timepiecetick has ended, while others may continue.
    case ended(label: String)
    /// The caps at a Timepiece element, when they become known or change.
    case caps(label: String, caps: String)
}
