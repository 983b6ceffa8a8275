package import Timepiece

/// An interval that is over, as it was gathered.
package struct Minute: Sendable {
    package let identity: MetricIdentity
    package let statistics: Statistics
    /// The run of the machine that the moment belongs to.
    package let boot: String
    /// When the last window in it was closed.
    package let moment: Moment

    package init(identity: MetricIdentity, statistics: Statistics, boot: String, moment: Moment) {
        self.identity = identity
        self.statistics = statistics
        self.boot = boot
        self.moment = moment
    }
}
