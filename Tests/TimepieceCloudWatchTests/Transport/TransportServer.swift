@testable import TimepieceCloudWatch

/// The server of Tests/Servers/transport_server.py, one for all tests.
struct TransportServer: Sendable {
    let process: ServerProcess
    let plain: Int64
    let tls: Int64
    let wrongName: Int64
    let mutual: Int64
    /// A port at which no program listens.
    let closed: Int64
    let authority: String
    /// A directory with the authority under its hashed name.
    let directory: String
    let device: ClientCertificate

    private static let shared = Result { try TransportServer() }

    static func get() throws -> TransportServer { try shared.get() }

    private init() throws {
        process = try ServerProcess("transport_server.py")
        let ports = try process.document()
        func port(_ name: String) -> Int64 { ports.integer([name]) ?? 0 }
        plain = port("plain")
        tls = port("tls")
        wrongName = port("wrongName")
        mutual = port("mutual")
        closed = port("closed")
        directory = ports.string(["directory"]) ?? ""
        authority = ports.string(["authority"]) ?? ""
        device = ClientCertificate(
            certificatePath: ports.string(["device"]) ?? "", keyPath: ports.string(["deviceKey"]) ?? "",
            authoritiesPath: authority)
    }

    /// A request to one of the server's paths without TLS.
    func request(_ path: String, method: String = "POST", body: [UInt8] = []) -> HTTPRequest {
        HTTPRequest(method: method, url: "http://127.0.0.1:\(plain)\(path)", body: body)
    }
}

extension Transport {
    /// Sends with the patience of a test.
    func send(_ request: HTTPRequest) throws(TransportError) -> HTTPResponse {
        try send(request, connectTimeout: .seconds(20), timeout: .seconds(60))
    }
}
