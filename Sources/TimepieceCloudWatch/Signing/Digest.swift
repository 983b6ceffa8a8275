import COpenSSL

/// SHA-256 and the message authentication made of it, by OpenSSL.
enum Digest {
    private static let size = 32

    /// Returns the SHA-256 of the bytes, 32 bytes (FIPS 180-4).
    static func sha256(_ bytes: [UInt8]) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: size) { result, count in
            let done = unsafe EVP_Digest(bytes, bytes.count, result.baseAddress, nil, EVP_sha256(), nil)
            count = done == 1 ? size : 0
        }
    }

    /// Returns the HMAC-SHA-256 of the bytes under a key, 32 bytes (RFC 2104).
    static func authenticate(_ bytes: [UInt8], key: [UInt8]) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: size) { result, count in
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
