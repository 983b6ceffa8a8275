import Testing
import Timepiece

@testable import TimepieceCloudWatch

@Suite struct ContainerSourceTests {
    private static let reply = """
        {"AccessKeyId":"AKIAC","SecretAccessKey":"s","Token":"t","Expiration":"2099-01-01T00:00:00Z"}
        """

    private let transport = StubTransport(Self.reply)

    private func load(_ variables: [String: String]) throws -> Credentials? {
        try ContainerSource(environment: Environment(variables), transport: transport).load(at: .now())
    }

    @Test func `a relative address is one of the container's host, without a proxy`() throws {
        let keys = try load(["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/credentials/name?x=1"])
        #expect(keys?.accessKeyID == "AKIAC")
        let request = try #require(transport.requests.first)
        #expect(request.url == "http://169.254.170.2/v2/credentials/name?x=1")
        #expect(request.bypassesProxy)
        #expect(request.header("Authorization") == nil)
    }

    @Test func `the relative address comes before the full one`() throws {
        _ = try load([
            "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/a", "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://localhost/b",
        ])
        #expect(transport.requests.map(\.url) == ["http://169.254.170.2/a"])
    }

    @Test(arguments: [
        "http://169.254.170.2/x", "http://169.254.170.23/x", "http://[fd00:ec2::23]/x", "http://localhost:1/x",
        "http://127.0.0.1/x", "http://127.8.9.1:81/x", "http://[::1]/x", "https://example.com/x",
    ])
    func `these hosts may be queried`(_ address: String) throws {
        _ = try load(["AWS_CONTAINER_CREDENTIALS_FULL_URI": address])
        #expect(transport.requests.map(\.url) == [address])
    }

    @Test(arguments: [
        "http://169.254.170.3/x", "http://169.254.169.254/x", "http://example.com/x", "http://[fd00:ec2::24]/x",
        "http://localhost@example.com/x", "http://169.254.170.2.example.com/x", "http://127.0.0.1.example.com/x",
        "ftp://localhost/x", "/x", "",
    ])
    func `these hosts are not queried`(_ address: String) {
        #expect(sentence { try load(["AWS_CONTAINER_CREDENTIALS_FULL_URI": address]) } != nil)
        #expect(transport.requests.isEmpty)
    }

    @Test(arguments: ["@example.com/", ".example.com/", ":81/", ""])
    func `a relative address cannot name another host`(_ path: String) {
        #expect(sentence { try load(["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": path]) } != nil)
        #expect(transport.requests.isEmpty)
    }

    @Test func `the token file is read at each request`() throws {
        let folder = TemporaryFolder()
        let path = folder.write("token", "first")
        let variables = [
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://localhost/x", "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": path,
        ]
        _ = try load(variables)
        folder.write("token", "second")
        _ = try load(variables)
        #expect(transport.requests.map { $0.header("Authorization") } == ["first", "second"])
    }

    @Test(arguments: ["a\nb", "a\r", "\u{7f}"])
    func `a token with a line break is refused`(_ token: String) {
        let variables = [
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://localhost/x", "AWS_CONTAINER_AUTHORIZATION_TOKEN": token,
        ]
        #expect(sentence { try load(variables) }?.contains("line break") == true)
        #expect(transport.requests.isEmpty)
    }

    @Test(arguments: ["number", "garbage", "long", "echo", "none"])
    func `replies that are not keys each give one sentence`(_ path: String) throws {
        let port = try CredentialsOracle.shared.get().port
        let environment = Environment([
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://127.0.0.1:\(port)/container/\(path)",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": "s3cr3tw0rd",
        ])
        let reason = sentence {
            try ContainerSource(environment: environment, transport: CurlTransport()).load(at: .now())
        }
        #expect(reason?.hasSuffix(".") == true)
        #expect(reason?.contains("s3cr3tw0rd") == false)
    }
}
