/// How publishing to CloudWatch fares; data since the element was started.
public struct CloudWatchMessage: Sendable, Equatable {
    /// The label of the element that spoke.
    public let label: String
    /// Data that the service took.
    public let sent: UInt64
    /// Requests that were tried again.
    public let retried: UInt64
    /// Data that were given up.
    public let dropped: UInt64
    /// Data that wait in the spool.
    public let spooled: UInt64
    /// The last failure in words, nil if there was none.
    public let lastError: String?

    /// Reads the message.
    public init(_ fields: MessageFields) throws(MessageError) {
        label = try fields.text("label")
        sent = try fields.count("sent")
        retried = try fields.count("retried")
        dropped = try fields.count("dropped")
        spooled = try fields.count("spooled")
        lastError = try fields.optionalText("last-error")
    }
}
