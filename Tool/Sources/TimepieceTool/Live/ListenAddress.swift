import ArgumentParser

/// Where the live page is served: `:8080`, `8080`, `192.0.2.1:8080`, `[::1]:8080`; without a host, this machine only.
struct ListenAddress: ExpressibleByArgument, Equatable {
    let host: String
    let port: UInt16

    init?(argument: String) {
        var host = "127.0.0.1"
        var port = argument[...]
        if let colon = argument.lastIndex(of: ":") {
            let text = argument[..<colon]
            port = argument[argument.index(after: colon)...]
            if text.hasPrefix("["), text.hasSuffix("]") {
                host = String(text.dropFirst().dropLast())
                guard host.contains(":") else { return nil }
            } else if !text.isEmpty {
                guard !text.contains(":") else { return nil }
                host = text == "localhost" ? host : String(text)
            }
        }
        guard port.allSatisfy({ $0.isASCII && $0.isNumber }), let number = UInt16(port) else { return nil }
        self.host = host
        self.port = number
    }

    var isLoopback: Bool { host.hasPrefix("127.") || host == "::1" }
}
