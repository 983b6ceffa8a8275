/// The figures of one stretch of ticks, in memory laid out once, so that recording allocates nothing.
///
/// A slot has one user at a time; ``Recorder`` sees to it. It is marked safe because its memory is its own from `init`
/// to `deinit` and no pointer leaves it. Nothing here traps: sums stay at their largest value, and
/// both array subscripts are within bounds by construction (see each).
@safe struct Slot: ~Copyable {
    private(set) var tally = Tally()
    private(set) var count: UInt64 = 0
    private(set) var min: UInt64 = .max
    private(set) var max: UInt64 = 0
    private(set) var sum: UInt64 = 0
    private var squares: UInt128 = 0
    private let buckets: UnsafeMutablePointer<UInt64>
    private let recent: UnsafeMutablePointer<UInt64>
    private let capacity: Int
    private var next = 0

    init(maxIntervals: Int) {
        capacity = Swift.max(0, maxIntervals)
        unsafe buckets = .allocate(capacity: HistogramScale.bucketCount)
        unsafe buckets.initialize(repeating: 0, count: HistogramScale.bucketCount)
        unsafe recent = .allocate(capacity: Swift.max(1, capacity))
        unsafe recent.initialize(repeating: 0, count: Swift.max(1, capacity))
    }

    deinit {
        unsafe buckets.deallocate()
        unsafe recent.deallocate()
    }

    /// Counts one tick of so many events.
    @inline(__always)
    mutating func count(_ events: UInt64, bytes: UInt64, discontinuity: Bool) {
        tally.events &+= events
        tally.bytes.addSaturating(bytes)
        tally.discontinuities &+= discontinuity ? 1 : 0
    }

    /// Counts a tick whose instant lay before the one of the tick before.
    @inline(__always)
    mutating func countBackwards() {
        tally.backwards &+= 1
    }

    /// Records an interval in nanoseconds.
    @inline(__always)
    mutating func record(_ interval: UInt64, cells: UnsafePointer<UInt64>) {
        count &+= 1
        if interval < min { min = interval }
        if interval > max { max = interval }
        sum.addSaturating(interval)
        squares.addSaturating(UInt128(interval) &* UInt128(interval))
        // The scale answers with 0 ..< bucketCount for every value.
        unsafe buckets[HistogramScale.bucket(of: interval) { unsafe cells[$0] }] &+= 1
        // The room is at least one, and `next` stays below the capacity.
        unsafe recent[next] = interval
        let following = next &+ 1
        next = following >= capacity ? 0 : following
    }

    /// Moves the figures out and leaves the slot as new.
    mutating func drain(into window: inout OpenWindow) {
        window.tally.add(tally)
        tally = Tally()
        guard count > 0 else { return }
        window.statistics.merge(
            Statistics(
                count: count, min: min, max: max, sum: sum, squares: squares, histogram: drainBuckets()))
        let held = Int(Swift.min(count, UInt64(capacity)))
        let oldest = held < capacity ? 0 : next
        for offset in 0..<held {
            window.recent.append(unsafe recent[(oldest + offset) % capacity])
        }
        window.recent.removeFirst(Swift.max(0, window.recent.count - capacity))
        (count, min, max, sum, squares, next) = (0, .max, 0, 0, 0, 0)
    }

    /// Moves the counts between the smallest and the largest interval out; the others are zero.
    private mutating func drainBuckets() -> Histogram {
        let used = HistogramScale.shared.bucket(of: min)...HistogramScale.shared.bucket(of: max)
        var histogram = Histogram()
        histogram.cover(used)
        for bucket in used {
            histogram.add(unsafe buckets[bucket], toBucket: bucket)
            unsafe buckets[bucket] = 0
        }
        return histogram
    }
}
