import Synchronization

/// The starts of one watch, as its stops look them up.
package final class TransitGroup: Sendable {
    /// Unique in the process, from 1: what says on a stamp which watch it is of.
    package let identifier: UInt64

    private static let made = Atomic<UInt64>(0)
    private let version = Atomic<UInt64>(0)
    private let starts = Mutex<[TransitStart]>([])

    package init() {
        identifier = Self.made.add(1, ordering: .relaxed).newValue
    }

    package func add(_ start: TransitStart) {
        starts.withLock { $0.append(start) }
        version.add(1, ordering: .releasing)
    }

    /// Takes a start out; stops still count what is on its way from there.
    package func remove(_ start: TransitStart) {
        start.close()
        starts.withLock { $0.removeAll { $0 === start } }
        version.add(1, ordering: .releasing)
    }

    /// Changes whenever a start is added or removed.
    var changes: UInt64 { version.load(ordering: .acquiring) }

    /// The starts that are there now.
    package var all: [TransitStart] { starts.withLock { $0 } }
}
