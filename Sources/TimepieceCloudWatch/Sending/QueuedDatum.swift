/// A datum on its way out.
package struct QueuedDatum: Sendable, Equatable {
    package let datum: Datum
    /// Its number in the spool, if it lies there.
    package var row: Int64?
    /// True if the service may have it already.
    package var isUncertain = false

    package init(datum: Datum, row: Int64? = nil, isUncertain: Bool = false) {
        self.datum = datum
        self.row = row
        self.isUncertain = isUncertain
    }
}

/// A datum that is, or is to be, in the spool.
package struct SpooledDatum: Sendable, Equatable {
    package let datum: Datum
    /// True if it has been sent before and nobody knows whether the service took it.
    package let isUncertain: Bool
    /// Its number in the spool.
    package let row: Int64

    package init(datum: Datum, isUncertain: Bool, row: Int64) {
        self.datum = datum
        self.isUncertain = isUncertain
        self.row = row
    }
}
