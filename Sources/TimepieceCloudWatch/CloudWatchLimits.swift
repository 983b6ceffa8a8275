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
}
