import Glibc

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
    private var sum: UInt64 = 0
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
        let cells = unsafe HistogramScale.sharedCells
        var (least, most, together, squared) = (UInt64.max, UInt64(0), UInt64(0), UInt128(0))
        var index = 0
        while index < added {
            let interval = unsafe UInt64(intervals[index])
            least = Swift.min(least, interval)
            most = Swift.max(most, interval)
            together &+= interval
            squared &+= UInt128(interval &* interval)
            // The address first: with ThreadSanitizer the compiler takes no subscript here.
            let bucket = unsafe bucket(of: interval, cells)
            unsafe bucket.pointee &+= 1
            index &+= 1
        }
        count &+= UInt64(truncatingIfNeeded: added)
        min = Swift.min(min, least)
        max = Swift.max(max, most)
        sum.addSaturating(together)
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
        sum.addSaturating(interval)
        squares.addSaturating(UInt128(interval) &* UInt128(interval))
        unsafe bucket(of: interval, HistogramScale.sharedCells).pointee &+= 1
        if capacity > 0 { keep(interval) }
    }

    @inline(__always)
    private func bucket(of interval: UInt64, _ cells: UnsafePointer<UInt64>) -> UnsafeMutablePointer<UInt64> {
        // The scale answers with 0 ..< bucketCount for every value.
        unsafe buckets.counts + HistogramScale.bucket(of: interval) { unsafe cells[$0] }
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
            histogram.add(unsafe buckets.counts[bucket], toBucket: bucket)
            unsafe buckets.counts[bucket] = 0
        }
        return histogram
    }
}

/// The counts of a histogram of one scale, all of it, in memory laid out once.
///
/// The memory comes in pages from the kernel, which gives a page when it is first touched: of 24 KB a usual stream touches
/// a quarter.
@safe struct Buckets: ~Copyable {
    private static var size: Int { HistogramScale.bucketCount * MemoryLayout<UInt64>.stride }

    let counts: UnsafeMutablePointer<UInt64>
    private let isMapped: Bool

    init() {
        let pages = unsafe mmap(nil, Self.size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        isMapped = unsafe pages != MAP_FAILED
        if let pages = unsafe pages, isMapped {
            unsafe counts = pages.bindMemory(to: UInt64.self, capacity: HistogramScale.bucketCount)
        } else {
            unsafe counts = .allocate(capacity: HistogramScale.bucketCount)
            unsafe counts.initialize(repeating: 0, count: HistogramScale.bucketCount)
        }
    }

    deinit {
        if isMapped { unsafe munmap(counts, Self.size) } else { unsafe counts.deallocate() }
    }
}
