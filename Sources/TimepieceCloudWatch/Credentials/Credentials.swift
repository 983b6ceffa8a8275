package import Timepiece

/// The keys with which requests are signed.
///
/// Their text is not in any description, reflection or error.
package struct Credentials: Sendable, Equatable {
    /// The name of the key, which is sent with each request and is not a secret.
    package var accessKeyID: String
    /// The key itself, which is never sent.
    package var secretAccessKey: String
    /// The session token of a temporary key; nil for a permanent key.
    package var sessionToken: String?
    /// When the service stops accepting the key; nil for never.
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
    /// The first four letters of the key's name, which show its kind, and when it expires.
    package var description: String {
        "credentials \(accessKeyID.prefix(4))…, " + (expiration.map { "valid until \($0)" } ?? "without an end")
    }
}

extension Credentials {
    /// What may be wrong with the secret, for the report when the service refuses it; it contains no part of the secret
    /// itself.
    var hint: String? {
        let letters = secretAccessKey.unicodeScalars
        let hasOdd = letters.contains { $0.value <= 32 || $0 == "\"" || $0 == "'" || $0.value > 126 }
        guard hasOdd else { return nil }
        return "The secret access key has a blank, a line feed or a quotation mark in it, which no secret of AWS's has."
    }

    /// Makes keys of texts from outside.
    ///
    /// - Throws: if a part is empty or not valid in a header, or if the expiration is not a time. The sentence names
    ///   the origin and not the text.
    init(
        checking accessKeyID: String, _ secretAccessKey: String, _ sessionToken: String?, expiration: String? = nil,
        origin: String
    ) throws(CredentialsError) {
        let isClean = [accessKeyID, sessionToken ?? "-"].allSatisfy { text in
            !text.isEmpty && text.utf8.allSatisfy { $0 > 32 && $0 < 127 }
        }
        guard isClean, !secretAccessKey.isEmpty else {
            throw CredentialsError(
                "The AWS keys of \(origin) are empty or have blanks or other characters that no key has.")
        }
        self.init(accessKeyID: accessKeyID, secretAccessKey: secretAccessKey, sessionToken: sessionToken)
        guard let expiration else { return }
        guard let end = WallTime(internetDate: expiration) else {
            throw CredentialsError(
                "The expiration of the AWS keys of \(origin) is not a time such as 2026-11-22T12:00:00Z.")
        }
        self.expiration = end
    }

    /// Reads keys from the JSON of a service or program, inside the object at `path`.
    ///
    /// `names` are the members of the key's name, the secret, the token and the expiration; the last two may be missing
    /// unless `needsAll`, which is for temporary keys.
    init(
        _ document: JSONDocument, in path: [String] = [], names: [String], needsAll: Bool, origin: String
    ) throws(CredentialsError) {
        var values: [String?] = []
        for (index, name) in names.enumerated() {
            let value = document.string(path + [name])
            guard value != nil || index >= 2 && !needsAll && !document.contains(path + [name]) else {
                throw CredentialsError(
                    isTransient: true, "The reply of \(origin) has no \(name), or it is not a text.")
            }
            values.append(value)
        }
        guard values.count == 4, let accessKeyID = values[0], let secretAccessKey = values[1] else {
            throw CredentialsError("The reply of \(origin) has no keys.")
        }
        try self.init(
            checking: accessKeyID, secretAccessKey, values[2], expiration: values[3], origin: origin)
    }
}

/// A value that contains secrets, so that no text made of it shows them.
///
/// Logs, test reports and debuggers print values by these three forms; the description of a type contains what may be
/// shown.
package protocol Confidential: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {}

extension Confidential {
    /// The name of the type.
    package var description: String { "\(Self.self)" }

    /// The description.
    package var debugDescription: String { description }

    /// The description alone, in place of the properties.
    package var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}
