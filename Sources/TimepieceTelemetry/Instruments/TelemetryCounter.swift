import Synchronization
import Timepiece

/// A counter of your own, which adds up from the start and never falls.
///
/// ```swift
/// let orders = TelemetryCounter("shop.orders", help: "Orders that were placed.")
/// try exporter.add(orders, labels: ["shop": "north"])
/// orders.increment()
/// ```
///
/// The metric is `shop_orders_total` for Prometheus, and `shop.orders` for OpenTelemetry.
///
/// - Threads: every call is safe from any thread. Cost: a lock that is held for some nanoseconds.
public final class TelemetryCounter: Sendable {
    private struct State {
        var count: UInt64 = 0
        /// When it was last reset.
        var since: UInt64?
    }

    package let metric: Metric
    private let state = Mutex(State())

    /// Makes a counter at zero.
    ///
    /// - Parameters:
    ///   - name: what it counts, in words separated by dots. A name that begins with `timepiece` is not accepted.
    ///   - help: the same in a sentence.
    public init(_ name: String, help: String = "") {
        metric = Metric(own: name, .counter, .none, help)
    }

    /// Counts.
    ///
    /// - Parameter amount: how many; a negative number changes nothing. The count is limited to the largest number.
    public func increment(by amount: Int64 = 1) {
        guard amount > 0 else { return }
        state.withLock { $0.count.addSaturating(UInt64(amount)) }
    }

    /// Resets the counter to zero; readers see the start of a new series.
    public func reset() {
        let now = MonotonicInstant.now().nanoseconds
        state.withLock { $0 = State(since: now) }
    }
}

extension TelemetryCounter: TelemetryInstrument {
    package func collect(at now: UInt64) -> [Measurement] {
        let state = state.withLock { $0 }
        return [Measurement(metric, .count(state.count), since: state.since)]
    }
}
