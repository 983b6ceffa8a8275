import Timepiece

/// AWS's Security Token Service, which issues the keys of roles.
struct SecurityTokenService: Sendable {
    let address: String
    let region: Region
    let transport: any Transport

    /// The identity to assume.
    struct Role: Sendable, Equatable {
        var resourceName: String
        var sessionName: String?
        var externalID: String?
        var duration: String?
    }

    /// Borrows the keys of a role for a holder of other keys.
    func assume(_ role: Role, with credentials: Credentials, at now: WallTime) throws(CredentialsError) -> Credentials {
        var request = request("AssumeRole", role, [], at: now)
        Signer.sign(&request, with: credentials, region: region.name, service: "sts", at: now)
        return try keys(request, role)
    }

    /// Borrows the keys of a role for a holder of an identity token, as issued to pods by Kubernetes.
    func assume(_ role: Role, identityToken: String, at now: WallTime) throws(CredentialsError) -> Credentials {
        try keys(request("AssumeRoleWithWebIdentity", role, [("WebIdentityToken", identityToken)], at: now), role)
    }

    private func request(
        _ action: String, _ role: Role, _ more: [(String, String)], at now: WallTime
    ) -> HTTPRequest {
        let session = role.sessionName ?? "timepiece-\(now.nanoseconds / 1_000_000_000)"
        var parameters = [
            ("Action", action), ("Version", "2011-06-15"), ("RoleArn", role.resourceName), ("RoleSessionName", session),
        ]
        if let identifier = role.externalID { parameters.append(("ExternalId", identifier)) }
        if let duration = role.duration { parameters.append(("DurationSeconds", duration)) }
        let body = (parameters + more).map { "\($0.0)=\(PercentEncoding.encode($0.1))" }.joined(separator: "&")
        return HTTPRequest(
            method: "POST", url: address,
            headers: [HTTPHeader("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")],
            body: Array(body.utf8))
    }

    private func keys(_ request: HTTPRequest, _ role: Role) throws(CredentialsError) -> Credentials {
        let origin = "the AWS Security Token Service"
        let reply = try transport.reply(to: request, of: origin, within: .seconds(10))
        let text = String(decoding: reply.body, as: UTF8.self)
        guard reply.status == 200 else {
            let name = XMLText.element("Code", in: text)
            let code = name.map { ", \($0.prefix(60))" } ?? ""
            // This message alone names the identity and the denied action, and nothing of the request.
            let said = name == "AccessDenied" ? XMLText.element("Message", in: text) : nil
            throw CredentialsError(
                isTransient: true,
                "The keys of the role \(role.resourceName) were not lent by \(origin): status \(reply.status)\(code)."
                    + (said.map { " It said: \($0.prefix(300))" } ?? ""))
        }
        guard let credentials = XMLText.element("Credentials", in: text, decoded: false),
            let accessKeyID = XMLText.element("AccessKeyId", in: credentials),
            let secretAccessKey = XMLText.element("SecretAccessKey", in: credentials),
            let sessionToken = XMLText.element("SessionToken", in: credentials),
            let expiration = XMLText.element("Expiration", in: credentials)
        else { throw CredentialsError(isTransient: true, "The reply of \(origin) has no keys.") }
        return try Credentials(
            checking: accessKeyID, secretAccessKey, sessionToken, expiration: expiration, origin: origin)
    }
}

/// Keys of a role for a holder of an identity token in a file, as issued to pods by EKS.
///
/// Each of the three values comes from the environment, or from the profile if it is not there.
struct WebIdentitySource: CredentialsSource {
    let profile: [String: String]
    let profileName: String
    /// The variables; nil if a profile was set, which disables them.
    let environment: Environment?
    let service: @Sendable () throws(CredentialsError) -> SecurityTokenService

    var name: String { "a web identity token" }

    func load(at now: WallTime) throws(CredentialsError) -> Credentials? {
        let path = environment?["AWS_WEB_IDENTITY_TOKEN_FILE"] ?? profile["web_identity_token_file"]
        guard let path, !path.isEmpty else { return nil }
        guard let role = environment?["AWS_ROLE_ARN"] ?? profile["role_arn"], !role.isEmpty else {
            throw CredentialsError(
                "An identity token file is set, but neither AWS_ROLE_ARN nor role_arn of the AWS profile "
                    + "\"\(profileName)\".")
        }
        let token: String
        do {
            token = try FileContents.read(path, limit: 65_536)
        } catch {
            throw CredentialsError(isTransient: true, "The identity token file \(path) \(error.reason).")
        }
        let session = environment?["AWS_ROLE_SESSION_NAME"] ?? profile["role_session_name"]
        return try service().assume(
            SecurityTokenService.Role(resourceName: role, sessionName: session), identityToken: token, at: now)
    }
}
