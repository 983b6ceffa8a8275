import Testing
import Timepiece

@testable import TimepieceCloudWatch

@Suite struct InstanceMetadataTests {
    private static let keys = """
        {"AccessKeyId":"AKIAI","SecretAccessKey":"s","Token":"t","Expiration":"2099-01-01T00:00:00Z"}
        """

    /// A service that issues tokens and requires them.
    private let service = StubTransport { request in
        func reply(_ text: String, _ status: Int = 200) -> HTTPResponse {
            HTTPResponse(status: status, body: Array(text.utf8))
        }
        if request.method == "PUT" { return reply("token-1") }
        guard request.header("X-aws-ec2-metadata-token") == "token-1" else { return reply("", 401) }
        if request.url.hasSuffix("security-credentials/") { return reply("my+role\nother") }
        if request.url.hasSuffix("my%2Brole") { return reply(keys) }
        return request.url.hasSuffix("placement/region") ? reply("eu-west-3\n") : reply("", 404)
    }

    private func metadata(
        _ transport: any Transport, _ variables: [String: String] = [:]
    ) throws -> InstanceMetadata {
        let environment = Environment.bare(["AWS_EC2_METADATA_DISABLED": "false"].merging(variables) { $1 })
        return InstanceMetadata(
            environment: environment,
            configuration: try SharedConfiguration(profile: nil, environment: environment), transport: transport)
    }

    @Test func `a token is fetched by PUT and sent with each request, without a proxy`() throws {
        #expect(try metadata(service).credentials()?.accessKeyID == "AKIAI")
        let base = "http://169.254.169.254/latest"
        #expect(
            service.requests.map { "\($0.method) \($0.url)" } == [
                "PUT \(base)/api/token", "GET \(base)/meta-data/iam/security-credentials/",
                "GET \(base)/meta-data/iam/security-credentials/my%2Brole",
            ])
        #expect(service.requests.first?.header("X-aws-ec2-metadata-token-ttl-seconds") == "21600")
        #expect(service.requests.allSatisfy { $0.bypassesProxy })
    }

    @Test func `the region is read`() throws {
        #expect(try metadata(service).region() == "eu-west-3")
    }

    @Test(arguments: [400, 403, 404, 405, 500])
    func `version 1 is never used`(_ status: Int) throws {
        let refusing = StubTransport(status: status, "no")
        let metadata = try metadata(refusing)
        #expect(sentence { try metadata.credentials() }?.contains("version 1 of it is not used") == true)
        #expect(refusing.requests.map(\.method) == ["PUT"])
    }

    @Test func `a server with only version 1 gets no request without a token`() throws {
        let port = try CredentialsOracle.shared.get().port
        let metadata = try metadata(
            CurlTransport(),
            [
                "AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://127.0.0.1:\(port)/imds-v1",
                "AWS_METADATA_SERVICE_TIMEOUT": "30",
            ])
        #expect(sentence { try metadata.credentials() }?.contains("status 404") == true)
    }

    @Test func `silence is explained by the hop limit of containers`() throws {
        let silent = StubTransport { _ throws(TransportError) in
            throw TransportError(.timedOut, "The time was up.")
        }
        let metadata = try metadata(silent)
        #expect(sentence { try metadata.credentials() }?.contains("hop limit of 1") == true)
    }

    @Test(arguments: ["", "a\nb", "a b"])
    func `a token that is not a header is refused`(_ token: String) throws {
        let transport = StubTransport(token)
        let metadata = try metadata(transport)
        #expect(sentence { try metadata.credentials() } != nil)
        #expect(transport.requests.count == 1)
    }

    @Test func `the endpoint of IPv6 is used if the mode requires it`() throws {
        _ = try metadata(service, ["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE": "IPv6"]).region()
        #expect(service.requests.first?.url == "http://[fd00:ec2::254]/latest/api/token")
    }

    @Test func `a disabled service is not queried`() throws {
        #expect(try metadata(service, ["AWS_EC2_METADATA_DISABLED": "true"]).credentials() == nil)
        #expect(service.requests.isEmpty)
    }

    @Test(arguments: ["http://192.0.2.1/", "http://metadata.example:1338", "http://169.254.169.254.example/"])
    func `an endpoint of plain http on another machine is refused, from any source`(_ endpoint: String) throws {
        let folder = TemporaryFolder()
        let file = folder.write("config", "[default]\nec2_metadata_service_endpoint = \(endpoint)\n")
        for variables in [["AWS_EC2_METADATA_SERVICE_ENDPOINT": endpoint], ["AWS_CONFIG_FILE": file]] {
            let metadata = try metadata(service, variables)
            #expect(sentence { try metadata.credentials() }?.contains("is plain http to") == true)
            #expect(sentence { _ = try metadata.region() }?.contains("is plain http to") == true)
        }
        #expect(service.requests.isEmpty)
    }

    @Test(arguments: ["https://metadata.example/", "http://127.0.0.1:9/", "http://[fd00:ec2::254]/"])
    func `an endpoint of https, of this machine and of the service's own address is used`(_ endpoint: String) throws {
        #expect(try metadata(service, ["AWS_EC2_METADATA_SERVICE_ENDPOINT": endpoint]).region() == "eu-west-3")
    }

    @Test func `an endpoint that is not an address is refused`() throws {
        let metadata = try metadata(service, ["AWS_EC2_METADATA_SERVICE_ENDPOINT": "nonsense"])
        #expect(sentence { try metadata.credentials() }?.contains("AWS_EC2_METADATA_SERVICE_ENDPOINT") == true)
    }
}
