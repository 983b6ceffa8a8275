/// The statistics of a window's intervals, which are between buffers for a tick and laps for a watch.
///
/// All are 0 if there was no interval. Percentiles are at most 0.55 % off, the others exact.
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
