import Timepiece

/// The instance metadata service of EC2, version 2 only.
///
/// Version 1 is never used: any program that can be made to fetch an address could read its keys.
struct InstanceMetadata: Sendable {
    let environment: Environment
    let configuration: SharedConfiguration
    let transport: any Transport

    /// The hosts other than loopback that may be queried without TLS: the service's own addresses, which no router
    /// forwards.
    private static let plainHosts: Set<String> = ["169.254.169.254", "fd00:ec2::254"]

    /// Returns keys; nil if the service is turned off by `AWS_EC2_METADATA_DISABLED`.
    func credentials() throws(CredentialsError) -> Credentials? {
        guard let session = try session() else { return nil }
        let path = "latest/meta-data/iam/security-credentials/"
        let names = try session.text(path, "has no role").split(whereSeparator: \.isNewline)
        guard let role = names.first else {
            throw CredentialsError("This EC2 instance has no role that gives it AWS keys.")
        }
        let text = try session.text(path + PercentEncoding.encode(role), "has no keys")
        let origin = "the instance metadata service"
        guard let document = JSONDocument(Array(text.utf8)) else {
            throw CredentialsError(isTransient: true, "The reply of \(origin) is not JSON.")
        }
        return try Credentials(
            document, names: ["AccessKeyId", "SecretAccessKey", "Token", "Expiration"], needsAll: true, origin: origin)
    }

    /// Returns the name of the instance's region; nil if the service is turned off.
    func region() throws(CredentialsError) -> String? {
        try session()?.text("latest/meta-data/placement/region", "has no region")
    }

    /// Gets the token that each request must carry.
    private func session() throws(CredentialsError) -> Session? {
        guard environment["AWS_EC2_METADATA_DISABLED"]?.lowercased() != "true" else { return nil }
        let base = try base()
        var session = Session(base: base, token: "", limit: limit, transport: transport)
        let reply: HTTPResponse
        do throws(CredentialsError) {
            reply = try session.ask(
                "PUT", "latest/api/token", HTTPHeader("X-aws-ec2-metadata-token-ttl-seconds", "21600"))
        } catch {
            throw CredentialsError(
                isTransient: true,
                error.sentence + " In a container on EC2, a hop limit of 1 keeps the token from arriving.")
        }
        let token = String(decoding: reply.body, as: UTF8.self)
        guard reply.status == 200, !token.isEmpty, token.utf8.allSatisfy({ $0 > 32 && $0 < 127 }) else {
            throw CredentialsError(
                isTransient: true,
                "The instance metadata service gave no token (status \(reply.status)); version 1 of it is not used.")
        }
        session.token = token
        return session
    }

    private func base() throws(CredentialsError) -> String {
        let profile = configuration.profile
        let name = "AWS_EC2_METADATA_SERVICE_ENDPOINT"
        let mode = environment["\(name)_MODE"] ?? profile["ec2_metadata_service_endpoint_mode"]
        let standard = mode?.lowercased() == "ipv6" ? "http://[fd00:ec2::254]/" : "http://169.254.169.254/"
        let base = environment.filled(name) ?? profile["ec2_metadata_service_endpoint"] ?? standard
        guard let parts = URLParts(base) else {
            throw CredentialsError("\(name) is not an http or https address.")
        }
        guard parts.scheme == "https" || parts.isLoopback || Self.plainHosts.contains(parts.host) else {
            throw CredentialsError(
                "The address of the instance metadata service (\(name)) is plain http to \(parts.authority); it may be "
                    + "https, loopback, 169.254.169.254 or [fd00:ec2::254].")
        }
        return base.hasSuffix("/") ? base : base + "/"
    }

    /// One second unless `AWS_METADATA_SERVICE_TIMEOUT` is set, at most a minute.
    private var limit: Duration {
        let name = "metadata_service_timeout"
        let text = environment["AWS_METADATA_SERVICE_TIMEOUT"] ?? configuration.profile[name]
        return .seconds(text.flatMap { Int($0) }.map { min(max($0, 1), 60) } ?? 1)
    }
}

extension InstanceMetadata {
    /// The token for requests.
    private struct Session {
        let base: String
        var token: String
        let limit: Duration
        let transport: any Transport

        /// Returns a text of the service; an error with the given words if it has none.
        func text(_ path: String, _ absence: String) throws(CredentialsError) -> String {
            let reply = try ask("GET", path, HTTPHeader("X-aws-ec2-metadata-token", token))
            guard reply.status == 200, !reply.body.isEmpty else {
                throw CredentialsError(
                    isTransient: reply.status != 404,
                    "The instance metadata service \(absence) for this machine (status \(reply.status)).")
            }
            return String(decoding: reply.body, as: UTF8.self).trimmingSpace()
        }

        func ask(_ method: String, _ path: String, _ header: HTTPHeader) throws(CredentialsError) -> HTTPResponse {
            let request = HTTPRequest(
                method: method, url: base + path, headers: [header], bypassesProxy: true, allowsPlainHTTP: true)
            return try transport.reply(to: request, of: "the instance metadata service", within: limit)
        }
    }
}

/// Keys of the EC2 instance's role.
struct InstanceMetadataSource: CredentialsSource {
    let metadata: InstanceMetadata

    var name: String { "this machine's role (instance metadata)" }

    func load(at now: WallTime) throws(CredentialsError) -> Credentials? {
        try metadata.credentials()
    }
}
