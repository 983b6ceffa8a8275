import Testing
import Timepiece

@testable import TimepieceCloudWatch

/// The settings that are refused before anything is sent.
@Suite struct CredentialsSettingsTests {
    private let folder = TemporaryFolder()

    /// Checks settings with the given files and variables; returns the sentence of the refusal.
    private func refusal(
        config: String = "", credentials: String = "", _ variables: [String: String] = [:],
        changing: (inout CredentialsSettings) -> Void = { _ in }
    ) -> String? {
        let files = [
            "AWS_CONFIG_FILE": folder.write("config", config),
            "AWS_SHARED_CREDENTIALS_FILE": folder.write("credentials", credentials),
            "AWS_EC2_METADATA_DISABLED": "false",
        ]
        var settings = CredentialsSettings(environment: Environment(files.merging(variables) { $1 }))
        changing(&settings)
        return sentence { try settings.check(at: .now()) }
    }

    @Test func `settings that need a service or a program pass, and neither is used`() {
        let marker = "\(folder.path)/ran"
        let role = "[default]\nrole_arn = r\nsource_profile = b\n"
        #expect(refusal() == nil)
        #expect(refusal(config: "[default]\ncredential_process = touch \(marker)\n") == nil)
        #expect(refusal(config: "\(role)[profile b]\naws_access_key_id=A\naws_secret_access_key=s\n") == nil)
        #expect(refusal(["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/x"]) == nil)
        #expect(refusal(["AWS_WEB_IDENTITY_TOKEN_FILE": "/later", "AWS_ROLE_ARN": "r"]) == nil)
        #expect(sentence { try FileContents.read(marker) } != nil)
    }

    @Test func `a profile that is missing is refused`() {
        #expect(refusal { $0.profile = "cam" }?.contains("\"cam\"") == true)
        #expect(refusal(["AWS_PROFILE": "cam"])?.contains("\"cam\"") == true)
    }

    @Test func `a malformed file is refused`() {
        #expect(refusal(credentials: "nonsense")?.contains("Line 1 of the AWS file") == true)
        #expect(refusal(config: "[default\n")?.contains("Line 1 of the AWS file") == true)
    }

    @Test func `half a pair of keys is refused, from any source`() {
        #expect(
            refusal { $0.accessKey = "AKIA" } == "access-key is set in the properties, but secret-access-key is not.")
        #expect(
            refusal { $0.secretAccessKey = "s" } == "secret-access-key is set in the properties, but access-key is not."
        )
        #expect(refusal(["AWS_ACCESS_KEY_ID": "AKIA"])?.contains("AWS_SECRET_ACCESS_KEY is not") == true)
        #expect(
            refusal(credentials: "[default]\naws_access_key_id=A\n")?.contains("aws_secret_access_key is not") == true)
    }

    @Test func `profiles in a circle are refused`() {
        let circle =
            "[default]\nrole_arn = r\nsource_profile = b\n[profile b]\nrole_arn = s\nsource_profile = default\n"
        #expect(refusal(config: circle)?.contains("in a circle") == true)
    }

    @Test func `a role that requires a one-time code is refused`() {
        let role = "[default]\nrole_arn = r\nmfa_serial = m\nsource_profile = b\n"
        let reason = refusal(config: "\(role)[profile b]\naws_access_key_id=A\naws_secret_access_key=s\n")
        #expect(reason?.contains("one-time code") == true)
    }

    @Test func `single sign-on is left to a program, with a sentence`() {
        #expect(refusal(config: "[default]\nsso_session = s\n")?.contains("credential_process") == true)
    }

    @Test func `the files of a certificate must exist`() throws {
        var fields = [
            "endpoint": "host", "cert-path": folder.write("c", "c"), "key-path": folder.write("k", "k"),
            "role-aliases": "r",
        ]
        let good = try IoTCertificate(fields: fields)
        #expect(refusal { $0.iotCertificate = good } == nil)
        fields["ca-path"] = "/none.pem"
        let bad = try IoTCertificate(fields: fields)
        #expect(refusal { $0.iotCertificate = bad }?.contains("/none.pem of iot-certificate is not there") == true)
    }

    @Test func `a container's address that may not be queried is refused`() {
        let reason = refusal(["AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://example.com/"])
        #expect(reason?.contains("AWS_CONTAINER_CREDENTIALS_FULL_URI") == true)
    }

    @Test func `missing keys, and no way to find any, do not stop a stream`() {
        #expect(refusal(["AWS_EC2_METADATA_DISABLED": "true"]) == nil)
    }
}
