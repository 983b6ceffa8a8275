/// The reason why a request got no reply.
package struct TransportError: Error, Sendable, Equatable {
    /// The kind of the failure, as far as it determines the next step.
    package enum Kind: Sendable, Equatable {
        /// The request cannot be sent as it is: a malformed address, plain `http` to a distant host, a bad header.
        case invalidRequest
        /// The name of the host or of the proxy was not found.
        case resolve
        /// There is no response, or the connection was refused.
        case couldNotConnect
        /// The peer could not be verified, or the certificate files could not be used.
        case tls
        /// The time was up.
        case timedOut
        /// The connection ended before the reply was complete.
        case brokenBeforeResponse
        /// The reply was not HTTP.
        case garbledResponse
        /// The reply was longer than the limit.
        case responseTooLarge
        /// libcurl failed, for example for lack of memory.
        case local
    }

    /// What failed.
    package let kind: Kind
    /// Whether the service may have acted on the request: all of it had been passed to the connection.
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

/// Sends a request to a web service, and returns the reply.
///
/// Any status is a reply, including 500; an error is thrown only if there is none.
package protocol Transport: Sendable {
    /// Sends a request and waits for the complete reply.
    ///
    /// Blocks the calling thread, no longer than `timeout`. Redirects are not followed, and nothing is sent twice.
    func send(
        _ request: HTTPRequest, connectTimeout: Duration, timeout: Duration
    ) throws(TransportError) -> HTTPResponse
}

extension Transport {
    /// Queries a service that issues keys, and reads its reply as JSON.
    ///
    /// The service's message is left out of errors, because it may repeat a token.
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
