package import Timepiece
package import TimepieceTelemetry

/// The data of one series in one interval, ready for any encoder: exact statistics, and a distribution in few values.
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
    /// The time of the machine's wall clock at `instant`; it may have been wrong.
    package let wall: WallTime

    package let count: UInt64
    package let sum: UInt64
    package let min: UInt64
    package let max: UInt64
    /// The distribution, ascending, at most `CloudWatchLimits.valuesPerDatum` values.
    package let values: [Value]
    /// The same for OpenTelemetry's protocol, instead of `values` and of the statistics except the count.
    package let point: OpenTelemetryPoint?

    package init(
        identity: MetricIdentity, boot: String, instant: BootInstant, wall: WallTime,
        count: UInt64, sum: UInt64, min: UInt64, max: UInt64, values: [Value], point: OpenTelemetryPoint? = nil
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
        self.point = point
    }

    /// Makes a datum of a point that was taken at a moment of this boot.
    ///
    /// - Parameter samples: how many measured values it adds to those sent before.
    package init(_ point: OpenTelemetryPoint, of identity: MetricIdentity, samples: UInt64, at moment: Moment) {
        self.init(
            identity: identity, boot: BootIdentity.current, instant: moment.boot, wall: moment.wall, count: samples,
            sum: 0, min: 0, max: 0, values: [], point: point)
    }

    /// Makes a datum of the gathered data: merges the buckets into few values, some 100 µs of work.
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
