import Synchronization

/// A source that others may update while it is removed: its last values are kept, so that no count falls.
package final class EndingSource: TelemetrySource {
    private let source: any TelemetrySource
    /// Its values at the end; nil before. Locked while the source copies its numbers, so that readers take turns.
    private let last = Mutex<[Measurement]?>(nil)

    package init(_ source: any TelemetrySource) {
        self.source = source
    }

    package func collect(at now: UInt64) -> [Measurement] {
        last.withLock { $0 ?? source.collect(at: now) }
    }

    /// Freezes the present values.
    package func end(at now: UInt64) {
        last.withLock { $0 = $0 ?? source.collect(at: now) }
    }
}
