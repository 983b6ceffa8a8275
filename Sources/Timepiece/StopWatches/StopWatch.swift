import Synchronization

/// Measures repeatedly how long a piece of work takes, and how that time divides among its parts.
///
/// Stopwatches form a tree: the work of a child is a part of its parent's.
///
/// ```swift
/// let root = StopWatch("root")
/// root.measure {
///     root.child("decode").measure { decode() }
///     root.child("infer").measure { infer() }
/// }
/// print(root)
/// ```
///
/// Each measured piece is an interval. The last ``maxIntervals`` of them are kept one by one, and ``statistics`` covers
/// all since the last reset.
///
/// Thread rule: usable from several threads at once. Each stopwatch has a lock of its own, held for a moment; the work
/// itself is measured without it. Pieces that run in parallel all count, so children can sum up to more than a parent.
public final class StopWatch: Sendable {
    private struct State {
        var ring: IntervalRing
        var statistics = Statistics()
        var backwardsCount: UInt64 = 0
        var children: [StopWatch] = []
    }

    /// The name, unique among the children of one parent.
    public let name: String
    /// The names from the root down to this stopwatch, separated by dots: `root.task1`. A dot in a name stays as it is.
    public let fullName: String
    /// How many stopwatches are above this one.
    public let level: Int
    /// How many intervals are kept one by one.
    public let maxIntervals: Int
    /// The stopwatch above; nil for a root, and for a child that outlived its parent.
    public weak let parent: StopWatch?
    private let state: Mutex<State>

    /// Makes a root.
    ///
    /// - Parameters:
    ///   - name: any text.
    ///   - maxIntervals: how many intervals are kept one by one; less than 1 is replaced by 1; children inherit it.
    public convenience init(_ name: String, maxIntervals: Int = 10) {
        self.init(name, ring: IntervalRing(capacity: maxIntervals), parent: nil)
    }

    private init(_ name: String, ring: IntervalRing, parent: StopWatch?) {
        self.name = name
        self.parent = parent
        fullName = parent.map { $0.fullName + "." + name } ?? name
        level = parent.map { $0.level + 1 } ?? 0
        maxIntervals = ring.capacity
        state = Mutex(State(ring: ring))
    }

    /// Finds the child of this name, or makes it.
    ///
    /// - Parameters:
    ///   - name: any text.
    ///   - maxIntervals: how many intervals a new child keeps; less than 1 is replaced by 1; nil for as many as this
    ///     stopwatch. An existing child keeps its number.
    /// - Returns: the same stopwatch for the same name.
    public func child(_ name: String, maxIntervals: Int? = nil) -> StopWatch {
        let ring = IntervalRing(capacity: maxIntervals ?? self.maxIntervals)
        return state.withLock { state in
            if let child = state.children.first(where: { $0.name == name }) { return child }
            let child = StopWatch(name, ring: ring, parent: self)
            state.children.append(child)
            return child
        }
    }

    /// The stopwatches below this one, in the order in which they were made.
    public var children: [StopWatch] { state.withLock { $0.children } }

    /// The stopwatches above this one, the parent first and the root last.
    public var ancestors: [StopWatch] {
        Array(
            sequence(state: self) { watch in
                guard let parent = watch.parent else { return nil }
                watch = parent
                return parent
            })
    }

    /// The intervals that are kept one by one, the oldest first.
    public var intervals: [Duration] {
        state.withLock { $0.ring }.ordered.map { Duration(clampingNanoseconds: $0) }
    }

    /// Statistics of all intervals since the last reset.
    public var statistics: Statistics { state.withLock { $0.statistics } }

    /// The number of intervals that were refused because they ended before they started.
    public var backwardsCount: UInt64 { state.withLock { $0.backwardsCount } }

    /// Counts an interval that was measured elsewhere; a negative one is counted in ``backwardsCount`` only.
    public func record(_ duration: Duration) {
        let isBackwards = duration.attoseconds < 0
        let nanoseconds = duration.nanoseconds.magnitude
        state.withLock { state in
            guard !isBackwards else {
                state.backwardsCount.addSaturating(1)
                return
            }
            state.ring.append(nanoseconds)
            state.statistics.record(nanoseconds: nanoseconds)
        }
    }

    /// Returns the statistics and starts new ones; an interval that is recorded meanwhile is in one or the other.
    ///
    /// The intervals that are kept one by one stay.
    public func takeStatistics() -> Statistics {
        state.withLock { state in
            defer { state.statistics = Statistics() }
            return state.statistics
        }
    }

    /// Removes all intervals of this stopwatch; its children keep theirs.
    public func reset() {
        state.withLock { state in
            state.ring.removeAll()
            state.statistics = Statistics()
            state.backwardsCount = 0
        }
    }

    /// The line of a description, without its brackets.
    var summary: String { state.withLock { $0.ring }.summary }
}
