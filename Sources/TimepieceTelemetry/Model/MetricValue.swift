package import Timepiece

/// The value of a series.
package enum MetricValue: Sendable, Hashable {
    /// Of a counter.
    case count(UInt64)
    /// Of a counter of time.
    case nanoseconds(UInt64)
    /// Of a gauge, in the unit of its metric.
    case gauge(Double)
    /// Of a histogram of times.
    case distribution(Statistics)
    /// Of a histogram of any numbers, in the unit of its metric.
    case numbers(NumberDistribution)

    /// Adds a value of the same metric that was measured elsewhere.
    ///
    /// For gauges the larger value is kept, which suits ages and flags with 1 for a problem.
    package mutating func merge(_ other: MetricValue) {
        switch (self, other) {
        case (.count(let one), .count(let two)): self = .count(one.addingSaturating(two))
        case (.nanoseconds(let one), .nanoseconds(let two)): self = .nanoseconds(one.addingSaturating(two))
        case (.gauge(let one), .gauge(let two)): self = .gauge(max(one, two))
        case (.distribution(var one), .distribution(let two)):
            one.merge(two)
            self = .distribution(one)
        case (.numbers(var one), .numbers(let two)):
            one.merge(two)
            self = .numbers(one)
        default: break
        }
    }

    /// Whether it adds up, and so remains when its source was removed.
    package var isCumulative: Bool {
        if case .gauge = self { false } else { true }
    }
}
