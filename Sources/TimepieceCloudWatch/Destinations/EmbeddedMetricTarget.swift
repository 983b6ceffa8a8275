/// The destination of Embedded Metric Format documents, as in the property `cloudwatch-emf`.
enum EmbeddedMetricTarget: Sendable, Equatable {
    /// Standard output.
    case standardOutput
    /// The end of a file.
    case file(String)
    /// An agent over TCP.
    case tcp(host: String, port: UInt16)
    /// An agent over UDP.
    case udp(host: String, port: UInt16)

    /// Reads `stdout`, `file:PATH`, `tcp://HOST:PORT` or `udp://HOST:PORT`; the port may be left out for the agent's own,
    /// 25888. Nil if it is none of these.
    init?(_ text: String) {
        if text == "stdout" {
            self = .standardOutput
            return
        }
        if text.hasPrefix("file:") {
            let rest = text.dropFirst("file:".count)
            let path = rest.hasPrefix("//") ? rest.dropFirst(2) : rest
            guard !path.isEmpty, !path.utf8.contains(0) else { return nil }
            self = .file(String(path))
            return
        }
        guard text.hasPrefix("tcp://") || text.hasPrefix("udp://"),
            // The parser of web addresses handles IPv6 and ports; only the scheme differs.
            let parts = URLParts("http" + text.dropFirst(3)), parts.path == "/", parts.query.isEmpty,
            // It leaves out port 80, which is the default of http.
            let port = parts.port.map({ UInt16($0) }) ?? (text.hasSuffix(":80") ? 80 : 25_888), port > 0
        else { return nil }
        self = text.hasPrefix("tcp") ? .tcp(host: parts.host, port: port) : .udp(host: parts.host, port: port)
    }

    /// Makes the output.
    func output() -> any LineOutput {
        switch self {
        case .standardOutput: FileOutput(path: nil)
        case .file(let path): FileOutput(path: path)
        case .tcp(let host, let port): SocketOutput(host: host, port: port, isStream: true)
        case .udp(let host, let port): SocketOutput(host: host, port: port, isStream: false)
        }
    }
}
