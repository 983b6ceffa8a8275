/// The status of publishing to CloudWatch, or to a receiver of OpenTelemetry's protocol; data since the element was
/// started.
public struct CloudWatchMessage: Sendable, Equatable {
    /// The label of the element that posted the message.
    public let label: String
    /// Data that the service accepted.
    public let sent: UInt64
    /// Requests that were tried again.
    public let retried: UInt64
    /// Data that were dropped.
    public let dropped: UInt64
    /// Data that wait in the spool.
    public let spooled: UInt64
    /// Requests that the service throttled; part of ``retried``.
    public let throttled: UInt64
    /// Data that were sent again because it is unknown whether the service accepted them; part of ``sent``.
    public let uncertain: UInt64
    /// Requests that were made.
    public let requests: UInt64
    /// When the oldest datum in the spool was gathered, since 1970; nil if there is none.
    public let oldest: Duration?
    /// When the service last accepted data, since 1970; nil if it never did.
    public let lastSuccess: Duration?
    /// How far the service's time is ahead of the machine's clock.
    public let skew: Duration
    /// The data that were dropped, by reason, such as `too-old`.
    public let droppedByReason: [String: UInt64]
    /// The last failure in words, nil if there was none.
    public let lastError: String?

    /// Reads the message.
    public init(_ fields: MessageFields) throws(MessageError) {
        label = try fields.text("label")
        sent = try fields.count("sent")
        retried = try fields.count("retried")
        dropped = try fields.count("dropped")
        spooled = try fields.count("spooled")
        throttled = try fields.count("throttled")
        uncertain = try fields.count("uncertain")
        requests = try fields.count("requests")
        oldest = try fields.date("oldest")
        lastSuccess = try fields.date("last-success")
        skew = .nanoseconds(try fields.integer("skew"))
        droppedByReason = try fields.counts(after: "dropped-")
        lastError = try fields.optionalText("last-error")
    }
}
