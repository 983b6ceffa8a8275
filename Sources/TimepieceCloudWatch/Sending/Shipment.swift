package import Timepiece

/// What goes out in one request.
package struct Shipment: Sendable, Equatable {
    /// Tells this attempt from any other of the sender.
    package let number: UInt64
    package let namespace: String
    package let parcels: [Parcel]
    /// The data with the times they are reported for, by what is known of the right time now.
    package let data: [StampedDatum]
    /// The right time, as far as it is known.
    package let time: WallTime
    /// How long the attempt may take.
    package let timeout: Duration
}
