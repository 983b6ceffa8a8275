import CoreMetrics
import Logging
import Synchronization
import Timepiece
import TimepieceCloudWatch

/// One series: gathers the values of an interval, and passes them to its publisher at the interval's end.
final class Metric: Sendable {
    private struct State {
        var gathered = Statistics()
        /// The present value of a meter, for its increments.
        var current = 0.0
        var hasToldOfValue = false
    }

    let key: MetricKey
    /// Nil if CloudWatch does not allow the name or a dimension.
    private let publisher: CloudWatchPublisher?
    private let diagnostics: Diagnostics
    private let state = Mutex(State())

    init(_ settings: CloudWatchSettings, key: MetricKey, diagnostics: Diagnostics) {
        self.key = key
        self.diagnostics = diagnostics
        do throws(CloudWatchSettingsError) {
            publisher = try CloudWatchPublisher(settings)
        } catch {
            publisher = nil
            diagnostics.logger.error("The metric \(key.label) is not published: \(error.description)")
        }
        publisher?.onIntervalEnd { [weak self] in self?.flush() }
        publisher?.onExit { [weak self] in self?.flush() }
        publisher?.onStatusChange { diagnostics.tell($0) }
    }

    /// Publishes the gathered values.
    func flush() {
        let gathered = state.withLock { state in
            defer { state.gathered = Statistics() }
            return state.gathered
        }
        publisher?.publish(gathered, closedAt: .now())
    }

    func close(within deadline: Duration) async {
        flush()
        await publisher?.finish(within: deadline)
    }

    private func add(_ value: Double) {
        guard let number = CloudWatchUnit.sample(of: value) else { return refuse(value) }
        state.withLock { $0.gathered.record(number) }
    }

    private func refuse(_ value: Double) {
        let isFirst = state.withLock { state in
            defer { state.hasToldOfValue = true }
            return !state.hasToldOfValue
        }
        guard isFirst else { return }
        diagnostics.logger.warning("\(key.label) was given \(value), and takes 0 to 9.2e9; such values are left out.")
    }
}

extension Metric: CounterHandler {
    func increment(by amount: Int64) {
        add(Double(amount))
    }

    func reset() {
        state.withLock { $0.gathered = Statistics() }
    }
}

extension Metric: MeterHandler {
    func set(_ value: Int64) {
        set(Double(value))
    }

    func set(_ value: Double) {
        state.withLock { $0.current = value }
        add(value)
    }

    func increment(by amount: Double) {
        add(
            state.withLock { state in
                state.current += amount
                return state.current
            })
    }

    func decrement(by amount: Double) {
        increment(by: -amount)
    }
}

extension Metric: RecorderHandler {
    func record(_ value: Int64) {
        add(Double(value))
    }

    func record(_ value: Double) {
        add(value)
    }
}

extension Metric: TimerHandler {
    func recordNanoseconds(_ duration: Int64) {
        guard duration >= 0 else { return refuse(Double(duration) / 1e9) }
        state.withLock { $0.gathered.record(.nanoseconds(duration)) }
    }
}
