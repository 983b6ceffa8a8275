package import Timepiece

/// A reply of a web service, whole in memory.
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

    /// Returns the value of the first header field of that name, whatever its case.
    package func header(_ name: String) -> String? {
        headers.first { $0.isNamed(name) }?.value
    }

    /// The time of the service's clock when it answered, from `Date`; nil if it did not say so in a legible way.
    package var date: WallTime? {
        header("Date").flatMap { WallTime(httpDate: $0) }
    }
}

extension HTTPResponse: Confidential {
    /// The status and the size, without the body: it may hold keys.
    package var description: String { "status \(status), \(body.count) bytes" }
}
