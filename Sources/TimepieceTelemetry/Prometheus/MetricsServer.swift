import CMicroHTTPD
import Glibc
import Synchronization
import Timepiece

/// Serves HTTP requests for metrics, with libmicrohttpd, on a thread of its own.
///
/// `/metrics` is the page, `/` a link to it; only GET and HEAD are answered. The resources of a client are bounded: the
/// number of connections, the size of a header, the time for a request with its response; while half of the connections
/// are in use, slow ones are closed earlier. A connection serves one request.
@safe package final class MetricsServer: @unchecked Sendable {
    // Sendable: mutable state is in a mutex, or belongs to the server's thread, which starts after init.
    /// Connections at a time, in all and from one address.
    static let mostConnections: UInt32 = 32
    static let mostConnectionsOfAddress: UInt32 = 24
    /// Of the header of a request, with what the library needs for it.
    static let mostHeaderBytes = 16_384
    /// How long a connection may be open, in nanoseconds, normally and while many are.
    static let longestConnection: UInt64 = 10_000_000_000
    static let longestUnderPressure: UInt64 = 1_000_000_000

    /// Makes a page in a format.
    package typealias Render = @Sendable (ExpositionFormat) -> [UInt8]

    private let render: Render
    private let daemon: OpaquePointer
    private let wakeDescriptor: Int32
    private let handler: UnsafeMutablePointer<TimepieceMHDHandler>
    private let thread = Mutex<SystemThread?>(nil)
    private let isClosing = Atomic<Bool>(false)
    // Used by the server's thread only.
    private var connections: [Connection] = []
    private var pages: [ExpositionFormat: [UInt8]] = [:]
    /// When the current second began, and the number of pages made in it.
    private var second: UInt64 = 0
    private var pagesInSecond = 0

    @safe private struct Connection {
        let identifier: OpaquePointer
        let socket: Int32
        let since: UInt64
    }

    /// The most pages made in a second; further requests get the last one again.
    static let mostPagesInSecond = 50

    /// Starts to listen.
    package init(address: String, port: UInt16, render: @escaping Render) throws(PrometheusError) {
        if let problem = unsafe timepiece_mhd_problem() {
            throw PrometheusError("The page for Prometheus needs \(unsafe String(cString: problem)).")
        }
        let socket = try ListeningSocket.open(address: address, port: port)
        var limits = TimepieceMHDLimits(
            connections: Self.mostConnections, connections_per_address: Self.mostConnectionsOfAddress,
            idle_seconds: UInt32(Self.longestConnection / 1_000_000_000), header_bytes: Self.mostHeaderBytes)
        self.render = render
        unsafe handler = .allocate(capacity: 1)
        unsafe handler.initialize(
            to: TimepieceMHDHandler(
                answer: { context, connection, path, method in
                    guard let context = unsafe context, let connection = unsafe connection else { return }
                    unsafe MetricsServer.from(context).answer(connection, path: path, method: method)
                },
                notice: { context, connection, socket, hasBegun in
                    guard let context = unsafe context, let connection = unsafe connection else { return }
                    unsafe MetricsServer.from(context).note(connection, socket, hasBegun: hasBegun != 0)
                },
                context: nil))
        guard let daemon = unsafe timepiece_mhd_start(socket, &limits, handler) else {
            Glibc.close(socket)
            unsafe handler.deallocate()
            throw PrometheusError(
                "The page for Prometheus cannot be opened: there is no memory or no descriptor for it.")
        }
        unsafe self.daemon = daemon
        wakeDescriptor = timepiece_mhd_alarm()
        unsafe handler.pointee.context = unsafe Unmanaged.passUnretained(self).toOpaque()
        do throws(TimepieceError) {
            let started = try SystemThread { [self] in
                SystemThread.nameCurrent("timepiece-page")
                run()
            }
            thread.withLock { $0 = started }
        } catch {
            throw PrometheusError("The page for Prometheus cannot be opened: no thread could be started.")
        }
    }

    deinit {
        unsafe MHD_stop_daemon(daemon)
        if wakeDescriptor >= 0 { Glibc.close(wakeDescriptor) }
        unsafe handler.deallocate()
    }

    /// Stops serving requests; waits for the response in progress.
    package func close() {
        guard !isClosing.exchange(true, ordering: .relaxed) else { return }
        timepiece_mhd_ring(wakeDescriptor)
        thread.withLock { $0.take() }?.join()
    }

    private static func from(_ context: UnsafeMutableRawPointer) -> MetricsServer {
        unsafe Unmanaged<MetricsServer>.fromOpaque(context).takeUnretainedValue()
    }

    private func run() {
        var descriptors = [
            pollfd(fd: unsafe timepiece_mhd_descriptor(daemon), events: Int16(POLLIN), revents: 0),
            pollfd(fd: wakeDescriptor, events: Int16(POLLIN), revents: 0),
        ]
        while !isClosing.load(ordering: .relaxed) {
            var milliseconds: UInt64 = 0
            let isTimed = unsafe MHD_get_timeout(daemon, &milliseconds) == TIMEPIECE_MHD_YES
            // Slow connections are checked for only while there are connections.
            let longest: Int32 = connections.isEmpty ? -1 : 250
            let wait = isTimed ? Int32(clamping: min(milliseconds, 250)) : longest
            unsafe poll(&descriptors, nfds_t(descriptors.count), wait)
            unsafe MHD_run(daemon)
            endLongOnes(at: MonotonicInstant.now().nanoseconds)
        }
    }

    /// Ends the connections that take too long; the library then detects that they are closed.
    private func endLongOnes(at now: UInt64) {
        let isPressed = connections.count >= Int(Self.mostConnections / 2)
        let longest = isPressed ? Self.longestUnderPressure : Self.longestConnection
        for connection in connections where now - min(now, connection.since) > longest {
            shutdown(connection.socket, Int32(SHUT_RDWR))
        }
    }

    private func note(_ connection: OpaquePointer, _ socket: Int32, hasBegun: Bool) {
        connections.removeAll { unsafe $0.identifier == connection }
        guard hasBegun else { return }
        connections.append(
            unsafe Connection(identifier: connection, socket: socket, since: MonotonicInstant.now().nanoseconds))
    }

    private func answer(_ connection: OpaquePointer, path: UnsafePointer<CChar>?, method: UnsafePointer<CChar>?) {
        let path = unsafe path.map { unsafe String(cString: $0) } ?? ""
        let method = unsafe method.map { unsafe String(cString: $0) } ?? ""
        guard method == "GET" || method == "HEAD" else {
            return unsafe reply(connection, 405, "text/plain", Array("Only GET and HEAD are answered.\n".utf8))
        }
        switch path {
        case "/metrics":
            let accept = unsafe MHD_lookup_connection_value(connection, TIMEPIECE_MHD_HEADER_KIND, "Accept")
            let format = ExpositionFormat(accept: unsafe accept.map { unsafe String(cString: $0) })
            unsafe reply(connection, 200, format.contentType, page(format))
        case "/":
            unsafe reply(connection, 200, "text/html; charset=utf-8", Array(Self.index.utf8))
        default:
            unsafe reply(connection, 404, "text/plain", Array("There is only /metrics.\n".utf8))
        }
    }

    private func page(_ format: ExpositionFormat) -> [UInt8] {
        let now = MonotonicInstant.now().nanoseconds
        if now - min(now, second) >= 1_000_000_000 { (second, pagesInSecond, pages) = (now, 0, [:]) }
        if pagesInSecond >= Self.mostPagesInSecond, let page = pages[format] { return page }
        pagesInSecond += 1
        let page = render(format)
        pages[format] = page
        return page
    }

    private static let index =
        "<!DOCTYPE html><title>Timepiece</title><p>Timepiece's <a href=\"/metrics\">metrics</a> for Prometheus.\n"

    private func reply(_ connection: OpaquePointer, _ status: UInt32, _ type: String, _ body: [UInt8]) {
        var body = body
        let response = unsafe body.withUnsafeMutableBytes { body in
            unsafe MHD_create_response_from_buffer(body.count, body.baseAddress, Int32(TIMEPIECE_MHD_MUST_COPY))
        }
        guard let response = unsafe response else { return }
        var headers = [("Content-Type", type), ("Connection", "close"), ("X-Content-Type-Options", "nosniff")]
        if status == 405 { headers.append(("Allow", "GET, HEAD")) }
        for (name, value) in headers { unsafe MHD_add_response_header(response, name, value) }
        unsafe MHD_queue_response(connection, status, response)
        unsafe MHD_destroy_response(response)
    }
}
