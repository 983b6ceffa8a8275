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
