import Testing

@testable import TimepieceCloudWatch

/// One case of AWS's test suite for Signature Version 4.
struct SignatureCase: Sendable, CustomTestStringConvertible {
    /// The folder of the case inside the suite.
    let name: String

    var testDescription: String { name }

    /// All cases of the suite.
    static let all = [
        "get-header-key-duplicate", "get-header-value-multiline", "get-header-value-order", "get-header-value-trim",
        "get-unreserved", "get-utf8", "get-vanilla", "get-vanilla-empty-query-key", "get-vanilla-query",
        "get-vanilla-query-order-encoded", "get-vanilla-query-order-key", "get-vanilla-query-order-key-case",
        "get-vanilla-query-order-value", "get-vanilla-query-unreserved", "get-vanilla-utf8-query",
        "get-vanilla-with-session-token", "normalize-path/get-relative", "normalize-path/get-relative-relative",
        "normalize-path/get-slash", "normalize-path/get-slash-dot-slash", "normalize-path/get-slash-pointless-dot",
        "normalize-path/get-slashes", "normalize-path/get-space", "normalize-path/get-special-character",
        "post-header-key-case", "post-header-key-sort", "post-header-value-case",
        "post-sts-token/post-sts-header-after", "post-sts-token/post-sts-header-before", "post-vanilla",
        "post-vanilla-empty-query-value", "post-vanilla-query", "post-x-www-form-urlencoded",
        "post-x-www-form-urlencoded-parameters",
    ].map { SignatureCase(name: $0) }

    /// Reads one of the case's files.
    func file(_ ending: String) throws -> String {
        let base = name.split(separator: "/").last ?? ""
        return try FileContents.read("\(Workspace.signatureSuite)/\(name)/\(base).\(ending)")
    }

    /// The token that is signed; in one case a token is added after signing, as some services require.
    func token() throws -> String? {
        let name = "x-amz-security-token:"
        return try file("creq").split(separator: "\n").first { $0.hasPrefix(name) }.map {
            String($0.dropFirst(name.count))
        }
    }

    /// The request of the case.
    func request() throws -> HTTPRequest {
        let text = try file("req")
        let parts = text.split(separator: "\n\n", maxSplits: 1)
        let lines = parts[0].split(separator: "\n")
        let words = lines[0].split(separator: " ")
        let path = words.dropFirst().dropLast().joined(separator: " ")
        var request = HTTPRequest(
            method: String(words[0]), url: "", body: parts.count == 2 ? Array(parts[1].utf8) : [])
        for line in lines.dropFirst() {
            if line.hasPrefix(" "), let last = request.headers.indices.last {
                request.headers[last].value += String(line)  // a folded line
            } else if let colon = line.firstIndex(of: ":") {
                request.headers.append(
                    HTTPHeader(String(line[..<colon]), String(line[line.index(after: colon)...])))
            }
        }
        request.url = "https://\(request.header("Host") ?? "")\(path)"
        return request
    }
}
