import CoreMetrics
import Logging
import Synchronization
import TimepieceOpenTelemetry
import TimepieceTelemetry

/// One series: a counter, a gauge or a distribution, as swift-metrics uses it.
final class Instrument: Sendable {
    enum Content {
        case counter(TelemetryCounter)
        case gauge(TelemetryGauge)
        case distribution(TelemetryDistribution)
    }

    private let content: Content
    private let label: String
    private let diagnostics: Diagnostics
    private let hasToldOfValue = Atomic(false)

    init(_ content: Content, _ label: String, _ diagnostics: Diagnostics) {
        self.content = content
        self.label = label
        self.diagnostics = diagnostics
    }

    /// The object that is added to an exporter, and removed from it.
    var measured: AnyObject {
        switch content {
        case .counter(let counter): counter
        case .gauge(let gauge): gauge
        case .distribution(let distribution): distribution
        }
    }

    func add(to exporter: PrometheusExporter, labels: [String: String]) throws(PrometheusError) {
        switch content {
        case .counter(let counter): try exporter.add(counter, labels: labels)
        case .gauge(let gauge): try exporter.add(gauge, labels: labels)
        case .distribution(let distribution): try exporter.add(distribution, labels: labels)
        }
    }

    func add(to publisher: OpenTelemetryPublisher, labels: [String: String]) throws(OpenTelemetrySettingsError) {
        switch content {
        case .counter(let counter): try publisher.add(counter, labels: labels)
        case .gauge(let gauge): try publisher.add(gauge, labels: labels)
        case .distribution(let distribution): try publisher.add(distribution, labels: labels)
        }
    }

    private func take(_ value: Double) {
        switch content {
        case .counter: break
        case .gauge(let gauge): gauge.set(value)
        case .distribution(let distribution):
            guard !distribution.record(value), !hasToldOfValue.exchange(true, ordering: .relaxed) else { return }
            diagnostics.logger.warning("\(label) was given \(value), and takes numbers from 0 on; others are left out.")
        }
    }
}

extension Instrument: CounterHandler {
    func increment(by amount: Int64) {
        if case .counter(let counter) = content { counter.increment(by: amount) }
    }

    func reset() {
        if case .counter(let counter) = content { counter.reset() }
    }
}

extension Instrument: MeterHandler {
    func set(_ value: Int64) { take(Double(value)) }
    func set(_ value: Double) { take(value) }

    func increment(by amount: Double) {
        if case .gauge(let gauge) = content { gauge.add(amount) }
    }

    func decrement(by amount: Double) { increment(by: -amount) }
}

extension Instrument: RecorderHandler {
    func record(_ value: Int64) { take(Double(value)) }
    func record(_ value: Double) { take(value) }
}

extension Instrument: TimerHandler {
    func recordNanoseconds(_ duration: Int64) { take(Double(duration) / 1e9) }
}
