import Glibc
@testable import TimepieceCloudWatch

/// The server of Tests/Servers/fault_server.py, one for all tests.
struct FaultServer: Sendable {
    /// What the server took under one name.
    struct Books {
        let requests: Int64
        let samples: UInt64
        let data: UInt64
        let problems: String
        let earliest: Int64
        let latest: Int64
    }

    let process: ServerProcess
    let plain: Int64
    let tls: Int64
    let wrongName: Int64
    let authority: String

    private static let shared = Result { try FaultServer() }

    static func get() throws -> FaultServer { try shared.get() }

    private init() throws {
        process = try ServerProcess("fault_server.py")
        let document = try process.document()
        plain = document.integer(["plain"]) ?? 0
        tls = document.integer(["tls"]) ?? 0
        wrongName = document.integer(["wrongName"]) ?? 0
        authority = document.string(["authority"]) ?? ""
    }

    /// The address at which a fault happens, with books of its own.
    func address(_ fault: String, _ name: String) -> String { "http://127.0.0.1:\(plain)/\(fault)/\(name)" }

    /// Reads the books; `address` may be that of another port.
    func books(_ fault: String, _ name: String) throws -> Books {
        let request = HTTPRequest(method: "GET", url: address(fault, name))
        let document = JSONDocument(try CurlTransport().send(request).body)
        func number(_ key: String) -> Int64 { document?.integer([key]) ?? -1 }
        return Books(
            requests: number("requests"), samples: UInt64(clamping: number("samples")),
            data: UInt64(clamping: number("data")), problems: document?.string(["problems"]) ?? "no books",
            earliest: number("earliest"), latest: number("latest"))
    }
}
