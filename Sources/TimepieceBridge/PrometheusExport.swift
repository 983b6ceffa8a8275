import Synchronization
import Timepiece
import TimepieceMeters
import TimepieceTelemetry

/// Shows one source on a page, in a file, or in both.
final class PrometheusExport: Sendable {
    private let page: MetricsPage?
    private let file: MetricsFile?
    private let state = Mutex(State())

    private struct State: Sendable {
        var source: (any TelemetrySource)?
        var toldProblem: String?
    }

    /// - Parameters:
    ///   - port: of the page; 0 for none.
    ///   - file: where to write; nil for none.
    ///   - interval: how often to write, in nanoseconds.
    init(port: UInt16, address: String, file: String?, interval: UInt64) throws(PrometheusError) {
        page = port == 0 ? nil : try MetricsPage.open(address: address, port: port)
        guard let file else {
            self.file = nil
            return
        }
        self.file = try MetricsFile.open(path: file)
        try self.file?.join(self, period: interval)
    }

    func show(_ source: any TelemetrySource, labels: [MetricLabel], at now: UInt64) {
        state.withLock { $0.source = source }
        page?.registry.add(source, labels: labels, at: now)
        file?.registry.add(source, labels: labels, at: now)
    }

    /// Returns the failure to write the file, if it is new.
    func takeProblem() -> String? {
        let problem = file?.problem
        return state.withLock { state in
            defer { state.toldProblem = problem }
            return state.toldProblem == problem ? nil : problem
        }
    }

    func close(at now: UInt64) {
        if let source = state.withLock({ $0.source.take() }) {
            page?.registry.remove(source, at: now)
            file?.registry.remove(source, at: now)
        }
        file?.leave(self)
    }
}
