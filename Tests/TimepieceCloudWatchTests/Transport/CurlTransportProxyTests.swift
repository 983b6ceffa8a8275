import Glibc
import Testing

@testable import TimepieceCloudWatch

/// The effects of the environment's proxies; each test has its own process, whose environment it may change.
@Suite struct CurlTransportProxyTests {
    /// Names a proxy that does not exist; returns how a request to a host that does not exist then fails.
    private static func failure(bypassing: Bool) throws -> TransportError.Kind? {
        let server = try TransportServer.get()
        for name in ["http_proxy", "https_proxy"] {
            unsafe setenv(name, "http://127.0.0.1:\(server.closed)", 1)
        }
        let request = HTTPRequest(method: "GET", url: "https://host.invalid/", bypassesProxy: bypassing)
        do throws(TransportError) {
            _ = try CurlTransport().send(request)
            return nil
        } catch {
            return error.kind
        }
    }

    @Test func `a proxy of the environment is used for a distant host`() async {
        await #expect(processExitsWith: .success) {
            let kind = try Self.failure(bypassing: false)
            #expect(kind == .couldNotConnect)
        }
    }

    @Test func `a proxy is not used where the request refuses it`() async {
        await #expect(processExitsWith: .success) {
            let kind = try Self.failure(bypassing: true)
            #expect(kind == .resolve)
        }
    }

    @Test func `a proxy is not used for loopback`() async {
        await #expect(processExitsWith: .success) {
            _ = try Self.failure(bypassing: false)
            let reply = try CurlTransport().send(TransportServer.get().request("/echo"))
            #expect(reply.status == 200)
        }
    }
}
