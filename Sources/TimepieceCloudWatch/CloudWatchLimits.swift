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
