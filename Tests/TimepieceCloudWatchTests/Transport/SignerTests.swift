import Testing
import Timepiece

@testable import TimepieceCloudWatch

@Suite struct SignerTests {
    /// The keys and the time of the suite, from the file that AWS ships with it.
    private static let keys = Credentials(
        accessKeyID: "AKIDEXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
    private static let stamp = "20150830T123600Z"
    private static let time = WallTime(internetDate: "2015-08-30T12:36:00Z")

    @Test func `AWS's test suite is present`() {
        let vanilla = SignatureCase(name: "get-vanilla")
        #expect(
            throws: Never.self, "run Tests/fetch-sigv4-suite.sh, which puts the suite into .build/aws4_testsuite"
        ) { try vanilla.file("req") }
    }

    @Test(arguments: SignatureCase.all)
    func `the canonical request, the text to sign and the signature are AWS's`(_ item: SignatureCase) throws {
        var request = try item.request()
        var keys = Self.keys
        keys.sessionToken = try item.token()
        Signer.sign(
            &request, with: keys, region: "us-east-1", service: "service", at: try #require(Self.time))
        let canonical = CanonicalRequest(request, target: try #require(URLParts(request.url)))
        #expect(try canonical.text == item.file("creq"))
        let scope = "20150830/us-east-1/service/aws4_request"
        #expect(try Signer.stringToSign(canonical, stamp: Self.stamp, scope: scope) == item.file("sts"))
        #expect(try request.header("Authorization") == item.file("authz"))
    }

    @Test func `the suite has 34 cases`() {
        #expect(SignatureCase.all.count == 34)
    }

    @Test func `signing again replaces the first signature`() throws {
        let time = try #require(Self.time)
        var request = HTTPRequest(method: "GET", url: "https://example.amazonaws.com/")
        Signer.sign(&request, with: Self.keys, region: "us-east-1", service: "service", at: time)
        let first = request
        var keys = Self.keys
        keys.sessionToken = "token"
        Signer.sign(
            &request, with: keys, region: "us-east-1", service: "service", at: time.advanced(by: .seconds(1)))
        #expect(request.header("X-Amz-Date") == "20150830T123601Z")
        Signer.sign(&request, with: Self.keys, region: "us-east-1", service: "service", at: time)
        #expect(Set(request.headers.map { $0.name + $0.value }) == Set(first.headers.map { $0.name + $0.value }))
    }

    @Test func `headers that proxies change are not signed`() throws {
        var request = HTTPRequest(
            method: "POST", url: "https://example.amazonaws.com/",
            headers: [HTTPHeader("User-Agent", "one"), HTTPHeader("Expect", ""), HTTPHeader("Content-Type", "text")])
        Signer.sign(
            &request, with: Self.keys, region: "us-east-1", service: "service", at: try #require(Self.time))
        #expect(request.header("Authorization")?.contains("SignedHeaders=content-type;host;x-amz-date,") == true)
    }

    @Test func `the port is part of the signed host unless it is the scheme's own`() throws {
        for (address, host) in [
            ("https://h:443/", "h"), ("http://h:80/", "h"), ("http://127.0.0.1:4566", "127.0.0.1:4566"),
            ("https://[::1]:8443/", "[::1]:8443"),
        ] {
            var request = HTTPRequest(method: "GET", url: address)
            Signer.sign(
                &request, with: Self.keys, region: "us-east-1", service: "service", at: try #require(Self.time))
            #expect(request.header("Host") == host)
        }
    }

    @Test func `the secret is not in the request`() throws {
        var request = HTTPRequest(method: "GET", url: "https://example.amazonaws.com/")
        Signer.sign(
            &request, with: Self.keys, region: "us-east-1", service: "service", at: try #require(Self.time))
        #expect(!request.headers.contains { $0.value.contains(Self.keys.secretAccessKey) })
    }
}
