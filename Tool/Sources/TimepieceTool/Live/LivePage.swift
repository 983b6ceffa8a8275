import Glibc
import Synchronization

/// Serves the report's page of a run in progress: the same page, which fetches its data every two seconds.
///
/// On a thread of its own, one connection at a time, a few seconds each, and read-only: a browser never affects the
/// pipeline. A page of another site cannot read it through a name of its own that resolves to this machine ("DNS
/// rebinding"): the host that the browser names has to be this one.
final class LivePage: Sendable {
    let address: ListenAddress
    /// The bound port, if 0 was requested.
    let port: UInt16
    private let socket: Int32
    private let summary: Mutex<RecordingSummary>

    /// Windows beyond an hour of seconds are dropped, the oldest first.
    private static let mostWindows = 3600
    private static let mostIncidents = 20_000
    private static let longestRequest = 8192

    /// Starts to serve.
    init(_ address: ListenAddress, header: RecordingHeader) throws(Failure) {
        self.address = address
        summary = Mutex(RecordingSummary(name: "live", header: header))
        socket = try Self.listen(address)
        port = Self.boundPort(socket)
        let me = unsafe Unmanaged.passRetained(self).toOpaque()
        // The thread blocks all signals, which are the main thread's.
        var all = sigset_t()
        var former = sigset_t()
        unsafe sigfillset(&all)
        unsafe pthread_sigmask(SIG_SETMASK, &all, &former)
        var thread = pthread_t()
        let error = unsafe pthread_create(
            &thread, nil,
            { me in
                guard let me = unsafe me else { return nil }
                unsafe Unmanaged<LivePage>.fromOpaque(me).takeUnretainedValue().serve()
                return nil
            }, me)
        unsafe pthread_sigmask(SIG_SETMASK, &former, nil)
        guard error == 0 else {
            unsafe Unmanaged<LivePage>.fromOpaque(me).release()
            throw Failure(.unavailable, "There is no thread for the live page.")
        }
        pthread_detach(thread)
    }

    var url: String {
        let host = address.host.contains(":") ? "[\(address.host)]" : address.host
        return "http://\(host):\(port)/"
    }

    /// Takes an event, for the next request of the page.
    func take(_ event: PipelineEvent, at now: Duration) {
        guard let content = RecordedEvent.Content(event) else { return }
        summary.withLock { summary in
            summary.take(RecordedEvent(at: now, content))
            summary.forget(windows: Self.mostWindows, incidents: Self.mostIncidents)
        }
    }

    /// Updates the time for the page, so that silence is visible, and the end of the run.
    func beat(at now: Duration, end: EndReason? = nil) {
        summary.withLock { $0.update(duration: now, end: end) }
    }

