import CCurl
import COpenSSL
import CSQLite

/// The libraries behind what is sent: libcurl, which also reads addresses, OpenSSL and SQLite.
///
/// Nobody else pays for them: they are loaded, for good, by the first publisher that sends something to somebody.
enum NetworkLibraries {
    /// Loads them; returns the first that cannot be used and why, as "libcurl.so.4, which cannot be loaded: …".
    static var missing: String? {
        // libcurl last, which needs OpenSSL itself and would be blamed for it.
        let reasons = unsafe [timepiece_openssl_problem(), timepiece_sqlite_problem(), timepiece_curl_problem()]
        return unsafe reasons.lazy.compactMap { unsafe $0.map { unsafe String(cString: $0) } }.first
    }
}
