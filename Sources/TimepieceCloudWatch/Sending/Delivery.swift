package import Timepiece

/// A destination for data: the service itself, a log that is forwarded to it, or a print of the requests.
package protocol Delivery: Sendable {
    /// Sends data and waits for the outcome, no longer than the batch's time-out and a little.
    func deliver(_ batch: Batch) -> DeliveryReport
    /// Returns the most bytes that a datum takes in one request.
    func largestSize(of datum: Datum) -> Int
    /// Returns the known reason why data cannot be sent, as far as it can be determined without sending any; nil if
    /// there is none.
    func obstacle(at now: WallTime) -> String?
}

extension Delivery {
    /// Nothing is known.
    package func obstacle(at now: WallTime) -> String? { nil }
}

/// The outcome of an attempt to send, and the time of the service's clock.
package struct DeliveryReport: Sendable, Equatable {
    package let verdict: DeliveryVerdict
    /// The `Date` of a response that is known to be the service's own.
    package let serviceTime: WallTime?
    /// When the attempt began.
    package let began: Moment
    /// When it ended.
    package let ended: Moment

    package init(_ verdict: DeliveryVerdict, serviceTime: WallTime? = nil, began: Moment, ended: Moment) {
        self.verdict = verdict
        self.serviceTime = serviceTime
        self.began = began
        self.ended = ended
    }
}

/// The outcome of an attempt to send, as far as it determines the next step.
package enum DeliveryVerdict: Sendable, Equatable {
    /// The service has accepted all data.
    case accepted
    /// The service has accepted all but the data at some places, which it will never accept, for the given reason.
    case acceptedWithout([Int], String)
    /// The service has accepted all but a number of the data, without naming them, and will never accept those; if the
    /// number is zero, its message is a warning.
    case acceptedPartly(rejected: UInt64, String)
    /// The service will never accept any of the data, not even one by one.
    case rejected(String)
    /// The service has accepted none of the data, and requests a lower rate.
    case throttled(String, retryAfter: Duration? = nil)
    /// The attempt failed, and may succeed later; if uncertain, the service may have accepted the data nevertheless.
    case failed(String, isUncertain: Bool = false, retryAfter: Duration? = nil)
    /// The service refused the keys.
    case unauthorized(String)
    /// The time of the signature is too far from the service's.
    case wrongTime(String)
    /// The service refused the request as a whole and will never accept it unchanged.
    case refused(String)
    /// An intermediary refused a request of that length; the service has none of the data.
    case tooLong(String)
}

/// The contents of one request.
package struct Batch: Sendable, Equatable {
    /// Distinguishes this attempt from any other of the sender.
    package let number: UInt64
    package let namespace: String
    /// The data with their time stamps, by the present estimate of the right time.
    package internal(set) var data: [QueuedDatum]
    /// The right time, as far as it is known.
    package let time: WallTime
    /// Whether the service has sent its time, so that the time stamps are right.
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
