public import CoreMetrics
public import Logging
import Synchronization
import Timepiece
public import TimepieceOpenTelemetry
public import TimepieceTelemetry

/// A backend of swift-metrics for Prometheus, OpenTelemetry's protocol, or both, with distributions that merge.
///
/// ```swift
/// let exporter = try PrometheusExporter(port: 9180)
/// MetricsSystem.bootstrap(TelemetryMetricsFactory(prometheus: exporter))
/// Counter(label: "orders").increment()
/// Timer(label: "payment").recordNanoseconds(12_000_000)
/// ```
///
/// Prometheus then reads `orders_total` and the histogram `payment_seconds` at `http://127.0.0.1:9180/metrics`; a
/// receiver of OpenTelemetry's protocol gets `orders` and the exponential histogram `payment`, with the same numbers.
///
/// | | Prometheus | OpenTelemetry |
/// |---|---|---|
/// | `Counter`, `FloatingPointCounter` | counter, with `_total` | sum that never falls |
/// | `Meter`, `Gauge` | gauge | gauge |
/// | `Recorder` | histogram | exponential histogram |
/// | `Timer` | histogram, with `_seconds` | exponential histogram with the unit `s` |
///
/// A label is the name, its dimensions are the labels of the series. Everything adds up from the start of the program;
/// a counter that is reset begins a new series, which both readers support.
///
/// - Values: a recorder and a timer accept numbers from zero on; a value that is negative, infinite or not a number is
///   left out, and the logger reports it once for each metric. A `FloatingPointCounter` counts whole numbers, and keeps
///   the rest for the next increment.
/// - Errors: a metric whose Prometheus name is already used for another kind, or begins with `timepiece`, measures
///   nothing, and the logger reports the reason; it also reports failures to send, each once until another occurs.
/// - Threads: all of it is safe from any thread. A value costs a lock that is held for 50 ns; none waits for the network.
public final class TelemetryMetricsFactory: MetricsFactory {
    private let prometheus: PrometheusExporter?
    private let openTelemetry: OpenTelemetryPublisher?
    private let labels: [String: String]
    private let diagnostics: Diagnostics
    private let instruments = Mutex<[Key: Instrument]>([:])

    private struct Key: Hashable {
        let label: String
        let kind: Kind
        let labels: [String: String]
    }

    private enum Kind { case counter, gauge, recorder, timer }

    /// Makes a factory.
    ///
    /// - Parameters:
    ///   - prometheus: the exporter for Prometheus; nil for none.
    ///   - openTelemetry: the publisher; nil for none. Its handler for counted failures is set here.
    ///   - labels: of every metric; a dimension of the same name takes precedence.
    ///   - logger: where problems are reported.
    public init(
        prometheus: PrometheusExporter? = nil, openTelemetry: OpenTelemetryPublisher? = nil,
        labels: [String: String] = [:], logger: Logger = Logger(label: "timepiece.metrics")
    ) {
        self.prometheus = prometheus
        self.openTelemetry = openTelemetry
        self.labels = labels
        let diagnostics = Diagnostics(logger, about: "Sending by OTLP")
        self.diagnostics = diagnostics
        openTelemetry?.onStatusChange { diagnostics.tell($0) }
    }

    /// Makes a counter, or returns the existing one.
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        instrument(.counter, label, dimensions) { Instrument(.counter(TelemetryCounter(label)), $0, $1) }
    }

    /// Makes a meter, or returns the existing one; it is shown once it was set.
    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        instrument(.gauge, label, dimensions) { Instrument(.gauge(TelemetryGauge(label)), $0, $1) }
    }

    /// Makes a recorder, or returns the existing one: a distribution if it aggregates, and otherwise a gauge.
    public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        guard aggregate else {
            return instrument(.gauge, label, dimensions) { Instrument(.gauge(TelemetryGauge(label)), $0, $1) }
        }
        return instrument(.recorder, label, dimensions) {
            Instrument(.distribution(TelemetryDistribution(label, unit: .none)), $0, $1)
        }
    }

    /// Makes a timer, or returns the existing one.
    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        instrument(.timer, label, dimensions) {
            Instrument(.distribution(TelemetryDistribution(label, unit: .seconds)), $0, $1)
        }
    }

    /// Removes a counter; its counts stay with its series.
    public func destroyCounter(_ handler: any CounterHandler) { destroy(handler) }
    /// Removes a meter.
    public func destroyMeter(_ handler: any MeterHandler) { destroy(handler) }
    /// Removes a recorder; its counts stay with its series.
    public func destroyRecorder(_ handler: any RecorderHandler) { destroy(handler) }
    /// Removes a timer; its counts stay with its series.
    public func destroyTimer(_ handler: any TimerHandler) { destroy(handler) }

    private func instrument(
        _ kind: Kind, _ label: String, _ dimensions: [(String, String)], make: (String, Diagnostics) -> Instrument
    ) -> Instrument {
        let all = labels.merging(dimensions) { _, last in last }
        let key = Key(label: label, kind: kind, labels: all)
        let (instrument, isNew) = instruments.withLock { instruments in
            if let known = instruments[key] { return (known, false) }
            let made = make(label, diagnostics)
            instruments[key] = made
            return (made, true)
        }
        if isNew { show(instrument, labels: all) }
        return instrument
    }

    private func show(_ instrument: Instrument, labels: [String: String]) {
        do throws(PrometheusError) {
            if let prometheus { try instrument.add(to: prometheus, labels: labels) }
        } catch {
            diagnostics.logger.error("\(error.description)")
        }
        do throws(OpenTelemetrySettingsError) {
            if let openTelemetry { try instrument.add(to: openTelemetry, labels: labels) }
        } catch {
            diagnostics.logger.error("\(error.description)")
        }
    }

    private func destroy(_ handler: AnyObject) {
        guard let instrument = handler as? Instrument else { return }
        let isHere = instruments.withLock { instruments in
            guard let key = instruments.first(where: { $0.value === instrument })?.key else { return false }
            return instruments.removeValue(forKey: key) != nil
        }
        guard isHere else { return }
        prometheus?.remove(instrument.measured)
        openTelemetry?.remove(instrument.measured)
    }
}
