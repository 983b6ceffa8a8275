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

    /// How many intervals were recorded.
    private var count: UInt64 = 0
    /// All of them, or-ed: at least the longest, and less than the next power of two.
    private var bits: UInt64 = 0
    private var kept = KeptIntervals()
    /// Those that are not kept any more.
    private var earlier = EarlierIntervals()
    /// What froze among the intervals if not all are kept.
    private var frozen = Freezes()
    /// The last intervals, where more are asked for than are kept.
    private let recent: UnsafeMutablePointer<UInt64>?
    private let capacity: Int
    private var next = 0

    init(maxIntervals: Int) {
        capacity = Swift.max(0, maxIntervals)
        guard capacity > Int(KeptIntervals.room) else {
            unsafe recent = nil
            return
        }
        let cells = UnsafeMutablePointer<UInt64>.allocate(capacity: capacity)
        unsafe cells.initialize(repeating: 0, count: capacity)
        unsafe recent = cells
    }

    deinit {
        unsafe recent?.deallocate()
    }

    /// Records intervals in nanoseconds, ``SlotPair/waitingLimit`` of them at most.
    mutating func record(_ intervals: UnsafePointer<UInt32>, count added: Int) {
        let before = count
        let after = before &+ UInt64(truncatingIfNeeded: added)
        if after > KeptIntervals.capacity { makeRoom(upTo: after) }
        let found = unsafe kept.set(intervals, count: added, at: before)
        bits |= found
        count = after
        if after > KeptIntervals.capacity, found >= FreezeDetector.shortest { findFreezes(from: before) }
        if unsafe recent != nil {
            for index in 0..<Swift.max(0, added) { keep(unsafe UInt64(intervals[index])) }
        }
    }

    /// Records one interval of any length in nanoseconds.
    mutating func record(_ interval: UInt64) {
        let before = count
        let after = before &+ 1
        if after > KeptIntervals.capacity { makeRoom(upTo: after) }
        kept.set(interval, at: before)
        bits |= interval
        count = after
        if after > KeptIntervals.capacity, interval >= FreezeDetector.shortest { findFreezes(from: before) }
        if unsafe recent != nil { keep(interval) }
    }

    /// Looks for freezes among the intervals so far if from now on not all will be kept, and moves out those whose places
    /// are needed.
    @inline(__always)
    private mutating func makeRoom(upTo after: UInt64) {
        if count <= KeptIntervals.capacity, bits >= FreezeDetector.shortest { findFreezes(from: 0) }
        guard after > KeptIntervals.room else { return }
        let first = Swift.max(count, KeptIntervals.room) &- KeptIntervals.room
        kept.move(from: first, to: after &- KeptIntervals.room, into: &earlier)
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
    private mutating func keep(_ interval: UInt64) {
        guard let recent = unsafe recent else { return }
        // `next` stays below the capacity.
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
        let fresh = kept.last(count)
        window.fresh = fresh
        window.hasAllFresh = count <= KeptIntervals.capacity
        if count > KeptIntervals.room { window.statistics.merge(earlier.drain()) }
        window.statistics.merge(Statistics(of: fresh))
        window.recent.append(contentsOf: takeRecent(fresh))
        window.recent.removeFirst(Swift.max(0, window.recent.count - capacity))
        kept.restart()
        (count, bits) = (0, 0)
    }

    /// The last intervals, at most as many as are asked for, of which the last ones that are kept are given.
    private mutating func takeRecent(_ fresh: [UInt64]) -> [UInt64] {
        guard let recent = unsafe recent else { return Array(fresh.suffix(capacity)) }
        let held = Int(Swift.min(count, UInt64(capacity)))
        let oldest = held < capacity ? 0 : next
        next = 0
        return (0..<held).map { unsafe recent[(oldest + $0) % capacity] }
    }
}
