import Testing

@testable import TimepieceCloudWatch

@Suite struct URLPartsTests {
    @Test func `the parts of an address are separated`() throws {
        let parts = try #require(URLParts("HTTPS://Monitoring.EU-central-1.amazonaws.com:8443/a/../b?x=1&y#z"))
        #expect(parts.scheme == "https")
        #expect(parts.host == "monitoring.eu-central-1.amazonaws.com")
        #expect(parts.authority == "monitoring.eu-central-1.amazonaws.com:8443")
        #expect(parts.path == "/a/../b")
        #expect(parts.query == "x=1&y")
        #expect(parts.origin == "https://monitoring.eu-central-1.amazonaws.com:8443")
    }

    @Test func `the port of the scheme is left out`() {
        #expect(URLParts("https://h:443")?.authority == "h")
        #expect(URLParts("http://h:80")?.authority == "h")
        #expect(URLParts("http://h:443")?.authority == "h:443")
    }

    @Test func `an address of IPv6 has brackets where they belong`() {
        #expect(URLParts("http://[fd00:ec2::23]/x")?.host == "fd00:ec2::23")
        #expect(URLParts("http://[fd00:ec2::23]:81/x")?.authority == "[fd00:ec2::23]:81")
    }

    @Test(arguments: ["localhost", "127.0.0.1", "127.255.1.2", "[::1]", "LOCALHOST"])
    func `loopback is this machine`(_ host: String) {
        #expect(URLParts("http://\(host)/")?.isLoopback == true)
    }

    @Test(arguments: ["127.0.0.1.example.com", "localhost.example.com", "128.0.0.1", "0.0.0.0", "[::2]", "127.example"])
    func `what only looks like loopback is not`(_ host: String) {
        #expect(URLParts("http://\(host)/")?.isLoopback == false)
    }

    @Test func `the host is the one that libcurl connects to`() {
        // Other spellings of 127.0.0.1 are read by libcurl's parser, and so is what follows a backslash or an at sign.
        #expect(URLParts("http://2130706433/")?.host == "127.0.0.1")
        #expect(URLParts("http://0x7f.1/")?.host == "127.0.0.1")
        #expect(URLParts("http://localhost@example.com/") == nil)
    }

    @Test(arguments: ["", "h", "//h", "https:", "https://", "ftp://h", "http://u@h", "http://h:99999", "http://h\0/"])
    func `what is not an address is refused`(_ url: String) {
        #expect(URLParts(url) == nil)
    }
}
