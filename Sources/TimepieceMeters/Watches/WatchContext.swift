import Synchronization
import Timepiece

/// A watch as it was entered from one place: a node of the calling-context tree.
///
/// One watch has several contexts if it is reached from several watches, say behind a funnel. The outermost context of
/// a thread brings the ``LapTree`` that the ones inside it share.
@safe final class WatchContext: Sendable {
    /// Where the laps are gathered.
    enum Source: Sendable {
        case laps(LapSeries, LapTree)
        case transit(TransitStop)
    }

    private static let made = Atomic<UInt64>(0)

    /// The parts of `source`, which keeps them alive, without counting references; nil for a stop.
    let series: Unmanaged<LapSeries>?
    let tree: Unmanaged<LapTree>?
    let isOutermost: Bool
    /// Whether the parent is further out than what is entered around this one.
    let isReparented: Bool
    /// Unique in the process, from 1.
    let identifier: UInt64
    let meter: WatchMeter
    /// The context that is entered around this one on the same thread.
    let outer: WatchContext?
    /// The parent in the tree that is reported; with a dotted path it may be further out than `outer`.
    let parent: WatchContext?
    /// The names from the root, with dots between.
    let path: String
    let source: Source
    /// Set once, to the number of outermost laps that had ended when the watch was stopped.
    private let retiredStore = Atomic<UInt64>(.max)

    init(meter: WatchMeter, outer: WatchContext?, parent: WatchContext?, source: Source) {
        identifier = Self.made.add(1, ordering: .relaxed).newValue
        self.meter = meter
        self.outer = outer
        self.parent = parent
        self.source = source
        isOutermost = outer == nil
        isReparented = parent !== outer && parent != nil
        if case .laps(let series, let tree) = source {
            unsafe self.series = unsafe Unmanaged.passUnretained(series)
            unsafe self.tree = unsafe Unmanaged.passUnretained(tree)
        } else {
            unsafe (series, tree) = (nil, nil)
        }
        path = parent.map { $0.path + "." + meter.path.name } ?? meter.path.text
    }

    /// The outermost context around this one, itself if it is.
    var root: WatchContext {
        var context = self
        while let outer = context.outer { context = outer }
        return context
    }

    var isRetired: Bool { retiredStore.load(ordering: .relaxed) != .max }

    /// This context will not be entered again.
    func retire() {
        guard !isRetired else { return }
        retiredStore.store(ended, ordering: .relaxed)
    }

    /// Whether nothing more can come from this context, so that it may go once it has been drained.
    var isOver: Bool {
        guard isRetired else { return false }
        // The lap around it that was under way may still hold laps of this one.
        return outer == nil || root.isRetired || ended > retiredStore.load(ordering: .relaxed)
    }

    private var ended: UInt64 {
        switch source {
        case .laps(_, let tree): tree.ended
        case .transit: 0
        }
    }
}
