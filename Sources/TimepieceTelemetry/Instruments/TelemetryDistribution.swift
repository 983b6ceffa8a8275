import Synchronization
import Timepiece

/// A distribution of your own numbers or times: count, sum, and any percentile to one percent.
///
/// ```swift
/// let sizes = TelemetryDistribution("shop.reply.size", unit: .none, help: "Bytes of a reply.")
/// try exporter.add(sizes, labels: [:])
/// sizes.record(1500)
/// ```
///
/// The metric is a histogram `shop_reply_size` for Prometheus, for times with the suffix `_seconds`, and an exponential
/// histogram `shop.reply.size` for OpenTelemetry. Prometheus' text format has classic buckets: for numbers the powers
/// of two from 1/1024 to 2^33, for times those of the other metrics here.
///
/// - Threads: every call is safe from any thread. Cost: a lock that is held for some 50 nanoseconds.
public final class TelemetryDistribution: Sendable {
    /// The unit of the numbers.
    public enum Unit: Sendable {
        /// Things named by the metric.
        case none
        /// Times.
        case seconds
    }

    private struct State {
        var numbers = NumberDistribution()
        /// When it was last reset.
        var since: UInt64?
    }

    package let metric: Metric
    private let state = Mutex(State())

    /// Makes an empty distribution.
    ///
    /// - Parameters:
    ///   - name: what is measured, in words separated by dots. A name that begins with `timepiece` is not accepted.
    ///   - unit: the unit of the numbers.
    ///   - help: the name in a sentence.
    public init(_ name: String, unit: Unit, help: String = "") {
        metric = Metric(own: name, .histogram, unit == .seconds ? .seconds : .none, help)
    }

    /// Counts a number, for times in seconds.
    ///
    /// - Returns: false if it is negative, infinite or not a number; it is then left out.
    @discardableResult
    public func record(_ number: Double) -> Bool {
        state.withLock { $0.numbers.record(number) }
    }

    /// Counts a time.
    ///
    /// - Returns: false if it is negative; it is then left out.
    @discardableResult
    public func record(_ time: Duration) -> Bool {
        record(time / .seconds(1))
    }

    /// Resets the distribution; readers see the start of a new series.
    public func reset() {
        let now = MonotonicInstant.now().nanoseconds
        state.withLock { $0 = State(since: now) }
    }
}

extension TelemetryDistribution: TelemetryInstrument {
    package func collect(at now: UInt64) -> [Measurement] {
        let state = state.withLock { $0 }
        return [Measurement(metric, .numbers(state.numbers), since: state.since)]
    }
}
