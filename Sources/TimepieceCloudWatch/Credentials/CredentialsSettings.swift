package import Timepiece

/// The settings for keys, from the properties of an element or from a program.
package struct CredentialsSettings: Sendable {
    /// The property `access-key`; needs the secret too.
    package var accessKey: String?
    /// The property `secret-access-key`.
    package var secretAccessKey: String?
    /// The property `session-token`.
    package var sessionToken: String?
    /// The property `profile`. As in botocore, it disables the keys of the environment.
    package var profile: String?
    /// The property `iot-certificate`; it precedes all others.
    package var iotCertificate: IoTCertificate?
    /// The property `region`, for the Security Token Service.
    package var region: String?
    /// The environment variables.
    package var environment: Environment
    /// The names of settings in sentences about them.
    package var names: SettingNames

    /// Makes settings; without arguments, the environment, the files and the host are used.
    package init(
        accessKey: String? = nil, secretAccessKey: String? = nil, sessionToken: String? = nil, profile: String? = nil,
        iotCertificate: IoTCertificate? = nil, region: String? = nil, environment: Environment,
        names: SettingNames = .properties
    ) {
        self.accessKey = accessKey
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.profile = profile
        self.iotCertificate = iotCertificate
        self.region = region
        self.environment = environment
        self.names = names
    }
}

extension CredentialsSettings: Confidential {
    /// Which settings are present, without their values.
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
    /// Refuses settings that are recognizably wrong without a request to a service or the run of a program.
    ///
    /// For the start of an element: half a pair of keys, a profile that is missing or circular, a malformed file, a
    /// missing certificate. Reads a few files and sends nothing. Errors that only a service can detect are found later,
    /// by ``CredentialsChain``.
    package func check(at now: WallTime) throws(CredentialsError) {
        if let certificate = iotCertificate?.certificate {
            for path in [certificate.certificatePath, certificate.keyPath, certificate.authoritiesPath] {
                guard let path else { continue }
                do {
                    _ = try FileContents.read(path)
                } catch {
                    guard !error.isTransient else { continue }
                    throw CredentialsError("The file \(path) of \(names("iot-certificate")) \(error.reason).")
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
