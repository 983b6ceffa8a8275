/// The figures of one stretch of ticks, in memory laid out once, so that recording allocates nothing.
///
/// A tick only notes its interval; 32 at a time are settled into the figures, by the one who ticks or by the one who
/// empties the slot. So most ticks touch one line of the cache where the figures have eight, and a processor settles a
/// row of intervals in half the time that it takes for them one by one.
///
/// A slot has one user at a time; ``Recorder`` sees to it. It is marked safe because its memory is its own from `init`
/// to `deinit` and no pointer leaves it. Nothing here traps: sums stay at their largest value, and
/// all subscripts are within bounds by construction (see each).
@usableFromInline
@safe struct Slot: ~Copyable {
    /// The size of a cache line: slots that begin with one share none with anything.
    static let alignment = 64

    /// How many intervals are noted before they are settled.
    @inlinable static var waitingLimit: Int { 32 }

    @usableFromInline var events: UInt64 = 0
    @usableFromInline var bytes: UInt64 = 0
    @usableFromInline let waiting: UnsafeMutablePointer<UInt64>
    @usableFromInline var waitingCount = 0
    @usableFromInline var discontinuities: UInt64 = 0
    @usableFromInline var backwards: UInt64 = 0

    private var count: UInt64 = 0
    private var min: UInt64 = .max
    private var max: UInt64 = 0
    private var sum: UInt64 = 0
    private var squares: UInt128 = 0
    private let buckets: UnsafeMutablePointer<UInt64>
    private let recent: UnsafeMutablePointer<UInt64>
    private let capacity: Int
    private var next = 0

    init(maxIntervals: Int) {
        capacity = Swift.max(0, maxIntervals)
        unsafe waiting = .allocate(capacity: Self.waitingLimit)
        unsafe waiting.initialize(repeating: 0, count: Self.waitingLimit)
        unsafe buckets = .allocate(capacity: HistogramScale.bucketCount)
        unsafe buckets.initialize(repeating: 0, count: HistogramScale.bucketCount)
        unsafe recent = .allocate(capacity: Swift.max(1, capacity))
        unsafe recent.initialize(repeating: 0, count: Swift.max(1, capacity))
    }

    deinit {
        unsafe waiting.deallocate()
        unsafe buckets.deallocate()
        unsafe recent.deallocate()
    }

    /// Counts one tick of so many events.
    @inlinable
    @inline(__always)
    mutating func count(_ events: UInt64, bytes: UInt64, discontinuity: Bool) {
        self.events &+= events
        self.bytes.addSaturating(bytes)
        if discontinuity { discontinuities &+= 1 }
    }

    /// Counts a tick whose instant lay before the one of the tick before.
    @inlinable
    @inline(__always)
    mutating func countBackwards() {
        backwards &+= 1
    }

    /// Notes an interval in nanoseconds. If it returns true there is no room left: ``settle(cells:)`` has to follow.
    @inlinable
    @inline(__always)
    mutating func note(_ interval: UInt64) -> Bool {
        // Below the limit, because at the limit all are settled before the next comes.
        unsafe waiting[waitingCount] = interval
        waitingCount &+= 1
        return waitingCount >= Self.waitingLimit
    }

    /// Records what was noted.
    @usableFromInline
    @inline(never)
    mutating func settle(cells: UnsafePointer<UInt64>) {
        var (least, most, together, squared) = (UInt64.max, UInt64(0), UInt64(0), UInt128(0))
        var index = 0
        while index < waitingCount {
            let interval = unsafe waiting[index]
            least = Swift.min(least, interval)
            most = Swift.max(most, interval)
            // No more than 32 of them, so only what no clock measures overflows: that is seen below.
            together &+= interval
            squared &+= UInt128(interval) &* UInt128(interval)
            // The scale answers with 0 ..< bucketCount for every value.
            // The address first: with ThreadSanitizer the compiler takes no subscript here.
            let bucket = unsafe buckets + HistogramScale.bucket(of: interval) { unsafe cells[$0] }
            unsafe bucket.pointee &+= 1
            index &+= 1
        }
        let overflows = most > UInt64.max / UInt64(Self.waitingLimit)
        count &+= UInt64(truncatingIfNeeded: waitingCount)
        min = Swift.min(min, least)
        max = Swift.max(max, most)
        sum.addSaturating(overflows ? .max : together)
        squares.addSaturating(overflows ? .max : squared)
        keepRecent()
        waitingCount = 0
    }

    /// Puts the last of what was noted into the ring of recent intervals.
    @inline(__always)
    private mutating func keepRecent() {
        var index = Swift.max(0, waitingCount &- capacity)
        while index < waitingCount {
            // The room is at least one, and `next` stays below the capacity.
            unsafe recent[next] = unsafe waiting[index]
            let following = next &+ 1
            next = following >= capacity ? 0 : following
            index &+= 1
        }
    }

    /// Moves the figures out and leaves the slot as new.
    mutating func drain(into window: inout OpenWindow) {
        unsafe settle(cells: Recorder.sharedCells)
        window.tally.add(
            Tally(events: events, bytes: bytes, discontinuities: discontinuities, backwards: backwards))
        (events, bytes, discontinuities, backwards) = (0, 0, 0, 0)
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
