public import CoreMetrics
public import Logging
import Synchronization
import Timepiece
public import TimepieceCloudWatch

/// A backend of swift-metrics that publishes to Amazon CloudWatch, or as Embedded Metric Format, with percentiles.
///
/// ```swift
/// let metrics = CloudWatchMetricsFactory(CloudWatchSettings(namespace: "Shop/Checkout"))
/// MetricsSystem.bootstrap(metrics)
/// Counter(label: "orders").increment()
/// Timer(label: "payment").recordNanoseconds(12_000_000)
/// …
/// await metrics.shutdown()
/// ```
///
/// A label is the name of the metric, its dimensions follow those of the settings. All values of an interval are one
/// datum with count, sum, extremes and percentiles:
///
/// | | unit | to look at |
/// |---|---|---|
/// | `Counter`, `FloatingPointCounter` | Count | the sum |
/// | `Meter`, `Gauge`, `Recorder` | None | average, extremes, percentiles |
/// | `Timer` | Seconds | average, extremes, percentiles |
///
/// - Values: from 0 to 9.2 · 10^9, to nine decimals; above 262,144 the distribution is not resolved, and percentiles
///   are between that and the maximum. The distributions here cannot represent negative values: such a value, and one
///   that is too large or not a number, is left out, and the logger reports it once for each metric.
/// - Errors: a label or a dimension that CloudWatch does not allow makes a metric that measures nothing, and the logger
///   reports the reason; it also reports failures to send, each once until another occurs.
/// - Threads: all of it is safe from any thread. A value costs a lock that is held for 50 ns; none waits for the network.
public final class CloudWatchMetricsFactory: MetricsFactory {
    private let settings: CloudWatchSettings
    private let diagnostics: Diagnostics
    private let metrics = Mutex<[MetricKey: Metric]>([:])

    /// Makes a factory.
    ///
    /// - Parameters:
    ///   - settings: where to publish, and with whose credentials; the metric's name is not used.
    ///   - logger: where problems are reported.
    public init(
        _ settings: CloudWatchSettings, logger: Logger = Logger(label: "timepiece.metrics")
    ) {
        self.settings = settings
        diagnostics = Diagnostics(logger)
    }

    /// Makes a counter; each increment is a sample, so CloudWatch's `Sum` is the count.
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        metric(label, dimensions, .count)
    }

    /// Makes a meter; each value that it is set to is a sample.
    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        metric(label, dimensions, .none)
    }

    /// Makes a recorder; each value is a sample. It has percentiles whether it aggregates or not.
    public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        metric(label, dimensions, .none)
    }

    /// Makes a timer; each duration is a sample.
    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        metric(label, dimensions, .seconds)
    }

    /// Publishes a counter and removes it.
    public func destroyCounter(_ handler: any CounterHandler) { destroy(handler) }
    /// Publishes a meter and removes it.
    public func destroyMeter(_ handler: any MeterHandler) { destroy(handler) }
    /// Publishes a recorder and removes it.
    public func destroyRecorder(_ handler: any RecorderHandler) { destroy(handler) }
    /// Publishes a timer and removes it.
    public func destroyTimer(_ handler: any TimerHandler) { destroy(handler) }

    /// Publishes the remaining data and ends; waits for the network no longer than the deadline for all metrics
    /// together.
    ///
    /// Metrics that are used later measure and publish nothing.
    public func shutdown(within deadline: Duration = .seconds(3)) async {
        let all = metrics.withLock { metrics in
            defer { metrics = [:] }
            return Array(metrics.values)
        }
        let end = MonotonicInstant.now().advanced(by: deadline)
        for metric in all { await metric.close(within: max(.zero, MonotonicInstant.now().duration(to: end))) }
    }

    /// Waits until the task is cancelled, then does what ``shutdown(within:)`` does: the shape of a service.
    public func run() async {
        while !Task.isCancelled { try? await Task.sleep(for: .seconds(86_400)) }
        // The task is cancelled, and the remaining work is not.
        await Task { await shutdown() }.value
    }

    private func metric(_ label: String, _ dimensions: [(String, String)], _ unit: CloudWatchUnit) -> Metric {
        let key = MetricKey(label: label, dimensions: dimensions.map { [$0.0, $0.1] }, unit: unit)
        return metrics.withLock { metrics in
            if let known = metrics[key] { return known }
            var settings = settings
            settings.metricName = label
            settings.unit = unit
            settings.dimensions += dimensions.map { (name: $0.0, value: $0.1) }
            let metric = Metric(settings, key: key, diagnostics: diagnostics)
            metrics[key] = metric
            return metric
        }
    }

    private func destroy(_ handler: AnyObject) {
        guard let metric = handler as? Metric else { return }
        metrics.withLock { $0[metric.key] = nil }
        let deadline = settings.flushDeadline
        Task { await metric.close(within: deadline) }
    }
}

/// The key of a metric in a factory.
struct MetricKey: Hashable, Sendable {
    let label: String
    let dimensions: [[String]]
    let unit: CloudWatchUnit
}
