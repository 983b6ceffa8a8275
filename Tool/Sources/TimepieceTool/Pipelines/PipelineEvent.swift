import TimepieceMessages

/// What a run tells while it lasts.
enum PipelineEvent {
    case message(MessageFields)
    case warning(source: String, text: String)
    case failure(source: String, text: String)
}