    private static func listen(_ address: ListenAddress) throws(Failure) -> Int32 {
        let isSix = address.host.contains(":")
        let descriptor = Glibc.socket(isSix ? AF_INET6 : AF_INET, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
        guard descriptor >= 0 else { throw failure(address) }
        var yes: Int32 = 1
        unsafe setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        let bound: Int32
        if isSix {
            var place = sockaddr_in6()
            place.sin6_family = sa_family_t(AF_INET6)
            place.sin6_port = address.port.bigEndian
            guard unsafe inet_pton(AF_INET6, address.host, &place.sin6_addr) == 1 else { throw noAddress(address) }
            bound = unsafe withUnsafeBytes(of: &place) { bytes in
                unsafe bind(
                    descriptor, bytes.assumingMemoryBound(to: sockaddr.self).baseAddress, socklen_t(bytes.count))
            }
        } else {
            var place = sockaddr_in()
            place.sin_family = sa_family_t(AF_INET)
            place.sin_port = address.port.bigEndian
            guard unsafe inet_pton(AF_INET, address.host, &place.sin_addr) == 1 else { throw noAddress(address) }
            bound = unsafe withUnsafeBytes(of: &place) { bytes in
                unsafe bind(
                    descriptor, bytes.assumingMemoryBound(to: sockaddr.self).baseAddress, socklen_t(bytes.count))
            }
        }
        guard bound == 0, Glibc.listen(descriptor, 16) == 0 else {
            let problem = failure(address)
            close(descriptor)
            throw problem
        }
        return descriptor
    }

    private static func failure(_ address: ListenAddress) -> Failure {
        Failure(
            .unavailable, "The live page cannot be served at \(address.host):\(address.port): \(lastSystemError()).")
    }

    private static func noAddress(_ address: ListenAddress) -> Failure {
        Failure(.usage, "--http has the host \(address.host); it has to be an address, as in 127.0.0.1:8080 or :8080.")
    }

    private static func boundPort(_ descriptor: Int32) -> UInt16 {
        var place = sockaddr_in6()
        var size = socklen_t(MemoryLayout<sockaddr_in6>.size)
        // The port is in the same place for both families.
        _ = unsafe withUnsafeMutableBytes(of: &place) { bytes in
            unsafe getsockname(descriptor, bytes.assumingMemoryBound(to: sockaddr.self).baseAddress, &size)
        }
        return UInt16(bigEndian: place.sin6_port)
    }

    private func serve() {
        while true {
            let connection = accept(socket, nil, nil)
            if connection < 0 {
                // Out of descriptors, or the peer has closed.
                usleep(50_000)
                continue
            }
            answer(connection)
            close(connection)
        }
    }

    private func answer(_ connection: Int32) {
        var patience = timeval(tv_sec: 2, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            unsafe setsockopt(connection, SOL_SOCKET, option, &patience, socklen_t(MemoryLayout<timeval>.size))
        }
        guard let request = read(connection) else { return }
        let lines = request.split(separator: "\r\n", omittingEmptySubsequences: false)
        let words = lines.first?.split(separator: " ") ?? []
        guard words.count == 3, words[2].hasPrefix("HTTP/1.") else { return send(connection, "400 Bad Request") }
        guard words[0] == "GET" else { return send(connection, "405 Method Not Allowed") }
        let host = lines.dropFirst().first { $0.lowercased().hasPrefix("host:") }.map { line in
            line.dropFirst("host:".count).filter { $0 != " " }
        }
        guard isOwn(host ?? "") else { return send(connection, "421 Misdirected Request") }
        switch words[1].prefix(while: { $0 != "?" }) {
        case "/": send(connection, "200 OK", "text/html; charset=utf-8", HTMLReport.page(data))
        case "/data.json": send(connection, "200 OK", "application/json", data.text)
        case "/favicon.ico": send(connection, "204 No Content")
        default: send(connection, "404 Not Found")
        }
    }

    private var data: JSONValue {
        // A copy, so that the pipeline's thread does not wait until it is written.
        var copy = summary.withLock { $0 }
        copy.finish()
        return PageData.json(copy, isLive: copy.recording.end == nil)
    }

    /// Whether a browser's host name is one of this machine, and not a name of another site that resolves to it.
    private func isOwn(_ host: String) -> Bool {
        guard address.isLoopback else { return true }
        let name = host.hasSuffix("]") ? host[...] : host.lastIndex(of: ":").map { host[..<$0] } ?? host[...]
        return ["localhost", "127.0.0.1", "[::1]", address.host, "[\(address.host)]"].contains { $0 == name }
    }

    private func read(_ connection: Int32) -> String? {
        let end = monotonicNow() + .seconds(3)
        var request: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 2048)
        while request.count < Self.longestRequest, monotonicNow() < end {
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe recv(connection, $0.baseAddress, $0.count, 0) }
            guard count > 0 else { return nil }
            request += chunk[..<count]
            let text = String(decoding: request, as: UTF8.self)
            if text.contains("\r\n\r\n") { return text }
        }
        return nil
    }

    private func send(_ connection: Int32, _ status: String, _ type: String = "text/plain", _ body: String = "") {
        let content = body.isEmpty && !status.hasPrefix("204") ? status + "\n" : body
        let head =
            "HTTP/1.1 \(status)\r\nContent-Type: \(type)\r\nContent-Length: \(content.utf8.count)\r\n"
            + "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\n"
            + "Cross-Origin-Resource-Policy: same-origin\r\nX-Frame-Options: DENY\r\nConnection: close\r\n\r\n"
        let end = monotonicNow() + .seconds(10)
        var bytes = Array((head + content).utf8)[...]
        while !bytes.isEmpty, monotonicNow() < end {
            let count = unsafe bytes.withUnsafeBytes {
                unsafe Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
        shutdown(connection, Int32(SHUT_WR))
    }
}
