package import Timepiece

/// What was said about keys, by the properties of an element or by a program.
package struct CredentialsSettings: Sendable {
    /// The property `access-key`; needs the secret too.
    package var accessKey: String?
    /// The property `secret-access-key`.
    package var secretAccessKey: String?
    /// The property `session-token`.
    package var sessionToken: String?
    /// The property `profile`. As in botocore, it puts the keys of the environment out of play.
    package var profile: String?
    /// The property `iot-certificate`; it comes before all others.
    package var iotCertificate: IoTCertificate?
    /// The property `region`, for the Security Token Service.
    package var region: String?
    /// The environment variables.
    package var environment: Environment

    /// Makes settings; without any, the environment, the files and the host are asked.
    package init(
        accessKey: String? = nil, secretAccessKey: String? = nil, sessionToken: String? = nil, profile: String? = nil,
        iotCertificate: IoTCertificate? = nil, region: String? = nil, environment: Environment
    ) {
        self.accessKey = accessKey
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.profile = profile
        self.iotCertificate = iotCertificate
        self.region = region
        self.environment = environment
    }
}

extension CredentialsSettings: Confidential {
    /// Which settings there are, without what they hold.
    package var description: String {
        let given = [
            ("access-key", accessKey != nil), ("secret-access-key", secretAccessKey != nil),
            ("session-token", sessionToken != nil), ("profile", profile != nil),
            ("iot-certificate", iotCertificate != nil), ("region", region != nil),
        ]
        return "settings " + given.filter(\.1).map(\.0).joined(separator: ", ")
    }
}

extension CredentialsSettings {
    /// Refuses what can be seen to be wrong without asking a service or running a program.
    ///
    /// For the start of an element: half a pair of keys, a profile that is missing or goes in a circle, a malformed file,
    /// a certificate that is not there. Reads a few files, sends nothing. What only a service can tell is found later, by
    /// ``CredentialsChain``.
    package func check(at now: WallTime) throws(CredentialsError) {
        if let certificate = iotCertificate?.certificate {
            for path in [certificate.certificatePath, certificate.keyPath, certificate.authoritiesPath] {
                guard let path else { continue }
                do {
                    _ = try FileContents.read(path)
                } catch {
                    guard !error.isTransient else { continue }
                    throw CredentialsError("The file \(path) of iot-certificate \(error.reason).")
                }
            }
        }
        do throws(CredentialsError) {
            _ = try CredentialsSearch(settings: self, transport: NoTransport(), runsPrograms: false).run(at: now)
        } catch {
            guard error.isTransient else { throw error }
        }
    }
}

/// A transport that sends nothing.
private struct NoTransport: Transport {
    func send(
        _ request: HTTPRequest, connectTimeout: Duration, timeout: Duration
    ) throws(TransportError) -> HTTPResponse {
        throw TransportError(.couldNotConnect, "Nothing is sent for a check.")
    }
}
