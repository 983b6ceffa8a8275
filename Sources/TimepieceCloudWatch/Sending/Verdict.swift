/// What an attempt to send came to, as far as it matters to what is done next.
package enum Verdict: Sendable, Equatable {
    /// The service has all of it.
    case accepted
    /// The service has none of it and wants to be asked less often.
    case throttled(String, retryAfter: Duration? = nil)
    /// It did not work, and may work later; if uncertain, the service may have taken it nevertheless.
    case failed(String, isUncertain: Bool = false, retryAfter: Duration? = nil)
    /// The service refused the keys.
    case unauthorized(String)
    /// The service found the signature's time too far from its own.
    case wrongTime(String)
    /// The service looked at it and will never take it as it is.
    case refused(String)
}
