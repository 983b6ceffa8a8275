import Timepiece

/// Keys of a role for a holder of an identity token in a file, as EKS gives it to pods.
///
/// Each of the three values comes from the environment, or from the profile if it is not there.
struct WebIdentitySource: CredentialsSource {
    let profile: [String: String]
    let profileName: String
    /// The variables; nil if a profile was asked for, which puts them out of play.
    let environment: Environment?
    let service: @Sendable () throws(CredentialsError) -> SecurityTokenService

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
