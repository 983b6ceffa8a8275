/// The reason why a request got no reply.
package struct TransportError: Error, Sendable, Equatable {
    /// What failed, as far as it matters to what is done next.
    package enum Kind: Sendable, Equatable {
        /// The request cannot be sent as it is: a malformed address, plain `http` to a distant host, a bad header.
        case invalidRequest
        /// The name of the host or of the proxy was not found.
        case resolve
        /// Nobody answers there, or the connection was refused.
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
