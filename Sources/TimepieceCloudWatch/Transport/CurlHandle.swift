import CCurl
import COpenSSL
import CSQLite

/// One of libcurl's easy handles, with its cached connections and names.
///
/// For use by one thread at a time. Safe because the pointer is valid exactly as long as the object.
@safe final class CurlHandle {
    let pointer: UnsafeMutableRawPointer

    /// Makes a handle; nil if libcurl cannot be set up.
    init?() {
        guard Self.isReady, let pointer = unsafe curl_easy_init() else { return nil }
        unsafe self.pointer = unsafe pointer
    }

    deinit {
        unsafe curl_easy_cleanup(pointer)
    }

    /// Whether the library could be set up; done once for the process.
    private static let isReady: Bool = {
        OpenSSLSetUp.once
        guard timepiece_curl_global_init() == CURLE_OK else { return false }
        // The libraries' handlers were registered just now, and ours has to run before them.
        ExitHandler.register()
        return true
    }()

    /// Sets a number or a switch.
    func set(_ option: CURLoption, _ value: Int) {
        unsafe timepiece_curl_set_long(pointer, option, value)
    }

    /// Sets a text, which libcurl copies; nil for its default.
    func set(_ option: CURLoption, _ value: String?) {
        if let value {
            unsafe timepiece_curl_set_string(pointer, option, value)
        } else {
            unsafe timepiece_curl_set_string(pointer, option, nil)
        }
    }

    /// Returns a number about the last transfer.
    func number(_ info: CURLINFO) -> Int {
        var value = 0
        return unsafe timepiece_curl_get_long(pointer, info, &value) == CURLE_OK ? value : 0
    }

    /// Returns a size of the last transfer.
    func offset(_ info: CURLINFO) -> Int64 {
        var value: curl_off_t = 0
        return unsafe timepiece_curl_get_offset(pointer, info, &value) == CURLE_OK ? Int64(value) : 0
    }
}

/// Sets OpenSSL up, before anything else does in this process, so that it does not free its objects at exit.
///
/// A thread of ours may still use them then: libcurl's own set-up, during which that handler would be registered after
/// ``ExitHandler``'s, takes a while. Where the host has set OpenSSL up before, its handler runs after ours.
enum OpenSSLSetUp {
    static let once: Void = { _ = OPENSSL_init_crypto(UInt64(OPENSSL_INIT_NO_ATEXIT), nil) }()
}

/// The libraries for sending: libcurl, which also parses addresses, OpenSSL and SQLite.
///
/// They are loaded, permanently, by the first publisher that sends over the network.
package enum NetworkLibraries {
    /// Loads them; returns the first that cannot be used and why, as "libcurl.so.4, which cannot be loaded: …".
    package static var missing: String? {
        // libcurl is last: it needs OpenSSL itself, and its failure would hide that of OpenSSL.
        let reasons = unsafe [timepiece_openssl_problem(), timepiece_sqlite_problem(), timepiece_curl_problem()]
        let packages = ["libssl3 or libcrypto3", "libsqlite3-0", "libcurl4"]
        let texts = unsafe reasons.map { unsafe $0.map { unsafe String(cString: $0) } }
        for (reason, package) in zip(texts, packages) {
            guard let reason else { continue }
            return "\(reason) (Debian and Ubuntu have it in the package \(package))"
        }
        return nil
    }
}
