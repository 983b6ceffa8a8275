/// A datum on its way out.
package struct Parcel: Sendable, Equatable {
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
