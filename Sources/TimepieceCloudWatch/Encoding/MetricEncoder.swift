/// How a service wants figures to be written: the seam at which another protocol, OTLP as an example, is put in.
package protocol MetricEncoder: Sendable {
    /// The path that requests are posted to.
    var path: String { get }
    /// The header fields that say what the body is.
    var headers: [HTTPHeader] { get }
    /// The content type of a reply that is not an error.
    var replyType: String { get }

    /// Writes data of one namespace, uncompressed.
    func body(_ data: [StampedDatum], namespace: String) -> [UInt8]
    /// Returns the most bytes that a datum takes in the body.
    func largestSize(of datum: Datum) -> Int
    /// Returns whether a reply with status 200 and the right type says that all was taken.
    func isAcknowledgment(_ body: [UInt8]) -> Bool
}
