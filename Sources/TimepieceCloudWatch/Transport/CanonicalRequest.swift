/// A request in the canonical form of Signature Version 4, so that both sides sign the same text.
///
/// Source: "Create a signed AWS API request" in AWS's IAM user guide, and the test suite of AWS.
struct CanonicalRequest {
    /// The text that is hashed.
    let text: String
    /// The names of the header fields that are signed, sorted, between semicolons.
    let signedHeaders: String

    /// Fields that proxies and libraries change; botocore also leaves them out.
    private static let unsigned: Set<String> = [
        "authorization", "connection", "expect", "transfer-encoding", "user-agent", "x-amzn-trace-id",
    ]

    /// Makes the canonical form of a request to an address.
    init(_ request: HTTPRequest, target: URLParts) {
        var values: [String: [String]] = [:]
        for header in request.headers where !Self.unsigned.contains(header.name.lowercased()) {
            values[header.name.lowercased(), default: []].append(Self.collapsed(header.value))
        }
        let names = values.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        signedHeaders = names.joined(separator: ";")
        let fields = names.map { "\($0):\(values[$0, default: []].joined(separator: ","))\n" }.joined()
        text =
            [
                request.method, Self.path(target.path), Self.query(target.query), fields, signedHeaders,
                Digest.hexadecimal(Digest.sha256(request.body)),
            ].joined(separator: "\n")
    }

    /// Removes empty and dot segments and encodes the rest.
    private static func path(_ path: String) -> String {
        var segments: [Substring] = []
        for segment in path.split(separator: "/") where segment != "." {
            if segment == ".." { _ = segments.popLast() } else { segments.append(segment) }
        }
        guard !segments.isEmpty else { return "/" }
        let endsInSlash = path.hasSuffix("/") || path.hasSuffix("/.") || path.hasSuffix("/..")
        return "/" + segments.map { PercentEncoding.encode($0) }.joined(separator: "/") + (endsInSlash ? "/" : "")
    }

    /// Sorts the parameters by name, then by value, both encoded.
    private static func query(_ query: String) -> String {
        let pairs = query.split(separator: "&").map { parameter in
            let parts = parameter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (
                name: PercentEncoding.encode(PercentEncoding.decode(parts[0])),
                value: parts.count == 2 ? PercentEncoding.encode(PercentEncoding.decode(parts[1])) : ""
            )
        }
        return pairs.sorted { ($0.name, $0.value) < ($1.name, $1.value) }
            .map { "\($0.name)=\($0.value)" }.joined(separator: "&")
    }

    /// Trims a value and makes each run of white space in it one space.
    private static func collapsed(_ value: String) -> String {
        value.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }
}
