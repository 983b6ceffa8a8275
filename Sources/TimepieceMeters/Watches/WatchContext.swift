import Synchronization
import Timepiece

/// A watch as it was entered from one place: a node of the calling-context tree.
///
/// One watch has several contexts if it is reached from several watches, for example behind a funnel. The outermost
/// context of a thread has the ``LapTree`` that the contexts inside it share.
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
    /// Whether the parent is further out than the context directly around this one.
    let isReparented: Bool
    /// Unique in the process, from 1.
    let identifier: UInt64
    let meter: WatchMeter
    /// The context that is entered around this one on the same thread.
    let outer: WatchContext?
    /// The parent in the tree that is reported; with a dotted path it may be further out than `outer`.
    let parent: WatchContext?
    /// The names from the root, separated by dots.
    let path: String
    let source: Source
    /// The outermost context around this one, nil if this is the outermost.
    let root: WatchContext?
    /// Set once, to the number of outermost laps that had ended when the watch was stopped.
    private let retiredStore = Atomic<UInt64>(.max)
    /// The series of removed contexts inside this one: the log of a lap in progress may still refer to them.
    private let survivors = Mutex<[LapSeries]>([])

    init(meter: WatchMeter, outer: WatchContext?, parent: WatchContext?, source: Source) {
        identifier = Self.made.add(1, ordering: .relaxed).newValue
        self.meter = meter
        self.outer = outer
        self.parent = parent
        self.source = source
        isOutermost = outer == nil
        root = outer?.root ?? outer
        isReparented = parent !== outer && parent != nil
        if case .laps(let series, let tree) = source {
            unsafe self.series = unsafe Unmanaged.passUnretained(series)
            unsafe self.tree = unsafe Unmanaged.passUnretained(tree)
        } else {
            unsafe (series, tree) = (nil, nil)
        }
        path = parent.map { $0.path + "." + meter.path.name } ?? meter.path.text
    }

    var isRetired: Bool { retiredStore.load(ordering: .relaxed) != .max }

    /// The state that it shares with the contexts that are drained together with it.
    var sourceKey: ObjectIdentifier {
        switch source {
        case .laps(_, let tree): ObjectIdentifier(tree)
        case .transit(let stop): ObjectIdentifier(stop)
        }
    }

    /// This context will not be entered again.
    func retire() {
        guard !isRetired else { return }
        retiredStore.store(ended, ordering: .relaxed)
    }

    /// Keeps the series of this context as long as the outermost context around it exists, which the frame of a lap in
    /// progress owns if the watch was stopped inside it.
    func leaveLapsToRoot() {
        guard let root, case .laps(let series, _) = source else { return }
        root.survivors.withLock { $0.append(series) }
    }

    /// Whether this context gets no more laps, so that it may be removed once it has been drained.
    var isOver: Bool {
        guard isRetired else { return false }
        // The outer lap in progress may still contain laps of this one.
        guard let root else { return true }
        return root.isRetired || ended > retiredStore.load(ordering: .relaxed)
    }

    private var ended: UInt64 {
        switch source {
        case .laps(_, let tree): tree.ended
        case .transit: 0
        }
    }
}
