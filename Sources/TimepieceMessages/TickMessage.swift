/// The report of `timepiecetick` about one window.
public struct TickMessage: Sendable, Equatable {
    /// The label of the element that posted the message.
    public let label: String
    /// The position of the last buffer in the stream.
    public let position: StreamPosition
    /// How long the window was open, pauses not counted.
    public let duration: Duration
    /// The buffers that passed in the window.
    public let bufferCount: UInt64
    /// Their bytes.
    public let byteCount: UInt64
    /// The intervals that ended in the window.
    public let intervals: IntervalSummary
    /// Ticks per second, without the fence-post error: the number of intervals over their sum.
    public let averageRate: Double
    /// The framerate of the caps, 0 if unknown.
    public let nominalRate: Double
    /// Bits per second, of the same buffers and time as ``averageRate``.
    public let bitrate: Double
    /// How long ago the last buffer arrived, pauses not counted.
    public let sinceLastBuffer: Duration
    /// Buffers flagged as a discontinuity.
    public let discontinuityCount: UInt64
    /// Buffers since the element was started.
    public let totalBufferCount: UInt64
    /// Their bytes.
    public let totalByteCount: UInt64
    /// GAP events, which announce that no data follow for a while; this and the next four are 0 in older recordings.
    public let gapCount: UInt64
    /// The buffers that are headers, which do not end an interval.
    public let headerCount: UInt64
    /// Intervals that a viewer sees as a freeze, as WebRTC's statistics define it.
    public let freezeCount: UInt64
    /// How long the freezes were together.
    public let freezeDuration: Duration
    /// Jumps of the time stamps, which are detected while an alarm uses running time.
    public let jumpCount: UInt64
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
        gapCount = try fields.laterCount("num-gaps")
        headerCount = try fields.laterCount("num-headers")
        freezeCount = try fields.laterCount("num-freezes")
        freezeDuration = .nanoseconds(Int64(clamping: try fields.laterCount("freeze-duration")))
        jumpCount = try fields.laterCount("num-jumps")
        recentIntervals = try fields.durations("intervals")
    }
}

/// The statistics of a window's intervals, which are between buffers for a tick and laps for a watch.
///
/// All are 0 if there was no interval. Percentiles are exact for up to 1,000 intervals, and at most 0.55 % off above
/// that.
public struct IntervalSummary: Sendable, Equatable {
    /// How many there were.
    public let count: UInt64
    /// The shortest.
    public let min: Duration
    /// The longest.
    public let max: Duration
    /// The arithmetic mean.
    public let mean: Duration
    /// All together.
    public let sum: Duration
    /// The standard deviation of all of them.
    public let standardDeviation: Duration
    /// The median.
    public let p50: Duration
    /// 90 % of them are not longer.
    public let p90: Duration
    /// 99 % of them are not longer.
    public let p99: Duration

    init(_ fields: MessageFields) throws(MessageError) {
        count = try fields.count("num-intervals")
        min = try fields.duration("min-interval")
        max = try fields.duration("max-interval")
        mean = try fields.duration("avg-interval")
        sum = try fields.duration("sum-interval")
        standardDeviation = try fields.duration("stddev-interval")
        p50 = try fields.duration("p50-interval")
        p90 = try fields.duration("p90-interval")
        p99 = try fields.duration("p99-interval")
    }
}

/// The position of the last buffer of a window in the stream; nil is unknown.
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
