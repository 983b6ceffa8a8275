/// The numbers a sender works by.
package struct SenderConfiguration: Sendable {
    /// The present run of the machine.
    package var boot: String
    /// Whether there is a spool.
    package var hasSpool: Bool
    /// The most data of one request.
    package var batchCount = CloudWatchLimits.datumsPerRequest
    /// The most bytes of one request before compression.
    package var batchBytes = CloudWatchLimits.bytesPerRequest - 1024
    /// After how many failures in a row the circuit breaker opens: one small request at a time, until one succeeds.
    package var breakerThreshold = 5
    /// The most data of a request that probes whether the service is back.
    package var probeCount = 20
    /// The pause between requests that carry what the spool holds, after an outage.
    package var backfillPause: Duration = .seconds(1)
    /// How often an empty spool is looked at, for what other processes left.
    package var lookPause: Duration = .seconds(60)
    /// How long data from the spool are worked on before their lease is prolonged.
    package var renewalAge: Duration = .seconds(60)
    /// How long a spool that cannot be written is left alone.
    package var storePause: Duration = .seconds(10)
    /// The most data that are held in memory when they cannot be stored.
    package var memoryLimit = 2000
    /// The oldest data that the service takes; two minutes less than its two weeks, for the way.
    package var largestAge: Duration = .seconds(14 * 86_400 - 120)
    /// The furthest ahead that the service takes a time stamp.
    package var largestLead: Duration = .seconds(2 * 3600)
    /// How long after the end of an interval it is sent, as a share of the interval.
    ///
    /// Drawn once, so that devices of a fleet do not all come at the full minute.
    package var phase = 0.02
    /// The longest such pause.
    package var longestPhase: Duration = .seconds(5)
    /// How long a request may take.
    package var requestTimeout: Duration = .seconds(20)
    /// Returns the most bytes that a datum takes in one request.
    package var largestSize: @Sendable (Datum) -> Int
    /// Returns a random number from 0 up to 1.
    package var random: @Sendable () -> Double

    package init(
        boot: String, hasSpool: Bool, largestSize: @escaping @Sendable (Datum) -> Int,
        random: @escaping @Sendable () -> Double
    ) {
        self.boot = boot
        self.hasSpool = hasSpool
        self.largestSize = largestSize
        self.random = random
    }
}

/// The limits of PutMetricData, from AWS's API reference of the operation.
enum CloudWatchLimits {
    /// Datums in one request.
    static let datumsPerRequest = 1000
    /// Bytes of one request before compression.
    static let bytesPerRequest = 1_000_000
    /// Unique values in one datum.
    static let valuesPerDatum = 150
    /// Dimensions of one metric.
    static let dimensions = 30
    /// Characters of a namespace, of a metric's name and of a dimension's name.
    static let nameLength = 255
    /// Characters of a dimension's value.
    static let valueLength = 1024
}
