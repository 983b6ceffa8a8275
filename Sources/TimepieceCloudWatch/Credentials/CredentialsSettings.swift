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
