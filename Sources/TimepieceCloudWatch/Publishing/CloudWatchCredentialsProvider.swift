import Synchronization
public import Timepiece

/// Credentials of the program, for signing requests.
///
/// Their text is not in any description, reflection or error.
public struct CloudWatchCredentials: Sendable {
    /// The name of the access key.
    public var accessKey: String
    /// The secret of the access key.
    public var secretAccessKey: String
    /// The session token of temporary credentials.
    public var sessionToken: String?
    /// When they expire; nil for never.
    public var expiration: WallTime?

    /// Makes credentials.
    public init(accessKey: String, secretAccessKey: String, sessionToken: String? = nil, expiration: WallTime? = nil) {
        self.accessKey = accessKey
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.expiration = expiration
    }
}

extension CloudWatchCredentials: Confidential {
    /// The first four letters of the access key's name.
    public var description: String { "credentials \(accessKey.prefix(4))…" }

    /// The description.
    public var debugDescription: String { description }

    /// The description alone, in place of the properties.
    public var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}

/// Gets credentials from the program, like a session of other SDKs.
///
/// Publishers with the same provider share one sender, which calls it once for all of them.
public final class CloudWatchCredentialsProvider: Sendable {
    private let load: @Sendable () throws -> CloudWatchCredentials

    /// Makes a provider.
    ///
    /// - Parameter load: called on a thread of the sender's when credentials are needed: at first, and before the
    ///   returned ones expire. It may take seconds. The description of an error that it throws is in the status as a
    ///   failure.
    public init(_ load: @escaping @Sendable () throws -> CloudWatchCredentials) {
        self.load = load
    }

    func credentials() throws(CredentialsError) -> Credentials {
        do {
            let given = try load()
            var credentials = try Credentials(
                checking: given.accessKey, given.secretAccessKey, given.sessionToken, origin: "the program")
            credentials.expiration = given.expiration
            return credentials
        } catch let error as CredentialsError {
            throw error
        } catch {
            throw CredentialsError(isTransient: true, "The program gave no credentials: \(error)")
        }
    }
}
