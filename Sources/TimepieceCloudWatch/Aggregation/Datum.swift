package import Timepiece

/// What one series gathered in one interval, ready for any encoder: exact statistics, and a distribution in few values.
package struct Datum: Sendable, Equatable {
    /// A value in nanoseconds and how often it occurred.
    package struct Value: Sendable, Equatable {
        package var nanoseconds: Double
        package var count: UInt64

        package init(nanoseconds: Double, count: UInt64) {
            self.nanoseconds = nanoseconds
            self.count = count
        }
    }

    package let identity: MetricIdentity
    /// The run of the machine that `instant` counts from.
    package let boot: String
    /// When the last window in it was closed.
    package let instant: BootInstant
    /// What the machine's wall clock showed at `instant`; it may have been wrong.
    package let wall: WallTime

    package let count: UInt64
    package let sum: UInt64
    package let min: UInt64
    package let max: UInt64
    /// The distribution, ascending, at most `CloudWatchLimits.valuesPerDatum` values.
    package let values: [Value]

    package init(
        identity: MetricIdentity, boot: String, instant: BootInstant, wall: WallTime,
        count: UInt64, sum: UInt64, min: UInt64, max: UInt64, values: [Value]
    ) {
        self.identity = identity
        self.boot = boot
        self.instant = instant
        self.wall = wall
        self.count = count
        self.sum = sum
        self.min = min
        self.max = max
        self.values = values
    }

    /// Makes a datum of what was gathered: merges the buckets into few values, some 100 µs of work.
    package init(_ closedInterval: ClosedInterval) {
        let statistics = closedInterval.statistics
        self.init(
            identity: closedInterval.identity, boot: closedInterval.boot, instant: closedInterval.moment.boot,
            wall: closedInterval.moment.wall,
            count: statistics.count, sum: statistics.sumNanoseconds, min: statistics.minNanoseconds,
            max: statistics.maxNanoseconds,
            values: Distribution(statistics, limit: CloudWatchLimits.valuesPerDatum).values)
    }
}
