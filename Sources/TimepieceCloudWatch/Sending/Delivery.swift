/// A way out for data: the service itself, a log that is forwarded to it, or a print of what would be sent.
package protocol Delivery: Sendable {
    /// Sends data and waits for the outcome, no longer than the shipment's time-out and a little.
    func deliver(_ shipment: Shipment) -> DeliveryReport
    /// Returns the most bytes that a datum takes in one request.
    func largestSize(of datum: Datum) -> Int
}
