import Synchronization

/// The starts and stops of one watch.
package final class TransitGroup: Sendable {
    private struct State {
        var starts: [TransitStart] = []
        /// How many stops look for times.
        var listeners = 0
    }

    /// Unique in the process, from 1: what says on a stamp which watch it is of.
    package let identifier: UInt64

    private static let made = Atomic<UInt64>(0)
    private let version = Atomic<UInt64>(0)
    private let state = Mutex(State())

    package init() {
        identifier = Self.made.add(1, ordering: .relaxed).newValue
    }

    package func add(_ start: TransitStart) {
        state.withLock { state in
            start.ask(state.listeners)
            state.starts.append(start)
        }
        version.add(1, ordering: .releasing)
    }

    /// Takes a start out; stops still count what is on its way from there.
    package func remove(_ start: TransitStart) {
        start.close()
        state.withLock { $0.starts.removeAll { $0 === start } }
        version.add(1, ordering: .releasing)
    }

    /// Lets the starts remember for one stop more.
    func addAsker() {
        state.withLock { state in
            state.listeners += 1
            for start in state.starts { start.ask(1) }
        }
    }

    /// Lets the starts remember for one stop less, but for those that do not any more.
    func removeAsker(butFor satisfied: Set<UInt64>) {
        state.withLock { state in
            state.listeners -= 1
            for start in state.starts where !satisfied.contains(start.identifier) { start.ask(-1) }
        }
    }

    /// Changes whenever a start is added or removed.
    var changes: UInt64 { version.load(ordering: .acquiring) }

    /// The starts that are there now.
    package var all: [TransitStart] { state.withLock { $0.starts } }
}
