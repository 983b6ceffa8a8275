package import Timepiece

/// A way out for data: the service itself, a log that is forwarded to it, or a print of what would be sent.
package protocol Delivery: Sendable {
    /// Sends data and waits for the outcome, no longer than the batch's time-out and a little.
    func deliver(_ batch: Batch) -> DeliveryReport
    /// Returns the most bytes that a datum takes in one request.
    func largestSize(of datum: Datum) -> Int
    /// Returns what keeps data from being sent, as far as that can be known without sending any; nil if nothing is known to.
    func obstacle(at now: WallTime) -> String?
}

extension Delivery {
    /// Nothing is known.
    package func obstacle(at now: WallTime) -> String? { nil }
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
    /// It has all but the data at some places, which it will never take, for the reason given.
    case acceptedWithout([Int], String)
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
    /// Something in between took no request of that length; the service has none of it.
    case tooLong(String)
}

/// What goes out in one request.
package struct Batch: Sendable, Equatable {
    /// Tells this attempt from any other of the sender.
    package let number: UInt64
    package let namespace: String
    /// The data with their time stamps, by what is known of the right time now.
    package internal(set) var data: [QueuedDatum]
    /// The right time, as far as it is known.
    package let time: WallTime
    /// Whether the service has told its time, so that the time stamps are right.
    package let isTimeConfirmed: Bool
    /// How long the attempt may take.
    package let timeout: Duration

    package init(
        number: UInt64, namespace: String, data: [QueuedDatum], time: WallTime, isTimeConfirmed: Bool = true,
        timeout: Duration
    ) {
        self.number = number
        self.namespace = namespace
        self.data = data
        self.time = time
        self.isTimeConfirmed = isTimeConfirmed
        self.timeout = timeout
    }
}
