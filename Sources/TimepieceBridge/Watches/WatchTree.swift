import Timepiece

/// A window of a watch and of those below it, ready to be reported.
struct WatchTree: Sendable {
    let label: String
    let path: String
    let snapshot: StopWatchSnapshot
    let share: Double
    let unmatched: UInt64
    let children: [WatchTree]

    /// Whether there is anything in it worth a report.
    var isEmpty: Bool {
        snapshot.statistics.count == 0 && unmatched == 0 && children.allSatisfy(\.isEmpty)
    }

    /// A watch, then the trees of its children.
    var preorder: [WatchTree] { [self] + children.flatMap(\.preorder) }
}
