/// The statistics of one stretch of ticks, in memory laid out once, so that recording allocates nothing.
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
    /// The bytes of the ticks that made no interval.
    var apartBytes: UInt64 = 0
    var gaps: UInt64 = 0
    var headers: UInt64 = 0
    var jumps: UInt64 = 0

    private var count: UInt64 = 0
    private var min: UInt64 = .max
    private var max: UInt64 = 0
    private var sum: UInt128 = 0
    private var squares: UInt128 = 0
    private let buckets = Buckets()
    private let kept = KeptIntervals()
    /// What froze among the intervals that are not kept any more.
    private var frozen = Freezes()
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
        prepare(for: UInt64(truncatingIfNeeded: added))
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
        unsafe kept.set(intervals, count: added, at: count)
        min = Swift.min(min, least)
        max = Swift.max(max, most)
        advance(by: UInt64(truncatingIfNeeded: added), longest: most)
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
        prepare(for: 1)
        min = Swift.min(min, interval)
        max = Swift.max(max, interval)
        sum.addSaturating(UInt128(interval))
        squares.addSaturating(UInt128(interval) &* UInt128(interval))
        buckets.count(interval)
        kept.set(interval, at: count)
        advance(by: 1, longest: interval)
        if capacity > 0 { keep(interval) }
    }

    /// Looks for freezes among the intervals so far if not all will be kept any more.
    @inline(__always)
    private mutating func prepare(for added: UInt64) {
        guard count <= KeptIntervals.capacity, count &+ added > KeptIntervals.capacity else { return }
        if max >= FreezeDetector.shortest { findFreezes(from: 0) }
    }

    /// Counts intervals that have been kept, and looks for freezes among them if not all are kept.
    @inline(__always)
    private mutating func advance(by added: UInt64, longest: UInt64) {
        let before = count
        count &+= added
        if count > KeptIntervals.capacity, longest >= FreezeDetector.shortest { findFreezes(from: before) }
    }

    @inline(never)
    private mutating func findFreezes(from first: UInt64) {
        var place = first
        while place < count {
            let interval = kept.interval(at: place)
            if interval >= FreezeDetector.shortest {
                // As many before it as are known; with it 30.
                var known: UInt64 = 1
                var sum = FreezeDetector.limited(interval)
                while known < FreezeDetector.span, known <= place, known < KeptIntervals.room {
                    sum &+= FreezeDetector.limited(kept.interval(at: place &- known))
                    known &+= 1
                }
                if FreezeDetector.isFreeze(interval, amid: sum, of: known) { frozen.add(interval) }
            }
            place &+= 1
        }
    }

    /// Puts an interval into the ring of recent ones, in place of the oldest.
    @inline(__always)
    private mutating func keep(_ interval: UInt64) {
        // The room is at least one, and `next` stays below the capacity.
        unsafe recent[next] = interval
        let following = next &+ 1
        next = following >= capacity ? 0 : following
    }

    /// Moves the statistics out, with the bytes that were counted beside them, and resets the slot.
    mutating func drain(bytes: UInt64, into window: inout OpenWindow) {
        var tally = Tally(
            events: apart &+ count, bytes: bytes, discontinuities: discontinuities, backwards: backwards)
        (tally.apartBytes, tally.gaps, tally.headers, tally.jumps) = (apartBytes, gaps, headers, jumps)
        (tally.freezes, tally.freezeNanoseconds) = (frozen.count, frozen.nanoseconds)
        window.tally.add(tally)
        (apart, discontinuities, backwards) = (0, 0, 0)
        (apartBytes, gaps, headers, jumps, frozen) = (0, 0, 0, 0, Freezes())
        guard count > 0 else { return }
        window.fresh = kept.last(count)
        window.hasAllFresh = count <= KeptIntervals.capacity
        // All other counts are zero.
        let used = HistogramScale.bucket(of: min)...HistogramScale.bucket(of: max)
        window.statistics.merge(
            Statistics(
                count: count, min: min, max: max, sum: sum, squares: squares, histogram: buckets.drain(used),
                values: window.hasAllFresh ? window.fresh : []))
        let held = Int(Swift.min(count, UInt64(capacity)))
        let oldest = held < capacity ? 0 : next
        for offset in 0..<held {
            window.recent.append(unsafe recent[(oldest + offset) % capacity])
        }
        window.recent.removeFirst(Swift.max(0, window.recent.count - capacity))
        (count, min, max, sum, squares, next) = (0, .max, 0, 0, 0, 0)
    }
}
