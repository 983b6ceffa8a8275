/// What the sender's thread is to do next.
package enum SenderStep: Sendable {
    /// Make data of intervals that are over.
    case condense([Minute])
    /// Put data in the spool.
    case store([Parcel])
    /// Remove data from the spool, and let go of others.
    case settle(removed: [Int64], released: [(row: Int64, isUncertain: Bool)])
    /// Take the newest data from the spool.
    case claim(count: Int)
    /// Prolong the lease of data from the spool.
    case renew([Int64])
    /// Send.
    case deliver(Shipment)
    /// Do nothing until then, or until something is published.
    case wait(until: BootInstant)
    /// End: everything is sent or in the spool.
    case finish
}
