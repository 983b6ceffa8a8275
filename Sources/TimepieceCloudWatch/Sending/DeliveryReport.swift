package import Timepiece

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
