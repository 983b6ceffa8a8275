import Testing
import Timepiece

@testable import TimepieceCloudWatch

/// Signed requests against services that verify the signature.
@Suite struct EmulatorTests {
    private let document: JSONDocument

    init() throws {
        document = try #require(JSONDocument(Emulators.shared.get().line), "the emulators did not start")
    }

    private func keys(_ emulator: String, _ holder: String) throws -> Credentials {
        Credentials(
            accessKeyID: try #require(document.string([emulator, holder, "key"])),
            secretAccessKey: try #require(document.string([emulator, holder, "secret"])),
            sessionToken: document.string([emulator, holder, "token"]))
    }

    /// Puts one metric and returns the reply.
    private func publish(
        _ emulator: String, _ keys: Credentials, at time: WallTime = .now(),
        changing: (inout HTTPRequest) -> Void = { _ in }
    ) throws -> HTTPResponse {
        let seconds = WallTime.now().nanoseconds / 1_000_000_000
        let body = """
            {"Namespace":"Tests","MetricData":[{"MetricName":"m","Timestamp":\(seconds),"Value":1,"Unit":"Seconds"}]}
            """
        var request = HTTPRequest(
            method: "POST", url: "\(try #require(document.string([emulator, "address"])))/",
            headers: [
                HTTPHeader("Content-Type", "application/x-amz-json-1.0"),
                HTTPHeader("X-Amz-Target", "GraniteServiceVersion20100801.PutMetricData"),
                HTTPHeader("x-amzn-query-mode", "true"),
            ], body: Array(body.utf8))
        Signer.sign(&request, with: keys, region: "us-east-1", service: "monitoring", at: time)
        changing(&request)
        return try CurlTransport().send(request)
    }

    @Test(arguments: ["moto", "ministack"], ["user", "role"])
    func `a signature is accepted`(_ emulator: String, _ holder: String) throws {
        let reply = try publish(emulator, keys(emulator, holder))
        #expect(reply.status == 200, "\(String(decoding: reply.body, as: UTF8.self))")
    }

    @Test(arguments: ["moto", "ministack"])
    func `the keys of a role come with a token`(_ emulator: String) throws {
        #expect(try keys(emulator, "role").sessionToken != nil)
    }

    @Test(arguments: ["moto", "ministack"], ["user", "role"])
    func `a wrong secret is refused`(_ emulator: String, _ holder: String) throws {
        var keys = try keys(emulator, holder)
        keys.secretAccessKey += "x"
        let reply = try publish(emulator, keys)
        #expect(reply.status == 403)
        #expect(String(decoding: reply.body, as: UTF8.self).contains("SignatureDoesNotMatch"))
    }

    @Test(arguments: ["moto", "ministack"])
    func `a wrong token is refused`(_ emulator: String) throws {
        var keys = try keys(emulator, "role")
        keys.sessionToken = "another"
        #expect(try publish(emulator, keys).status == 403)
    }

    @Test(arguments: ["moto", "ministack"])
    func `an unknown key is refused`(_ emulator: String) throws {
        let keys = Credentials(accessKeyID: "AKIAUNKNOWN000000000", secretAccessKey: "secret")
        #expect(try publish(emulator, keys).status == 403)
    }

    @Test(arguments: ["moto", "ministack"])
    func `a body that was changed after signing is refused`(_ emulator: String) throws {
        let reply = try publish(emulator, keys(emulator, "user")) { $0.body.append(32) }
        #expect(reply.status == 403)
    }

    @Test func `a signature of another hour is refused by MiniStack, which returns its own time`() throws {
        let reply = try publish(
            "ministack", keys("ministack", "user"), at: WallTime.now().advanced(by: .seconds(-3600)))
        #expect(reply.status == 403)
        let skew = try #require(reply.date).duration(to: .now())
        #expect(skew > .seconds(-60) && skew < .seconds(60))
    }

    @Test func `MiniStack's instance metadata, version 2, gives keys and a region`() throws {
        let address = try #require(document.string(["ministack", "address"]))
        let environment = Environment([
            "AWS_EC2_METADATA_SERVICE_ENDPOINT": address, "AWS_CONFIG_FILE": "/nonexistent",
            "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent", "AWS_METADATA_SERVICE_TIMEOUT": "30",
        ])
        let transport = CurlTransport()
        let settings = CredentialsSettings(environment: environment)
        let keys = try CredentialsSearch(settings: settings, transport: transport).run(at: .now())
        #expect(keys.accessKeyID.hasPrefix("ASIA"))
        #expect(try #require(keys.expiration) > .now())
        let resolver = RegionResolver(setting: nil, profile: nil, environment: environment, transport: transport)
        #expect(try resolver.resolve().name == "us-east-1")
    }

    @Test func `MiniStack's container credentials are read`() throws {
        let address = try #require(document.string(["ministack", "address"]))
        let environment = Environment([
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": "\(address)/v2/credentials/camera",
            "AWS_CONFIG_FILE": "/nonexistent", "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent",
        ])
        let settings = CredentialsSettings(environment: environment)
        let keys = try CredentialsSearch(settings: settings, transport: CurlTransport()).run(at: .now())
        #expect(keys.accessKeyID.hasPrefix("ASIA"))
        #expect(keys.sessionToken != nil)
    }
}
