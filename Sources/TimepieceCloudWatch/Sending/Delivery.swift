package import Timepiece

/// A way out for data: the service itself, a log that is forwarded to it, or a print of what would be sent.
package protocol Delivery: Sendable {
    /// Sends data and waits for the outcome, no longer than the batch's time-out and a little.
    func deliver(_ batch: Batch) -> DeliveryReport
    /// Returns the most bytes that a datum takes in one request.
    func largestSize(of datum: Datum) -> Int
}

/// What an attempt to send came to, and what the service's clock showed.
package struct DeliveryReport: Sendable, Equatable {
    package let verdict: Verdict
    /// The `Date` of an answer that is known to be the service's own.
    package let serviceTime: WallTime?
    /// When the attempt began.
    package let began: Moment
    /// When it ended.
    package let ended: Moment

    package init(_ verdict: Verdict, serviceTime: WallTime? = nil, began: Moment, ended: Moment) {
        self.verdict = verdict
        self.serviceTime = serviceTime
        self.began = began
        self.ended = ended
    }
}

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

/// What goes out in one request.
package struct Batch: Sendable, Equatable {
    /// Tells this attempt from any other of the sender.
    package let number: UInt64
    package let namespace: String
    /// The data with their time stamps, by what is known of the right time now.
    package let data: [QueuedDatum]
    /// The right time, as far as it is known.
    package let time: WallTime
    /// How long the attempt may take.
    package let timeout: Duration
}
