import COpenSSL
package import Timepiece

/// AWS's Signature Version 4.
///
/// It is not left to libcurl, whose versions before 8.14, which devices have, sign some requests wrongly.
package enum Signer {
    /// Signs a request: sets `Host`, `X-Amz-Date`, `X-Amz-Security-Token` and `Authorization`.
    ///
    /// The signed parts must not be changed afterwards. Signing again, with another time or other keys, replaces the
    /// first signature. An unreadable address is left unsigned; the transport refuses it.
    ///
    /// - Parameters:
    ///   - request: the request, with its body.
    ///   - credentials: the keys.
    ///   - region: the region of the service, such as `eu-central-1`.
    ///   - service: the service's name for signing, such as `monitoring`.
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

    /// Returns the text to sign.
    static func stringToSign(_ canonical: CanonicalRequest, stamp: String, scope: String) -> String {
        [
            "AWS4-HMAC-SHA256", stamp, scope, Digest.hexadecimal(Digest.sha256(Array(canonical.text.utf8))),
        ].joined(separator: "\n")
    }
}

/// SHA-256 and HMAC-SHA-256, by OpenSSL.
enum Digest {
    private static let size = 32

    /// Returns the SHA-256 of the bytes, 32 bytes (FIPS 180-4).
    static func sha256(_ bytes: [UInt8]) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: size) { result, count in
            OpenSSLSetUp.once
            let done = unsafe EVP_Digest(bytes, bytes.count, result.baseAddress, nil, EVP_sha256(), nil)
            count = done == 1 ? size : 0
        }
    }

    /// Returns the HMAC-SHA-256 of the bytes under a key, 32 bytes (RFC 2104).
    static func authenticate(_ bytes: [UInt8], key: [UInt8]) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: size) { result, count in
            OpenSSLSetUp.once
            let done = unsafe HMAC(
                EVP_sha256(), key, Int32(clamping: key.count), bytes, bytes.count, result.baseAddress, nil)
            count = unsafe done != nil ? size : 0
        }
    }

    /// Writes bytes as lower-case hexadecimal digits.
    static func hexadecimal(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
