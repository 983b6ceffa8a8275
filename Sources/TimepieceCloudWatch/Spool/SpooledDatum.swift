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
