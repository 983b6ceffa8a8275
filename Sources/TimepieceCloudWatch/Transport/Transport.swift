/// The way of a request to a web service and of the reply back.
///
/// Any status is a reply, 500 too; an error is thrown only when there is none.
package protocol Transport: Sendable {
    /// Sends a request and waits for the whole reply.
    ///
    /// Blocks the calling thread, no longer than `timeout`. Redirects are not followed, and nothing is sent twice.
    func send(
        _ request: HTTPRequest, connectTimeout: Duration, timeout: Duration
    ) throws(TransportError) -> HTTPResponse
}
