import Testing
import Timepiece

@testable import TimepieceCloudWatch

@Suite struct CurlTransportTests {
    private let server: TransportServer
    private let transport = CurlTransport()

    init() throws {
        server = try TransportServer.get()
    }

    /// Sends what must fail and returns the error.
    private func failure(_ request: HTTPRequest, timeout: Duration = .seconds(60)) throws -> TransportError {
        do throws(TransportError) {
            _ = try transport.send(request, connectTimeout: .seconds(20), timeout: timeout)
        } catch {
            return error
        }
        throw ServerProcess.Failure(description: "The request was answered.")
    }

    @Test func `the header and the body arrive unchanged`() throws {
        var request = server.request("/echo", body: Array("some bytes".utf8))
        request.headers = [HTTPHeader("X-One", "1"), HTTPHeader("X-Empty", "")]
        let reply = try #require(JSONDocument(try transport.send(request).body))
        #expect(reply.string(["method"]) == "POST")
        #expect(reply.string(["body"]) == "some bytes")
        #expect(reply.string(["headers", "x-one"]) == "1")
        #expect(reply.string(["headers", "x-empty"]) == "")
    }

    @Test func `libcurl adds no Expect, Accept or Content-Type of its own, even to a megabyte`() throws {
        let request = server.request("/echo", body: [UInt8](repeating: 65, count: 1_000_000))
        let reply = try #require(JSONDocument(try transport.send(request).body))
        #expect(reply.integer(["length"]) == 1_000_000)
        for name in ["expect", "accept", "content-type", "transfer-encoding"] {
            #expect(!reply.contains(["headers", name]))
        }
    }

    @Test(arguments: ["GET", "PUT", "POST"])
    func `GET, PUT and POST arrive as such`(_ method: String) throws {
        let reply = try #require(JSONDocument(try transport.send(server.request("/echo", method: method)).body))
        #expect(reply.string(["method"]) == method)
    }

    @Test func `a method is not kept for the next request`() throws {
        _ = try transport.send(server.request("/echo", method: "PUT", body: [1, 2, 3]))
        let reply = try #require(JSONDocument(try transport.send(server.request("/echo", method: "GET")).body))
        #expect(reply.string(["method"]) == "GET")
        #expect(reply.integer(["length"]) == 0)
    }

    @Test func `a status of 503 is a reply, with its header in any case`() throws {
        let reply = try transport.send(server.request("/status"))
        #expect(reply.status == 503)
        #expect(reply.body == Array("gone wrong".utf8))
        #expect(reply.header("X-TWICE") == "a")
        #expect(reply.headers.filter { $0.isNamed("x-twice") }.map(\.value) == ["a", "b"])
    }

    @Test func `the service's time is read from Date`() throws {
        #expect(try transport.send(server.request("/status")).date == WallTime(nanoseconds: 784_111_777_000_000_000))
    }

    @Test func `a redirect is not followed`() throws {
        let reply = try transport.send(server.request("/redirect"))
        #expect(reply.status == 302)
    }

    @Test func `an interim reply is not part of the reply`() throws {
        let reply = try transport.send(server.request("/interim"))
        #expect(reply.status == 200)
        #expect(reply.header("Link") == nil)
        #expect(reply.body == Array("after".utf8))
    }

    @Test func `a reply of a mebibyte is read whole`() throws {
        #expect(try transport.send(server.request("/big/1048576")).body.count == 1_048_576)
    }

    @Test func `a reply of one byte more is an error`() throws {
        #expect(try failure(server.request("/big/1048577")).kind == .responseTooLarge)
    }

    @Test func `a header without an end is an error`() throws {
        #expect(try failure(server.request("/endless-header")).kind == .responseTooLarge)
    }

    @Test func `a closed port: no connection, nothing applied`() throws {
        let error = try failure(HTTPRequest(method: "POST", url: "http://127.0.0.1:\(server.closed)/", body: [1]))
        #expect(error.kind == .couldNotConnect)
        #expect(!error.requestMayHaveBeenApplied)
        #expect(error.sentence.contains("http://127.0.0.1:\(server.closed)"))
    }

    @Test func `an unknown host: no address, nothing applied`() throws {
        let error = try failure(HTTPRequest(method: "POST", url: "https://nobody.invalid/", bypassesProxy: true))
        #expect(error.kind == .resolve)
        #expect(!error.requestMayHaveBeenApplied)
    }

    @Test func `a connection that ends after the whole request may have applied it`() throws {
        let error = try failure(server.request("/close-after", body: [1, 2, 3]))
        #expect(error.kind == .brokenBeforeResponse)
        #expect(error.requestMayHaveBeenApplied)
    }

    @Test func `a connection that ends within the request has not applied it`() throws {
        let error = try failure(server.request("/close-early", body: [UInt8](repeating: 0, count: 50_000_000)))
        #expect(error.kind == .brokenBeforeResponse)
        #expect(!error.requestMayHaveBeenApplied)
    }

    @Test func `a reply that ends early is an error`() throws {
        let error = try failure(server.request("/truncated", body: [1]))
        #expect(error.kind == .brokenBeforeResponse)
        #expect(error.requestMayHaveBeenApplied)
    }

    @Test func `what is not HTTP is an error`() throws {
        let error = try failure(server.request("/garbage", body: [1]))
        #expect(error.kind == .garbledResponse)
        #expect(error.requestMayHaveBeenApplied)
    }

    @Test func `the time is up when it is, and the request may have been applied`() throws {
        let error = try failure(server.request("/hang", body: [1]), timeout: .milliseconds(1500))
        #expect(error.kind == .timedOut)
        #expect(error.requestMayHaveBeenApplied)
    }

    @Test func `a kept connection is used again, and its end does not send the request twice`() throws {
        let own = CurlTransport()
        #expect(try own.send(server.request("/keep-then-drop", body: [1])).status == 200)
        #expect {
            try own.send(server.request("/keep-then-drop", body: [1]))
        } throws: { error in
            let error = error as? TransportError
            return error?.kind == .brokenBeforeResponse && error?.requestMayHaveBeenApplied == true
        }
        let count = try #require(JSONDocument(try transport.send(server.request("/count/keep-then-drop")).body))
        #expect(count.integer(["count"]) == 2)
    }

    @Test func `after a failure the transport continues to work`() throws {
        let own = CurlTransport()
        #expect(throws: TransportError.self) { try own.send(server.request("/close-after")) }
        #expect(try own.send(server.request("/echo")).status == 200)
    }

    @Test func `many threads may use one transport`() async throws {
        let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<20 { group.addTask { try transport.send(server.request("/echo")).status } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(statuses == [Int](repeating: 200, count: 20))
    }
}
