package import Timepiece

/// AWS's Signature Version 4.
///
/// Done here and not by libcurl: its versions before 8.14 sign some requests wrongly, and devices have those.
package enum Signer {
    /// Signs a request as it stands: sets `Host`, `X-Amz-Date`, `X-Amz-Security-Token` and `Authorization`.
    ///
    /// Nothing that is signed may be changed afterwards. Signing again, with another time or other keys, replaces the
    /// first signature. An unreadable address is left unsigned; the transport refuses it.
    ///
    /// - Parameters:
    ///   - request: the request, with its body.
    ///   - credentials: the keys.
    ///   - region: the region of the service, as `eu-central-1`.
    ///   - service: the service's name for signing, as `monitoring`.
    ///   - time: the time at the service, which refuses a signature that is off by more than five minutes.
    package static func sign(
        _ request: inout HTTPRequest, with credentials: Credentials, region: String, service: String, at time: WallTime
    ) {
        guard let target = URLParts(request.url) else { return }
        let stamp = time.basicFormat
        request.headers.removeAll { $0.isNamed("Authorization") || $0.isNamed("X-Amz-Security-Token") }
        request.setHeader("Host", target.authority)
        request.setHeader("X-Amz-Date", stamp)
        if let token = credentials.sessionToken { request.setHeader("X-Amz-Security-Token", token) }

        let canonical = CanonicalRequest(request, target: target)
        let scope = "\(stamp.prefix(8))/\(region)/\(service)/aws4_request"
        let text = stringToSign(canonical, stamp: stamp, scope: scope)
        var key = Array("AWS4\(credentials.secretAccessKey)".utf8)
        for part in scope.split(separator: "/") {
            key = Digest.authenticate(Array(part.utf8), key: key)
        }
        let signature = Digest.hexadecimal(Digest.authenticate(Array(text.utf8), key: key))
        request.setHeader(
            "Authorization",
            "AWS4-HMAC-SHA256 Credential=\(credentials.accessKeyID)/\(scope), "
                + "SignedHeaders=\(canonical.signedHeaders), Signature=\(signature)")
    }

    /// Returns the text of which the signature is made.
    static func stringToSign(_ canonical: CanonicalRequest, stamp: String, scope: String) -> String {
        [
            "AWS4-HMAC-SHA256", stamp, scope, Digest.hexadecimal(Digest.sha256(Array(canonical.text.utf8))),
        ].joined(separator: "\n")
    }
}
