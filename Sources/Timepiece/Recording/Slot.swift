/// The figures of one stretch of ticks, in memory laid out once, so that recording allocates nothing.
///
/// A slot has one user at a time; the ``SlotPair`` that it is in says how that comes about. It is marked safe because its
/// memory is its own from `init` to `deinit` and no pointer leaves it. Nothing here traps: sums stay at their largest
/// value, and all subscripts are within bounds by construction (see each).
@usableFromInline
@safe struct Slot: ~Copyable {
    /// How many events were counted beside one for each interval; negative, in wrapping arithmetic, where ticks stood for
    /// none.
    var apart: UInt64 = 0
    var discontinuities: UInt64 = 0
    /// How many ticks had an instant before the one of the tick before.
    var backwards: UInt64 = 0

    private var count: UInt64 = 0
    private var min: UInt64 = .max
    private var max: UInt64 = 0
    private var sum: UInt128 = 0
    private var squares: UInt128 = 0
    private let buckets = Buckets()
    private let recent: UnsafeMutablePointer<UInt64>
    private let capacity: Int
    private var next = 0

    init(maxIntervals: Int) {
        capacity = Swift.max(0, maxIntervals)
        unsafe recent = .allocate(capacity: Swift.max(1, capacity))
        unsafe recent.initialize(repeating: 0, count: Swift.max(1, capacity))
    }

    deinit {
        unsafe recent.deallocate()
    }

    /// Records intervals in nanoseconds, ``SlotPair/waitingLimit`` of them at most.
    mutating func record(_ intervals: UnsafePointer<UInt32>, count added: Int) {
        var (least, most, together, squared) = (UInt64.max, UInt64(0), UInt64(0), UInt128(0))
        var index = 0
        while index < added {
            let interval = unsafe UInt64(intervals[index])
            least = Swift.min(least, interval)
            most = Swift.max(most, interval)
            together &+= interval
            squared &+= UInt128(interval &* interval)
            buckets.count(interval)
            index &+= 1
        }
        count &+= UInt64(truncatingIfNeeded: added)
        min = Swift.min(min, least)
        max = Swift.max(max, most)
        sum.addSaturating(UInt128(together))
        squares.addSaturating(squared)
        // No more than the ring holds.
        index = Swift.max(0, added &- capacity)
        while index < added {
            keep(unsafe UInt64(intervals[index]))
            index &+= 1
        }
    }

    /// Records one interval of any length in nanoseconds.
    mutating func record(_ interval: UInt64) {
        count &+= 1
        min = Swift.min(min, interval)
        max = Swift.max(max, interval)
        sum.addSaturating(UInt128(interval))
        squares.addSaturating(UInt128(interval) &* UInt128(interval))
        buckets.count(interval)
        if capacity > 0 { keep(interval) }
    }

    /// Puts an interval into the ring of recent ones, in place of the oldest.
    @inline(__always)
    private mutating func keep(_ interval: UInt64) {
        // The room is at least one, and `next` stays below the capacity.
        unsafe recent[next] = interval
        let following = next &+ 1
        next = following >= capacity ? 0 : following
    }

    /// Moves the figures out, with the bytes that were counted beside them, and leaves the slot as new.
    mutating func drain(bytes: UInt64, into window: inout OpenWindow) {
        window.tally.add(
            Tally(events: apart &+ count, bytes: bytes, discontinuities: discontinuities, backwards: backwards))
        (apart, discontinuities, backwards) = (0, 0, 0)
        guard count > 0 else { return }
        // All other counts are zero.
        let used = HistogramScale.bucket(of: min)...HistogramScale.bucket(of: max)
        window.statistics.merge(
            Statistics(
                count: count, min: min, max: max, sum: sum, squares: squares, histogram: buckets.drain(used)))
        let held = Int(Swift.min(count, UInt64(capacity)))
        let oldest = held < capacity ? 0 : next
        for offset in 0..<held {
            window.recent.append(unsafe recent[(oldest + offset) % capacity])
        }
        window.recent.removeFirst(Swift.max(0, window.recent.count - capacity))
        (count, min, max, sum, squares, next) = (0, .max, 0, 0, 0, 0)
    }
}
