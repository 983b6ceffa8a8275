import CTimepiece
import Timepiece
import TimepieceMeters

/// Calls the element's function with a window in the contract's terms.
@safe struct WatchFunction: WatchReporter, @unchecked Sendable {
    // Sendable: the element promises that its function may be called on any thread until the watch is stopped.
    let function: TimepieceWatchFunc
    let context: UnsafeMutableRawPointer?

    init(function: TimepieceWatchFunc, context: UnsafeMutableRawPointer?) {
        unsafe self.function = unsafe function
        unsafe self.context = unsafe context
    }

    func report(_ window: WatchWindow) {
        let reports = window.report.preorder
        // All texts one after the other, each with its end, so that pointers into one array serve as C strings.
        var texts: [CChar] = []
        var places: [(label: Int, path: Int)] = []
        for report in reports {
            let label = texts.count
            texts.append(contentsOf: report.tree.label.utf8CString)
            places.append((label, texts.count))
            texts.append(contentsOf: report.path.utf8CString)
        }
        unsafe texts.withUnsafeBufferPointer { texts in
            guard let text = texts.baseAddress else { return }
            let nodes = unsafe zip(reports, places).map { report, place in
                unsafe TimepieceWatchNode(
                    label: text + place.label,
                    path: text + place.path,
                    intervals: TimepieceStatistics(report.tree.statistics),
                    self_time: UInt64(clamping: report.tree.selfTime.nanoseconds),
                    share: report.share,
                    num_unmatched: report.tree.unmatched,
                    num_children: report.tree.children.count)
            }
            unsafe nodes.withUnsafeBufferPointer { nodes in
                guard let first = nodes.baseAddress else { return }
                var flat = unsafe TimepieceWatchWindow(
                    duration: window.duration, last_position: window.position, num_never_matched: window.neverMatched,
                    nodes: first, num_nodes: nodes.count)
                unsafe function(&flat, context)
            }
        }
    }
}
