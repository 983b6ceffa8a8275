/// A datum with the time it is reported for, which is settled as late as possible: when it is sent.
package struct StampedDatum: Sendable, Equatable {
    package let datum: Datum
    /// The start of its interval, in seconds since 1970.
    package let timestamp: Int64

    package init(datum: Datum, timestamp: Int64) {
        self.datum = datum
        self.timestamp = timestamp
    }
}
