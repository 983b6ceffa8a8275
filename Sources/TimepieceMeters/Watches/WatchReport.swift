package import Timepiece

/// A window of a watch, ready to be reported.
package struct WatchReport: Sendable {
    package let tree: WatchTree
    /// The full name of the watch.
    package let path: String
    package let share: Double

    /// The watch, then the reports of its children.
    package var preorder: [WatchReport] {
        var all: [WatchReport] = []
        append(to: &all)
        return all
    }

    private func append(to all: inout [WatchReport]) {
        all.append(self)
        let whole = tree.statistics.sumNanoseconds
        for child in tree.children {
            WatchReport(tree: child, path: path + "." + child.name, share: child.share(of: whole)).append(to: &all)
        }
    }
}

/// A window of a watch with further values of the report.
package struct WatchWindow: Sendable {
    package let report: WatchReport
    /// Nanoseconds that the stream flowed in the window.
    package let duration: UInt64
    /// The time stamp of the last buffer, `UInt64.max` for none.
    package let position: UInt64
    /// When the window was closed, or read.
    package let closedAt: UInt64
    /// When the stream flowed.
    package let time: ActiveTime
    /// Why a stop recognizes nothing, if something is wrong with the pipeline.
    package let complaint: WatchComplaint?
}

/// Why a stop recognizes nothing although buffers pass.
package enum WatchComplaint: Sendable, Equatable {
    /// A number of buffers passed the stop and none was recognized, although buffers pass a start.
    case neverMatched(passed: UInt64)
    /// A number of buffers passed the starts and none arrived at the stop until its stream ended.
    case nothingArrived(issued: UInt64)
    /// The only starts of the name are in another pipeline.
    case startElsewhere
}

/// The receiver of a watch's reports, on the clock's thread or inside the meter's functions.
package protocol WatchReporter: Sendable {
    /// Whether a report may be made now; if not, the window stays open.
    var isReady: Bool { get }
    func report(_ window: WatchWindow)
    /// A buffer in flight to a stop is overdue, or has arrived.
    func report(_ event: StallDetector.Event, lastPosition: UInt64)
    /// The paths that lead to a stop are requested: call ``WatchMeter/connect(_:)`` in this call.
    func findPaths()
}

extension WatchReporter {
    package func report(_ event: StallDetector.Event, lastPosition: UInt64) {}
    package func findPaths() {}
}
