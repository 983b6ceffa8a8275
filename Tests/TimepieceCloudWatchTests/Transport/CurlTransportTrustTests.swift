import Testing
import Timepiece

@testable import TimepieceCloudWatch

@Suite struct CurlTransportTrustTests {
    private let server: TransportServer

    init() throws {
        server = try TransportServer.get()
    }

    private func kind(_ transport: CurlTransport, _ request: HTTPRequest) -> TransportError.Kind? {
        do throws(TransportError) {
            _ = try transport.send(request)
            return nil
        } catch {
            return error.kind
        }
    }

    @Test func `a certificate of a trusted authority is accepted`() throws {
        let transport = CurlTransport(authorities: TrustedAuthorities(file: server.authority))
        let request = HTTPRequest(method: "GET", url: "https://localhost:\(server.tls)/echo")
        #expect(try transport.send(request).status == 200)
    }

    @Test func `a certificate of an unknown authority is refused`() {
        let request = HTTPRequest(method: "GET", url: "https://localhost:\(server.tls)/echo")
        #expect(kind(CurlTransport(), request) == .tls)
    }

    @Test func `a certificate for another name is refused`() {
        let request = HTTPRequest(method: "GET", url: "https://localhost:\(server.wrongName)/echo")
        #expect(kind(CurlTransport(authorities: TrustedAuthorities(file: server.authority)), request) == .tls)
    }

    @Test func `a file of authorities that is not there is an error, not blind trust`() {
        let request = HTTPRequest(method: "GET", url: "https://localhost:\(server.tls)/echo")
        #expect(kind(CurlTransport(authorities: TrustedAuthorities(file: "/nonexistent.pem")), request) == .tls)
    }

