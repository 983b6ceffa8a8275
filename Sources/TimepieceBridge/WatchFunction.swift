import CTimepiece
import Timepiece
import TimepieceMeters

/// Calls the element's function with a window in the contract's types.
@safe struct WatchFunction: WatchReporter, @unchecked Sendable {
    // Sendable: the element promises that its function may be called on any thread as long as its context exists.
    let function: TimepieceWatchFunc
    let events: TimepieceWatchEvents?
    private let owner: ContextOwner
    private var context: UnsafeMutableRawPointer? { unsafe owner.context }

    init(function: TimepieceWatchFunc, context: UnsafeMutableRawPointer?) {
        unsafe self.function = unsafe function
        events = nil
        owner = unsafe ContextOwner(context, destroy: nil)
    }

    /// Takes ownership of the context.
    init(events: TimepieceWatchEvents, context: UnsafeMutableRawPointer?) {
        unsafe function = unsafe events.window
        self.events = events
        owner = unsafe ContextOwner(context, destroy: events.destroy)
    }

    func report(_ event: StallDetector.Event, lastPosition: UInt64) {
        guard let events else { return }
        unsafe show(event, lastPosition: lastPosition, by: events.stall, context)
    }

    var isReady: Bool {
        guard let events else { return true }
        return unsafe events.ready(context)
    }

    func findPaths() {
        guard let events else { return }
        unsafe events.find_paths(context)
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
                    num_unmatched: report.tree.losses.unmatched,
                    num_merged: report.tree.losses.merged,
                    in_flight: report.tree.underWay.count,
                    oldest_in_flight: report.tree.underWay.age(in: window.time, at: window.closedAt),
                    num_children: report.tree.children.count)
            }
            unsafe nodes.withUnsafeBufferPointer { nodes in
                guard let first = nodes.baseAddress else { return }
                let (complaint, number) = window.complaint.flat
                var flat = unsafe TimepieceWatchWindow(
                    duration: window.duration, last_position: window.position, complaint: complaint,
                    complaint_number: number, nodes: first, num_nodes: nodes.count)
                unsafe function(&flat, context)
            }
        }
    }
}

extension WatchComplaint? {
    fileprivate var flat: (TimepieceWatchComplaint, UInt64) {
        switch self {
        case nil: (TIMEPIECE_COMPLAINT_NONE, 0)
        case .neverMatched(let passed)?: (TIMEPIECE_COMPLAINT_NEVER_MATCHED, passed)
        case .nothingArrived(let issued)?: (TIMEPIECE_COMPLAINT_NOTHING_ARRIVED, issued)
        case .startElsewhere?: (TIMEPIECE_COMPLAINT_START_ELSEWHERE, 0)
        }
    }
}
