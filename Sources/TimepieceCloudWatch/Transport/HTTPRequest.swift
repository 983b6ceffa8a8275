/// A request to a web service, whole in memory.
package struct HTTPRequest: Sendable {
    /// GET, POST or PUT.
    package var method: String
    /// The absolute address, `http` or `https`.
    package var url: String
    /// The header fields in the order of sending.
    package var headers: [HTTPHeader]
    /// The bytes to send after the header.
    package var body: [UInt8]
    /// The certificate that says who this device is, for services that ask for one.
    package var clientCertificate: ClientCertificate?
    /// Whether to go straight to the host though the environment names a proxy; loopback is always reached so.
    package var bypassesProxy: Bool
    /// Whether `http` may be used to a host other than loopback.
    package var allowsPlainHTTP: Bool

    /// Makes a request.
    package init(
        method: String, url: String, headers: [HTTPHeader] = [], body: [UInt8] = [],
        clientCertificate: ClientCertificate? = nil, bypassesProxy: Bool = false, allowsPlainHTTP: Bool = false
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.clientCertificate = clientCertificate
        self.bypassesProxy = bypassesProxy
        self.allowsPlainHTTP = allowsPlainHTTP
    }

    /// Returns the value of the first header field of that name, whatever its case.
    package func header(_ name: String) -> String? {
        headers.first { $0.isNamed(name) }?.value
    }

    /// Puts one field in place of all fields of that name.
    package mutating func setHeader(_ name: String, _ value: String) {
        headers.removeAll { $0.isNamed(name) }
        headers.append(HTTPHeader(name, value))
    }
}

extension HTTPRequest: Confidential {
    /// The method, the host and the size, without what may be secret: path, header and body.
    package var description: String {
        "\(method) \(URLParts(url)?.origin ?? "an unreadable address"), \(body.count) bytes"
    }
}
