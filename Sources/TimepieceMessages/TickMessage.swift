/// What `timepiecetick` says of one window.
public struct TickMessage: Sendable, Equatable {
    /// The label of the element that spoke.
    public let label: String
    /// Where the last buffer stands in the stream.
    public let position: StreamPosition
    /// How long the window was open, pauses not counted.
    public let duration: Duration
    /// The buffers that passed in the window.
    public let bufferCount: UInt64
    /// Their bytes.
    public let byteCount: UInt64
    /// The intervals that ended in the window.
    public let intervals: IntervalSummary
    /// Ticks per second, without the fence-post error: the number of intervals by their sum.
    public let averageRate: Double
    /// The framerate of the caps, 0 if unknown.
    public let nominalRate: Double
    /// Bits per second.
    public let bitrate: Double
    /// How long ago the last buffer came, pauses not counted.
    public let sinceLastBuffer: Duration
    /// Buffers flagged as a discontinuity.
    public let discontinuityCount: UInt64
    /// Buffers since the element was started.
    public let totalBufferCount: UInt64
    /// Their bytes.
    public let totalByteCount: UInt64
    /// The last `max-intervals` of the window, oldest first.
    public let recentIntervals: [Duration]

    /// Reads the message.
    public init(_ fields: MessageFields) throws(MessageError) {
        label = try fields.text("label")
        position = try StreamPosition(fields)
        duration = try fields.duration("duration")
        bufferCount = try fields.count("num-buffers")
        byteCount = try fields.count("num-bytes")
        intervals = try IntervalSummary(fields)
        averageRate = try fields.real("average-rate")
        nominalRate = try fields.real("nominal-rate")
        bitrate = try fields.real("bitrate")
        sinceLastBuffer = try fields.duration("since-last-buffer")
        discontinuityCount = try fields.count("num-disconts")
        totalBufferCount = try fields.count("total-buffers")
        totalByteCount = try fields.count("total-bytes")
        recentIntervals = try fields.durations("intervals")
    }
}
