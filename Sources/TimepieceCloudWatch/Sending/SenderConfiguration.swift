/// The parameters of a sender.
package struct SenderConfiguration: Sendable {
    /// The present run of the machine.
    package var boot: String
    /// Whether the sender has a spool.
    package var hasSpool: Bool
    /// The most data of one request.
    package var batchCount = CloudWatchLimits.datumsPerRequest
    /// The most bytes of one request before compression.
    package var batchBytes = CloudWatchLimits.bytesPerRequest - 1024
    /// After how many failures in a row the circuit breaker opens: one small request at a time, until one succeeds.
    package var breakerThreshold = 5
    /// The most data of a request that probes whether the service is back.
    package var probeCount = 20
    /// The pause between requests with data from the spool, after an outage.
    package var backfillPause: Duration = .seconds(1)
    /// How often an empty spool is checked for data that other processes left.
    package var lookPause: Duration = .seconds(60)
    /// How long data from the spool are in use before their lease is extended.
    package var renewalAge: Duration = .seconds(60)
    /// How long an unusable spool is not tried again.
    package var storePause: Duration = .seconds(10)
    /// How long a spool that another process uses is not tried again.
    package var busyPause: Duration = .seconds(1)
    /// How long after the last deadline the thread continues to try to store its data, while no caller waits.
    package var lastPause: Duration = .seconds(30)
    /// The most data that are held in memory when they cannot be stored, unless the series of two intervals are more.
    package var memoryLimit = 2000
    /// The greatest age of data that the service accepts; two minutes less than its two weeks, for the transfer.
    package var largestAge: Duration = .seconds(14 * 86_400 - 120)
    /// Whether data are sent in the order of their time: data in memory wait behind those in the spool.
    ///
    /// So a receiver of cumulative values, which accepts none older than the last, accepts all after an outage.
    package var keepsOrder = false
    /// How far ahead a time stamp may be for the service.
    package var largestLead: Duration = .seconds(2 * 3600)
    /// How long after the end of an interval it is sent, as a share of the interval.
    ///
    /// Drawn once, so that the devices of a fleet do not all send at the full minute.
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
