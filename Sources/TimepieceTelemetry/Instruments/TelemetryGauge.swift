import Synchronization

/// A present value of your own, which rises and falls.
///
/// It is shown once it was set. Of several with the same name and labels the largest is shown.
///
/// - Threads: every call is safe from any thread. Cost: a lock that is held for some nanoseconds.
public final class TelemetryGauge: Sendable {
    package let metric: Metric
    private let value = Mutex<Double?>(nil)

    /// Makes a gauge without a value.
    ///
    /// - Parameters:
    ///   - name: what it shows, in words separated by dots. A name that begins with `timepiece` is not accepted.
    ///   - help: the same in a sentence.
    public init(_ name: String, help: String = "") {
        metric = Metric(own: name, .gauge, .none, help)
    }

    /// Sets the value.
    public func set(_ number: Double) {
        value.withLock { $0 = number }
    }

    /// Adds to the value, which is zero until it is set.
    public func add(_ number: Double) {
        value.withLock { $0 = ($0 ?? 0) + number }
    }
}

extension TelemetryGauge: TelemetryInstrument {
    package func collect(at now: UInt64) -> [Measurement] {
        value.withLock { $0 }.map { [Measurement(metric, .gauge($0))] } ?? []
    }
}
