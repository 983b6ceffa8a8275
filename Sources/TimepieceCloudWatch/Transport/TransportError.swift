/// The reason why a request got no reply.
package struct TransportError: Error, Sendable, Equatable {
    /// What failed, as far as it matters to what is done next.
    package enum Kind: Sendable, Equatable {
        /// The request cannot be sent as it is: a malformed address, plain `http` to a distant host, a bad header.
        case invalidRequest
        /// The name of the host or of the proxy was not found.
        case resolve
        /// There is no answer, or the connection was refused.
        case couldNotConnect
        /// The peer could not be verified, or the certificate files could not be used.
        case tls
        /// The time was up.
        case timedOut
        /// The connection ended before the reply was whole.
        case brokenBeforeResponse
        /// What came was not HTTP.
        case garbledResponse
        /// The reply was longer than is read.
        case responseTooLarge
        /// libcurl could not work, for want of memory as an example.
        case local
    }

    /// What failed.
    package let kind: Kind
    /// Whether the service may have acted on the request: all of it had been handed to the connection.
    package let requestMayHaveBeenApplied: Bool
    /// A sentence for people, with the host but without path, header and body.
    package let sentence: String

    /// Makes an error.
    package init(_ kind: Kind, requestMayHaveBeenApplied: Bool = false, _ sentence: String) {
        self.kind = kind
        self.requestMayHaveBeenApplied = requestMayHaveBeenApplied
        self.sentence = sentence
    }
}

extension TransportError: CustomStringConvertible {
    /// The sentence.
    package var description: String { sentence }
}

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

extension Transport {
    /// Asks a service that lends keys, and reads its reply as JSON.
    ///
    /// What the service says in words is left out of errors: it may repeat a token.
    func document(
        _ request: HTTPRequest, of service: String, within limit: Duration
    ) throws(CredentialsError) -> JSONDocument {
        let reply = try reply(to: request, of: service, within: limit)
        guard reply.status == 200 else {
            throw CredentialsError(
                isTransient: true, "Status \(reply.status) came from \(service) instead of AWS keys.")
        }
        guard let document = JSONDocument(reply.body) else {
            throw CredentialsError(isTransient: true, "The reply of \(service) is not JSON.")
        }
        return document
    }

    /// Sends a request whose failure means that there are no keys for now.
    func reply(
        to request: HTTPRequest, of service: String, within limit: Duration
    ) throws(CredentialsError) -> HTTPResponse {
        do {
            return try send(request, connectTimeout: min(limit, .seconds(5)), timeout: limit)
        } catch {
            throw CredentialsError(isTransient: true, "There was no answer from \(service): \(error.sentence)")
        }
    }
}
