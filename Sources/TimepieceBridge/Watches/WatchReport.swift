import Timepiece

/// A window of a watch, ready to be told.
struct WatchReport: Sendable {
    let tree: WatchTree
    /// The full name of the watch.
    let path: String
    let share: Double

    /// The watch, then the reports of its children.
    var preorder: [WatchReport] {
        let whole = tree.statistics.sumNanoseconds
        return [self]
            + tree.children.flatMap {
                WatchReport(tree: $0, path: path + "." + $0.name, share: $0.share(of: whole)).preorder
            }
    }
}