    @Test func `a directory of authorities is searched by hashed names, and nothing else is trusted`() throws {
        let request = HTTPRequest(method: "GET", url: "https://localhost:\(server.tls)/echo")
        let directory = try TrustedAuthorities(checking: server.directory, origin: "AWS_CA_BUNDLE")
        #expect(directory.isDirectory)
        #expect(try CurlTransport(authorities: directory).send(request).status == 200)
        let empty = TemporaryFolder()
        let bare = #expect(throws: CredentialsError.self) {
            try TrustedAuthorities(checking: empty.path, origin: "AWS_CA_BUNDLE")
        }
        #expect(bare?.sentence.contains("openssl rehash") == true)
    }

    @Test func `authorities come from AWS_CA_BUNDLE, then from the profile, then from REQUESTS_CA_BUNDLE`() throws {
        let folder = TemporaryFolder()
        let files = ["a", "b", "c"].map { folder.write($0, "-----BEGIN CERTIFICATE-----\n") }
        let config = folder.write("config", "[default]\nca_bundle = \(files[1])\n")
        func found(_ variables: [String: String]) throws -> String? {
            let environment = Environment.bare(variables)
            let configuration = try SharedConfiguration(profile: nil, environment: environment)
            return try TrustedAuthorities.find(environment, configuration)?.path
        }
        #expect(try found([:]) == nil)
        #expect(try found(["REQUESTS_CA_BUNDLE": files[2]]) == files[2])
        #expect(try found(["REQUESTS_CA_BUNDLE": files[2], "AWS_CONFIG_FILE": config]) == files[1])
        let all = ["REQUESTS_CA_BUNDLE": files[2], "AWS_CONFIG_FILE": config, "AWS_CA_BUNDLE": files[0]]
        #expect(try found(all) == files[0])
        for variable in ["AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE"] {
            var settings = CloudWatchSettings.test(endpoint: "https://localhost:1", spool: "none")
            settings.environment = .bare([variable: "/nonexistent.pem"])
            let error = #expect(throws: CloudWatchSettingsError.self) { try CloudWatchPublisher(settings) }
            #expect(error?.description.contains("/nonexistent.pem of \(variable) is not there") == true)
            settings.environment = .bare([variable: folder.write("d", "nothing")])
            #expect(throws: CloudWatchSettingsError.self) { try CloudWatchPublisher(settings) }
        }
    }

    @Test func `a clock that was never set does not make certificates invalid, one before them is named`() throws {
        let request = HTTPRequest(method: "GET", url: "https://localhost:\(server.tls)/echo")
        let authorities = TrustedAuthorities(file: server.authority)
        let never: @Sendable () -> WallTime = { WallTime(nanoseconds: 5_000_000_000) }
        let corrected = CurlTransport(authorities: authorities, clock: never, earliest: .now())
        #expect(try corrected.send(request).status == 200)
        let before = WallTime.now().advanced(by: .seconds(-86_400))
        let error = #expect(throws: TransportError.self) {
            try CurlTransport(authorities: authorities, clock: never, earliest: before).send(request)
        }
        #expect(error?.kind == .tls)
        #expect(error?.sentence.contains("The clock of this machine says \(never())") == true)
        #expect(CurlTransport.buildTime > WallTime(nanoseconds: 1_750_000_000_000_000_000))
        #expect(CurlTransport.buildTime <= .now())
    }

    @Test func `a device proves its identity by its certificate`() throws {
        var request = HTTPRequest(method: "GET", url: "https://localhost:\(server.mutual)/echo")
        request.clientCertificate = server.device
        #expect(try CurlTransport().send(request).status == 200)
    }

    @Test func `a device without a certificate gets no reply`() {
        let request = HTTPRequest(method: "GET", url: "https://localhost:\(server.mutual)/echo")
        #expect(kind(CurlTransport(authorities: TrustedAuthorities(file: server.authority)), request) != nil)
    }

    @Test func `a certificate is not sent to the next host`() throws {
        let transport = CurlTransport(authorities: TrustedAuthorities(file: server.authority))
        var request = HTTPRequest(method: "GET", url: "https://localhost:\(server.mutual)/echo")
        request.clientCertificate = server.device
        #expect(try transport.send(request).status == 200)
        request.clientCertificate = nil
        #expect(kind(transport, request) != nil)
    }

    @Test func `plain http to another machine is refused unless the request allows it`() {
        for host in ["192.0.2.1", "example.com", "127.0.0.1.example.com", "localhost.example.com"] {
            #expect(kind(CurlTransport(), HTTPRequest(method: "GET", url: "http://\(host)/")) == .invalidRequest)
        }
    }

    @Test(arguments: [
        "", "localhost", "ftp://localhost/", "file:///etc/passwd", "http://user:word@localhost/", "http://",
    ])
    func `an invalid address, or one with a user name or another scheme, is refused`(_ url: String) {
        #expect(kind(CurlTransport(), HTTPRequest(method: "GET", url: url)) == .invalidRequest)
    }

    @Test func `a header with a line break is refused`() {
        for header in [HTTPHeader("X", "a\r\nY: b"), HTTPHeader("X\nY", "b"), HTTPHeader("", "b")] {
            var request = server.request("/echo")
            request.headers = [header]
            #expect(kind(CurlTransport(), request) == .invalidRequest)
        }
    }

    @Test func `path, header and body are in no description and no error`() throws {
        let secret = "s3cr3tw0rd"
        var request = HTTPRequest(
            method: "POST", url: "http://127.0.0.1:\(server.closed)/\(secret)?q=\(secret)",
            headers: [HTTPHeader("Authorization", secret)], body: Array(secret.utf8))
        var texts = ["\(request)", String(reflecting: request)]
        dump(request, to: &texts[0])
        let error = #expect(throws: TransportError.self) { try CurlTransport().send(request) }
        texts += ["\(String(describing: error))", String(reflecting: error)]
        request.headers[0].value = "\(secret)\n"
        let second = #expect(throws: TransportError.self) { try CurlTransport().send(request) }
        texts.append(String(reflecting: second))
        let reply = HTTPResponse(status: 200, headers: request.headers, body: request.body)
        texts.append("\(reply)")
        dump(reply, to: &texts[0])
        for text in texts { #expect(!text.contains(secret)) }
    }
}
