import Testing
import Timepiece

@testable import TimepieceCloudWatch

/// A device with a certificate, against a server that asks for one (mutual TLS).
@Suite struct IoTSourceTests {
    private let oracle: CredentialsOracle

    init() throws {
        oracle = try CredentialsOracle.shared.get()
    }

    private func fields(_ changes: [String: String?] = [:]) -> [String: String] {
        var fields = [
            "endpoint": "localhost:\(oracle.mutual)", "cert-path": oracle.device.certificate,
            "key-path": oracle.device.key, "ca-path": oracle.authority, "role-aliases": "camera-role",
            "iot-thing-name": "camera-1",
        ]
        for (name, value) in changes { fields[name] = value }
        return fields
    }

    private func keys(_ changes: [String: String?] = [:]) throws -> Credentials {
        // Keys of the environment, which the certificate comes before.
        let environment = Environment.bare(["AWS_ACCESS_KEY_ID": "AKIAENV", "AWS_SECRET_ACCESS_KEY": "s"])
        let settings = CredentialsSettings(
            accessKey: "AKIASET", secretAccessKey: "s", iotCertificate: try IoTCertificate(fields: fields(changes)),
            environment: environment)
        return try CredentialsSearch(settings: settings, transport: CurlTransport()).run(at: .now())
    }

    @Test func `a device's certificate gives keys, before all other sources`() throws {
        let expected = Credentials(
            accessKeyID: "AKIADEVICE", secretAccessKey: "secret-DEVICE", sessionToken: "token-DEVICE",
            expiration: WallTime(internetDate: "2099-01-01T00:00:00Z"))
        #expect(try keys() == expected)
    }

    @Test func `the certificate of an unknown device is refused`() throws {
        let reason = sentence {
            try keys(["cert-path": oracle.impostor.certificate, "key-path": oracle.impostor.key])
        }
        #expect(reason?.contains("There was no answer from the IoT credentials provider") == true)
    }

    @Test func `another thing, another alias and a file that is missing are refused with a sentence`() {
        for changes: [String: String?] in [
            ["iot-thing-name": "camera-2"], ["iot-thing-name": nil], ["role-aliases": "other"], ["cert-path": "/none"],
            ["key-path": "/none"], ["ca-path": nil], ["endpoint": "127.0.0.2:\(oracle.mutual)"],
        ] {
            #expect(sentence { try keys(changes) }?.hasSuffix(".") == true, "\(changes)")
        }
    }

    @Test func `numbers instead of texts are refused`() {
        #expect(sentence { try keys(["role-aliases": "numbers"]) }?.contains("has no accessKeyId") == true)
    }

    @Test(arguments: ["endpoint", "cert-path", "key-path", "role-aliases"])
    func `a field that is missing is named`(_ name: String) {
        #expect(
            sentence { try IoTCertificate(fields: fields([name: nil])) } == "iot-certificate needs the field \(name).")
    }

    @Test func `a field that is unknown is named with those that are known`() {
        let reason = sentence { try IoTCertificate(fields: fields(["colour": "red"])) }
        #expect(reason?.contains("\"colour\"") == true && reason?.contains("role-aliases") == true)
    }

    @Test(arguments: ["https://host", "host/path", "user@host", "host?x", "ho st", "host\r\nX: y"])
    func `an endpoint that is more than a host is refused`(_ endpoint: String) {
        #expect(sentence { try IoTCertificate(fields: fields(["endpoint": endpoint])) } != nil)
    }

    @Test(arguments: ["../x", "a b", "a\r\nb", "ä"])
    func `names that could break out of a path or a header are refused`(_ name: String) {
        #expect(sentence { try IoTCertificate(fields: fields(["role-aliases": name])) } != nil)
        #expect(sentence { try IoTCertificate(fields: fields(["iot-thing-name": name])) } != nil)
    }
}
