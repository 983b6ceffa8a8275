import CCurl
import Synchronization
package import Timepiece

/// The transport over libcurl.
///
/// Connections are reused. Safe on any thread; requests of one transport are sent one after the other. Peers are always
/// verified: neither the environment nor a setting disables that, and `authorities` only sets the trusted authorities.
/// The proxies of the environment are used, except for loopback and for requests that refuse them.
package final class CurlTransport: Transport {
    /// The most bytes of one reply's body; a longer reply is an error.
    package static let responseLimit = 1_048_576

    private let handle = Mutex<CurlHandle?>(nil)
    private let authorities: TrustedAuthorities?
    private let clock: @Sendable () -> WallTime
    private let earliest: WallTime

    /// Makes a transport.
    ///
    /// - Parameters:
    ///   - authorities: the authorities by which peers are trusted; nil for the system's.
    ///   - clock: the clock of the machine.
    ///   - earliest: the time for the check of certificates while the clock shows an earlier one, because it was never
    ///     set.
    package init(
        authorities: TrustedAuthorities? = nil, clock: @escaping @Sendable () -> WallTime = { WallTime.now() },
        earliest: WallTime = CurlTransport.buildTime
    ) {
        self.authorities = authorities
        self.clock = clock
        self.earliest = earliest
    }

    /// The day of the build; a right clock does not show an earlier one.
    package static let buildTime = WallTime(nanoseconds: timepiece_build_time() * 1_000_000_000)

    package func send(
        _ request: HTTPRequest, connectTimeout: Duration, timeout: Duration
    ) throws(TransportError) -> HTTPResponse {
        let target = try Self.check(request)
        return try handle.withLock { (handle) throws(TransportError) -> HTTPResponse in
            if handle == nil { handle = CurlHandle() }
            guard let curl = handle else {
                throw TransportError(.local, "libcurl cannot be set up: there may be no memory left.")
            }
            let now = clock()
            let transfer = CurlTransfer(
                request, target: target, authorities: authorities, certificateTime: now < earliest ? earliest : nil,
                machineTime: now, connectTimeout: connectTimeout, timeout: timeout)
            return try transfer.perform(on: curl)
        }
    }

    /// Refuses requests that must not reach a connection.
    private static func check(_ request: HTTPRequest) throws(TransportError) -> URLParts {
        guard let target = URLParts(request.url) else {
            throw TransportError(
                .invalidRequest, "A service's address is not a well-formed http or https one without a user name.")
        }
        guard target.scheme == "https" || target.isLoopback || request.allowsPlainHTTP else {
            throw TransportError(
                .invalidRequest, "\(target.origin) is plain http to another machine; only https may go there.")
        }
        guard ["GET", "POST", "PUT"].contains(request.method) else {
            throw TransportError(.invalidRequest, "The method of a request to \(target.origin) is none that is used.")
        }
        for header in request.headers {
            let isToken = !header.name.isEmpty && header.name.utf8.allSatisfy { $0 > 32 && $0 < 127 && $0 != 58 }
            guard isToken, !header.value.utf8.contains(where: { $0 < 32 && $0 != 9 || $0 == 127 }) else {
                throw TransportError(
                    .invalidRequest, "A header of a request to \(target.origin) has a line break or control character.")
            }
        }
        return target
    }
}
