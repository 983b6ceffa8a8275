import Glibc
import Synchronization
import Testing

@testable import Timepiece
@testable import TimepieceTelemetry

/// Real connections on the loopback interface.
@Suite("The page for Prometheus", .serialized)
struct MetricsServerTests {
    /// A server at a port that was free a moment ago, and a client of it.
    private func withServer(
        render: @escaping MetricsServer.Render = { Array("page as \($0)".utf8) }, _ body: (UInt16) throws -> Void
    ) throws {
        for _ in 0..<20 {
            let port = UInt16.random(in: 20_000...32_000)
            guard let server = try? MetricsServer(address: "127.0.0.1", port: port, render: render) else { continue }
            defer { server.close() }
            return try body(port)
        }
        Issue.record("There is no free port.")
    }

    private func connection(_ port: UInt16) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var limit = timeval(tv_sec: 20, tv_usec: 0)
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = unsafe connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        return descriptor
    }

    private func send(_ text: String, _ descriptor: Int32) {
        let bytes = Array(text.utf8)
        unsafe Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    /// The response until the server closes the connection.
    private func receive(_ descriptor: Int32) -> String {
        var reply: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            reply += buffer.prefix(count)
        }
        close(descriptor)
        return String(decoding: reply, as: UTF8.self)
    }

    private func ask(_ port: UInt16, _ request: String) -> String {
        let descriptor = connection(port)
        send(request, descriptor)
        return receive(descriptor)
    }

    @Test func `answers GET and HEAD of its only path, in the requested format`() throws {
        try withServer { port in
            let text = ask(port, "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(text.hasPrefix("HTTP/1.1 200 "))
            #expect(text.contains("\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"))
            #expect(text.hasSuffix("\r\n\r\npage as text"))
            let accept =
                "Accept: application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited"
            #expect(
                ask(port, "GET /metrics?x=1 HTTP/1.1\r\nHost: a\r\n\(accept)\r\n\r\n").hasSuffix("page as protobuf"))
            let head = ask(port, "HEAD /metrics HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(head.hasPrefix("HTTP/1.1 200 ") && head.hasSuffix("\r\n\r\n"))
            #expect(ask(port, "GET / HTTP/1.1\r\nHost: a\r\n\r\n").contains("href=\"/metrics\""))
        }
    }

    @Test(arguments: [
        ("GET /metric HTTP/1.1\r\nHost: a\r\n\r\n", "404"), ("GET /../etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n", "404"),
        ("POST /metrics HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nabcd", "405"),
        ("PUT /metrics HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", "405"),
        ("DELETE / HTTP/1.1\r\nHost: a\r\n\r\n", "405"),
        ("GET /metrics HTTP/1.1\r\nHost: a\r\nX: " + String(repeating: "x", count: 40_000), "4"),
    ])
    func `refuses everything else`(request: String, status: String) throws {
        try withServer { port in
            let reply = ask(port, request)
            #expect(reply.hasPrefix("HTTP/1.1 \(status)") || reply.hasPrefix("HTTP/1.0 \(status)"))
            #expect(ask(port, "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n").hasSuffix("page as text"))
        }
    }

    @Test func `makes 50 pages a second at most, and returns the last one to further requests`() throws {
        let made = Mutex(0)
        try withServer(
            render: { _ in
                made.withLock { made in
                    made += 1
                    return Array("page \(made)".utf8)
                }
            },
            { port in
                let began = MonotonicInstant.now()
                for number in 1...50 {
                    #expect(ask(port, "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n").hasSuffix("\r\n\r\npage \(number)"))
                }
                for _ in 0..<50 { _ = ask(port, "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n") }
                let seconds = Int(began.duration(to: .now()).inSeconds) + 1
                #expect(made.withLock { $0 } <= 50 * seconds)
            })
    }

    @Test func `survives garbage`() throws {
        try withServer { port in
            var random = SystemRandomNumberGenerator()
            for length in [1, 100, 5_000] {
                let descriptor = connection(port)
                let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
                unsafe Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
                close(descriptor)
            }
            #expect(ask(port, "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n").hasSuffix("page as text"))
        }
    }

    @Test func `answers although 200 clients have begun a request and do not continue`() throws {
        try withServer { port in
            let slow = (0..<200).map { _ in connection(port) }
            for descriptor in slow { send("GET /metrics HTTP/1.1\r\nX: ", descriptor) }
            // Those that were accepted give way within about a second; of one address no more wait behind them.
            var isAnswered = false
            let end = MonotonicInstant.now().advanced(by: .seconds(20))
            while !isAnswered, MonotonicInstant.now() < end {
                for descriptor in slow.prefix(40) { send("x", descriptor) }
                isAnswered = ask(port, "GET /metrics HTTP/1.1\r\nHost: a\r\n\r\n").hasSuffix("page as text")
                usleep(100_000)
            }
            #expect(isAnswered)
            for descriptor in slow { close(descriptor) }
        }
    }

    @Test func `says what is wrong with an address or a port`() throws {
        try withServer { port in
            let inUse = #expect(throws: PrometheusError.self) {
                _ = try MetricsServer(address: "127.0.0.1", port: port) { _ in [] }
            }
            #expect(inUse?.description.contains("port \(port) of 127.0.0.1: Address already in use. ") == true)
        }
        for address in ["", "nowhere.example", "127.0.0.1:80", "256.0.0.1", "fe80::zz"] {
            let wrong = #expect(throws: PrometheusError.self) {
                _ = try MetricsServer(address: address, port: 20_000) { _ in [] }
            }
            #expect(wrong?.description.contains("'\(address)'; allowed is an IP address of this machine") == true)
        }
        let foreign = #expect(throws: PrometheusError.self) {
            _ = try MetricsServer(address: "192.0.2.1", port: 20_000) { _ in [] }
        }
        #expect(foreign?.description.contains("Cannot assign requested address.") == true)
    }
}
