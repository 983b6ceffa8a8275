/// A source of measurements, which can be read at any time.
package protocol TelemetrySource: AnyObject, Sendable {
    /// Returns all measurements since the source was made, as of an instant; other readers do not affect them. Called
    /// on any thread, with no lock held; waits only for a copy of the numbers.
    ///
    /// - Parameter now: nanoseconds of CLOCK_MONOTONIC.
    func collect(at now: UInt64) -> [Measurement]
}

/// A value of a source.
package struct Measurement: Sendable, Equatable {
    package let metric: Metric
    /// The labels that distinguish it from other values of the source for the same metric, in addition to the labels of
    /// the source.
    package let labels: [MetricLabel]
    package var value: MetricValue
    /// Since when it adds up, in nanoseconds of CLOCK_MONOTONIC, if that is later than the source.
    package let since: UInt64?

    package init(_ metric: Metric, _ value: MetricValue, _ labels: [MetricLabel] = [], since: UInt64? = nil) {
        self.metric = metric
        self.labels = labels
        self.value = value
        self.since = since
    }
}

/// All series of a metric as of an instant.
package struct MetricFamily: Sendable, Equatable {
    package struct Point: Sendable, Equatable {
        package let labels: [MetricLabel]
        /// Since when the value adds up, in nanoseconds of CLOCK_MONOTONIC.
        package let since: UInt64
        package let value: MetricValue

        package init(labels: [MetricLabel], since: UInt64, value: MetricValue) {
            self.labels = labels
            self.since = since
            self.value = value
        }
    }

    package let metric: Metric
    package let points: [Point]

    package init(metric: Metric, points: [Point]) {
        self.metric = metric
        self.points = points
    }
}
