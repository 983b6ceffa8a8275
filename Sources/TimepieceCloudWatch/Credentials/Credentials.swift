package import Timepiece

/// The keys with which requests are signed.
///
/// Their text is not in any description, reflection or error.
package struct Credentials: Sendable, Equatable {
    /// The name of the key, which is sent with each request; no secret.
    package var accessKeyID: String
    /// The key itself, which is never sent.
    package var secretAccessKey: String
    /// What proves that the key was lent for a time; nil for a key that lasts.
    package var sessionToken: String?
    /// When the service stops to take the key; nil for never.
    package var expiration: WallTime?

    /// Makes a set of keys.
    package init(
        accessKeyID: String, secretAccessKey: String, sessionToken: String? = nil, expiration: WallTime? = nil
    ) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.expiration = expiration
    }
}

extension Credentials: Confidential {
    /// The first four letters of the key's name, which tell its kind, and when it expires.
    package var description: String {
        "credentials \(accessKeyID.prefix(4))…, " + (expiration.map { "valid until \($0)" } ?? "without an end")
    }
}
