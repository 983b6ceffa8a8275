import Timepiece

/// Keys of the container's host: ECS, EKS Pod Identity, Greengrass token exchange.
struct ContainerSource: CredentialsSource {
    let environment: Environment
    let transport: any Transport

    var name: String { "the container" }

    /// The hosts other than loopback that may be queried without TLS: addresses that no router forwards.
    private static let plainHosts: Set<String> = ["169.254.170.2", "169.254.170.23", "fd00:ec2::23"]

    func load(at now: WallTime) throws(CredentialsError) -> Credentials? {
        let origin: String
        let address: String
        if let relative = environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] {
            origin = "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
            address = "http://169.254.170.2\(relative)"
            guard relative.hasPrefix("/") else {
                throw CredentialsError("\(origin) does not start with a slash, as /v2/credentials/name does.")
            }
        } else if let full = environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] {
            origin = "AWS_CONTAINER_CREDENTIALS_FULL_URI"
            address = full
        } else {
            return nil
        }
        guard let parts = URLParts(address) else {
            throw CredentialsError("\(origin) is not an http or https address.")
        }
        guard parts.scheme == "https" || parts.isLoopback || Self.plainHosts.contains(parts.host) else {
            throw CredentialsError(
                "\(origin) is plain http to \(parts.authority); it may be https, loopback, 169.254.170.2, "
                    + "169.254.170.23 or [fd00:ec2::23].")
        }
        var request = HTTPRequest(
            method: "GET", url: address, headers: [HTTPHeader("Accept", "application/json")],
            bypassesProxy: parts.scheme == "http", allowsPlainHTTP: true)
        if let token = try token() { request.setHeader("Authorization", token) }
        let document = try transport.document(
            request, of: "the container's credentials service at \(parts.origin)", within: .seconds(5))
        return try Credentials(
            document, names: ["AccessKeyId", "SecretAccessKey", "Token", "Expiration"], needsAll: true, origin: origin)
    }

    /// The token that identifies the caller; the file is read each time, because it is renewed.
    private func token() throws(CredentialsError) -> String? {
        let token: String
        let origin: String
        if let path = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] {
            origin = "the file of AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"
            do {
                token = try FileContents.read(path, limit: 65_536)
            } catch {
                throw CredentialsError(isTransient: true, "\(path), \(origin), \(error.reason).")
            }
        } else if let value = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"] {
            origin = "AWS_CONTAINER_AUTHORIZATION_TOKEN"
            token = value
        } else {
            return nil
        }
        guard !token.utf8.contains(where: { $0 < 32 || $0 == 127 }) else {
            throw CredentialsError("The token in \(origin) has a line break or control character.")
        }
        return token
    }
}
