import Timepiece

/// Keys in the settings, in the environment or in a profile.
struct StaticSource: CredentialsSource, Confidential {
    let accessKeyID: String?
    let secretAccessKey: String?
    let sessionToken: String?
    let expiration: String?
    /// Where they are written, for messages, as `the environment`.
    let origin: String
    /// The names of the key's name and the secret there.
    let names: (accessKeyID: String, secretAccessKey: String)

    var name: String { origin }

    /// The keys of the settings.
    init(_ settings: CredentialsSettings) {
        accessKeyID = settings.accessKey
        secretAccessKey = settings.secretAccessKey
        sessionToken = settings.sessionToken
        expiration = nil
        origin = settings.names.all
        names = (settings.names("access-key"), settings.names("secret-access-key"))
    }

    /// The keys of the environment; empty variables count as not set.
    init(_ environment: Environment) {
        accessKeyID = environment.filled("AWS_ACCESS_KEY_ID")
        secretAccessKey = accessKeyID == nil ? nil : environment.filled("AWS_SECRET_ACCESS_KEY")
        sessionToken = environment.filled("AWS_SECURITY_TOKEN") ?? environment.filled("AWS_SESSION_TOKEN")
        expiration = environment.filled("AWS_CREDENTIAL_EXPIRATION")
        origin = "the environment"
        names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
    }

    /// The keys of a profile's options; a secret without the key's name is skipped, as botocore does.
    init(profile: [String: String], origin: String) {
        accessKeyID = profile["aws_access_key_id"]
        secretAccessKey = accessKeyID == nil ? nil : profile["aws_secret_access_key"]
        sessionToken = profile["aws_security_token"] ?? profile["aws_session_token"]
        expiration = nil
        self.origin = origin
        names = ("aws_access_key_id", "aws_secret_access_key")
    }

    func load(at now: WallTime) throws(CredentialsError) -> Credentials? {
        guard accessKeyID != nil || secretAccessKey != nil else { return nil }
        guard let accessKeyID, let secretAccessKey else {
            let (missing, given) =
                accessKeyID == nil
                ? (names.accessKeyID, names.secretAccessKey) : (names.secretAccessKey, names.accessKeyID)
            throw CredentialsError("\(given) is set in \(origin), but \(missing) is not.")
        }
        return try Credentials(
            checking: accessKeyID, secretAccessKey, sessionToken, expiration: expiration, origin: origin)
    }
}
