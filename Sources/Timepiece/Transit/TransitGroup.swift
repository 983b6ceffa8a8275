import Synchronization

/// The starts and stops of one watch.
package final class TransitGroup: Sendable {
    private struct State {
        var starts: [TransitStart] = []
        /// How many stops search by time.
        var timeReaders = 0
    }

    /// Unique in the process, from 1: identifies the watch of a stamp.
    package let identifier: UInt64

    private static let made = Atomic<UInt64>(0)
    private let version = Atomic<UInt64>(0)
    private let state = Mutex(State())

    package init() {
        identifier = Self.made.add(1, ordering: .relaxed).newValue
    }

    package func add(_ start: TransitStart) {
        state.withLock { state in
            start.ask(state.timeReaders)
            state.starts.append(start)
        }
        version.add(1, ordering: .releasing)
    }

    /// Removes a start; stops still count what is in flight from there.
    package func remove(_ start: TransitStart) {
        start.close()
        state.withLock { $0.starts.removeAll { $0 === start } }
        version.add(1, ordering: .releasing)
    }

    /// Makes the starts remember times for one more stop.
    func addTimeReader() {
        state.withLock { state in
            state.timeReaders += 1
            for start in state.starts { start.ask(1) }
        }
    }

    /// Makes the starts remember times for one stop less, except for those that have already stopped.
    func removeTimeReader(butFor satisfied: Set<UInt64>) {
        state.withLock { state in
            state.timeReaders -= 1
            for start in state.starts where !satisfied.contains(start.identifier) { start.ask(-1) }
        }
    }

    /// Changes whenever a start is added or removed.
    var changes: UInt64 { version.load(ordering: .acquiring) }

    /// The present starts.
    package var all: [TransitStart] { state.withLock { $0.starts } }
}
