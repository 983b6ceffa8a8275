/// A stream is stalled or trickles, or a buffer in flight is overdue; it is posted again with each report while that
/// lasts.
public struct StallMessage: Sendable, Equatable {
    /// The label of the element that spoke.
    public let label: String
    /// How long it has lasted.
    public let sinceLastBuffer: Duration
    /// The running time of the last buffer.
    public let lastRunningTime: Duration?
    /// `standstill`, `trickle` for less than `min-rate`, or `in-flight` at a stop.
    public let reason: String

    /// Reads the message.
    public init(_ fields: MessageFields) throws(MessageError) {
        label = try fields.text("label")
        sinceLastBuffer = try fields.duration("since-last-buffer")
        lastRunningTime = try fields.time("last-running-time")
        reason = try fields.text("reason")
    }
}

/// A stall is over.
public struct ResumeMessage: Sendable, Equatable {
    /// The label of the element that spoke.
    public let label: String
    /// How long the stall lasted.
    public let stalledFor: Duration
    /// Its reason: `standstill`, `trickle` or `in-flight`.
    public let reason: String

    /// Reads the message.
    public init(_ fields: MessageFields) throws(MessageError) {
        label = try fields.text("label")
        stalledFor = try fields.duration("stalled-for")
        reason = try fields.text("reason")
    }
}
