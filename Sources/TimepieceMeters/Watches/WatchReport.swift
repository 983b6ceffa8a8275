package import Timepiece

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
    /// When the window was closed, or read.
    package let closedAt: UInt64
    /// Why a stop recognizes nothing, if something is wrong with the pipeline.
    package let complaint: WatchComplaint?
}

/// Why a stop recognizes nothing although buffers pass.
package enum WatchComplaint: Sendable, Equatable {
    /// So many buffers passed the stop and none was recognized, although buffers pass a start.
    case neverMatched(passed: UInt64)
    /// So many buffers passed the starts and none came to the stop until its stream ended.
    case nothingArrived(issued: UInt64)
    /// The only starts of the name are in another pipeline.
    case startElsewhere
}

/// The receiver of what a watch has to tell, on the clock's thread or inside the meter's functions.
package protocol WatchReporter: Sendable {
    /// Whether a report may be made now; if not, the window stays open.
    var isReady: Bool { get }
    func report(_ window: WatchWindow)
    /// What is under way to a stop is overdue, or came.
    func report(_ event: StallDetector.Event, lastPosition: UInt64)
    /// The paths that lead to a stop are asked for: ``WatchMeter/connect(_:)``, in this call.
    func findPaths()
}

extension WatchReporter {
    package func report(_ event: StallDetector.Event, lastPosition: UInt64) {}
    package func findPaths() {}
}
