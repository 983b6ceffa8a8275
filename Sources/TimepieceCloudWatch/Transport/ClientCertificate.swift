/// The files with which a device proves to a service who it is (mutual TLS).
package struct ClientCertificate: Sendable, Equatable {
    /// The certificate, PEM.
    package var certificatePath: String
    /// Its private key, PEM, without a passphrase.
    package var keyPath: String
    /// The authorities by which the service is verified, PEM; nil for those of the system.
    package var authoritiesPath: String?

    /// Makes the set of files; they are read at each connection, so they may be renewed in place.
    package init(certificatePath: String, keyPath: String, authoritiesPath: String? = nil) {
        self.certificatePath = certificatePath
        self.keyPath = keyPath
        self.authoritiesPath = authoritiesPath
    }
}
