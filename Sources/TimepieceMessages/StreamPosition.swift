/// Where the last buffer of a window stands in the stream; nil is unknown.
public struct StreamPosition: Sendable, Equatable {
    /// Its own time stamp.
    public let timestamp: Duration?
    /// The same in stream time.
    public let streamTime: Duration?
    /// The same in running time.
    public let runningTime: Duration?

    init(_ fields: MessageFields) throws(MessageError) {
        timestamp = try fields.time("timestamp")
        streamTime = try fields.time("stream-time")
        runningTime = try fields.time("running-time")
    }
}
