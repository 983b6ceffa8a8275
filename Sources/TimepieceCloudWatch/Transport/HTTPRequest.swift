package import Timepiece

/// A complete request to a web service, in memory.
package struct HTTPRequest: Sendable {
    /// GET, POST or PUT.
    package var method: String
    /// The absolute address, `http` or `https`.
    package var url: String
    /// The header fields in the order of sending.
    package var headers: [HTTPHeader]
    /// The bytes to send after the header.
    package var body: [UInt8]
    /// The certificate of this device, for services that require one.
    package var clientCertificate: ClientCertificate?
    /// Whether to connect directly to the host even if the environment names a proxy, as is always done for loopback.
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

    /// Returns the value of the first header field of that name, regardless of case.
    package func header(_ name: String) -> String? {
        headers.first { $0.isNamed(name) }?.value
    }

    /// Replaces all fields of that name by one field.
    package mutating func setHeader(_ name: String, _ value: String) {
        headers.removeAll { $0.isNamed(name) }
        headers.append(HTTPHeader(name, value))
    }
}

extension HTTPRequest: Confidential {
    /// The method, the host and the size, without possible secrets: path, header and body.
    package var description: String {
        "\(method) \(URLParts(url)?.origin ?? "an unreadable address"), \(body.count) bytes"
    }
}

/// One header field of a request or a reply.
package struct HTTPHeader: Sendable, Equatable {
    /// The name as written; it is compared regardless of case.
    package var name: String
    /// The value without the white space around it.
    package var value: String

    /// Makes a header field.
    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    /// Returns whether this field has the given name.
    package func isNamed(_ other: String) -> Bool {
        name.lowercased() == other.lowercased()
    }
}

extension HTTPHeader: Confidential {
    /// The name alone: values carry tokens and signatures.
    package var description: String { name }
}

/// The files with which a device proves its identity to a service (mutual TLS).
package struct ClientCertificate: Sendable, Equatable {
    /// The certificate, PEM.
    package var certificatePath: String
    /// Its private key, PEM, without a passphrase.
    package var keyPath: String
    /// The authorities by which the service is verified, PEM; nil for the system's.
    package var authoritiesPath: String?

    /// Makes the set of files; they are read at each connection, so they may be renewed in place.
    package init(certificatePath: String, keyPath: String, authoritiesPath: String? = nil) {
        self.certificatePath = certificatePath
        self.keyPath = keyPath
        self.authoritiesPath = authoritiesPath
    }
}

/// A complete reply of a web service, in memory.
package struct HTTPResponse: Sendable {
    /// The status code, as 200.
    package var status: Int
    /// The header fields in the order of arrival.
    package var headers: [HTTPHeader]
    /// The bytes after the header, at most ``CurlTransport/responseLimit``.
    package var body: [UInt8]

    /// Makes a reply.
    package init(status: Int, headers: [HTTPHeader] = [], body: [UInt8] = []) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// Returns the value of the first header field of that name, regardless of case.
    package func header(_ name: String) -> String? {
        headers.first { $0.isNamed(name) }?.value
    }

    /// The time of the service's clock when it answered, from `Date`; nil if it is missing or not readable.
    package var date: WallTime? {
        header("Date").flatMap { WallTime(httpDate: $0) }
    }
}

extension HTTPResponse: Confidential {
    /// The status and the size, without the body, which may contain keys.
    package var description: String { "status \(status), \(body.count) bytes" }
}
