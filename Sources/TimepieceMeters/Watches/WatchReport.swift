import Timepiece

/// A window of a watch, ready to be told.
package struct WatchReport: Sendable {
    package let tree: WatchTree
    /// The full name of the watch.
    package let path: String
    package let share: Double

    /// The watch, then the reports of its children.
    package var preorder: [WatchReport] {
        let whole = tree.statistics.sumNanoseconds
        return [self]
            + tree.children.flatMap {
                WatchReport(tree: $0, path: path + "." + $0.name, share: $0.share(of: whole)).preorder
            }
    }
}

/// A window of a watch with what it is told with.
package struct WatchWindow: Sendable {
    package let report: WatchReport
    /// Nanoseconds that the stream flowed in the window.
    package let duration: UInt64
    /// The time stamp of the last buffer, `UInt64.max` for none.
    package let position: UInt64
    /// How many buffers passed a stop that recognized none although its starts saw as many; 0 if that is not so.
    package let neverMatched: UInt64
}

/// The receiver of the windows of a watch, on the clock's thread or inside the meter's functions.
package protocol WatchReporter: Sendable {
    func report(_ window: WatchWindow)
}
