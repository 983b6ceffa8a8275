/// A datum to be sent: in memory, in the spool or in a request.
package struct QueuedDatum: Sendable, Equatable {
    package let datum: Datum
    /// Its number in the spool, if it is stored there.
    package var row: Int64?
    /// True if the service may have it already.
    package var isUncertain = false
    /// The start of its interval in seconds since 1970, settled as late as possible: when it is sent.
    package var timestamp: Int64
    /// By how much the machine's clock was behind when it was gathered, in whole seconds, so that smaller differences
    /// result in the same time whenever it is sent; settled with the time stamp.
    package var correction: Duration = .zero

    package init(datum: Datum, row: Int64? = nil, isUncertain: Bool = false, timestamp: Int64 = 0) {
        self.datum = datum
        self.row = row
        self.isUncertain = isUncertain
        self.timestamp = timestamp
    }
}
