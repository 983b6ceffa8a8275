/// A stall is over.
public struct ResumeMessage: Sendable, Equatable {
    /// The label of the element that spoke.
    public let label: String
    /// How long the stall lasted.
    public let stalledFor: Duration
    /// What it was: `standstill` or `trickle`.
    public let reason: String

    /// Reads the message.
    public init(_ fields: MessageFields) throws(MessageError) {
        label = try fields.text("label")
        stalledFor = try fields.duration("stalled-for")
        reason = try fields.text("reason")
    }
}
