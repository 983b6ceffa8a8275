import CCurl

/// The parts of an absolute address, as parsed by libcurl, so that the address that is checked and signed is the one
/// that is used.
package struct URLParts: Sendable, Equatable {
    /// `http` or `https`.
    package let scheme: String
    /// The name or address of the host, lower case; an IPv6 address without its brackets.
    package let host: String
    /// The port if it is given and is not the scheme's own.
    package let port: String?
    /// The path as written, at least `/`.
    package let path: String
    /// The text between `?` and `#`, as written.
    package let query: String

    /// Reads an address; nil unless it is a well-formed `http` or `https` one without user name and password.
    package init?(_ url: String) {
        guard !url.utf8.contains(0), let handle = unsafe curl_url() else { return nil }
        defer { unsafe curl_url_cleanup(handle) }
        // Spaces and unencoded letters are accepted because Signature Version 4 encodes paths itself.
        let flags = UInt32(CURLU_PATH_AS_IS | CURLU_ALLOW_SPACE | CURLU_NO_DEFAULT_PORT)
        guard unsafe curl_url_set(handle, CURLUPART_URL, url, flags) == CURLUE_OK else { return nil }

        func part(_ part: CURLUPart) -> String? {
            var text: UnsafeMutablePointer<CChar>?
            guard unsafe curl_url_get(handle, part, &text, UInt32(CURLU_NO_DEFAULT_PORT)) == CURLUE_OK,
                let text = unsafe text
            else { return nil }
            defer { unsafe curl_free(text) }
            return unsafe String(validatingCString: text)
        }
        guard part(CURLUPART_USER) == nil, part(CURLUPART_PASSWORD) == nil,
            let scheme = part(CURLUPART_SCHEME)?.lowercased(), scheme == "https" || scheme == "http",
            let host = part(CURLUPART_HOST)?.lowercased(), !host.isEmpty
        else { return nil }
        self.scheme = scheme
        self.host = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        port = part(CURLUPART_PORT)
        path = part(CURLUPART_PATH) ?? "/"
        query = part(CURLUPART_QUERY) ?? ""
    }

    /// The value of the `Host` header: the host, and the port if it is not the scheme's own.
    package var authority: String {
        (host.contains(":") ? "[\(host)]" : host) + (port.map { ":\($0)" } ?? "")
    }

    /// The address without path and query, for messages.
    package var origin: String { "\(scheme)://\(authority)" }

    /// Whether the host is this machine: `localhost`, 127.0.0.0/8 or ::1.
    package var isLoopback: Bool {
        if host == "localhost" || host == "::1" { return true }
        let numbers = host.split(separator: ".", omittingEmptySubsequences: false)
        return numbers.count == 4 && numbers[0] == "127" && numbers.allSatisfy { UInt8($0) != nil }
    }
}
