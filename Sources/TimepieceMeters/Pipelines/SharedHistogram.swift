import Synchronization
import Timepiece

/// Counts durations in the buckets of ``Histogram`` from any thread, without a lock, until they are drained.
///
/// Its owner, one thread, counts by plain additions, which are never reset: the draining thread remembers the last
/// values. Other threads use locked instructions. The memory, 36 KB of address space, is allocated once, and a typical
/// element touches a third of it: recording allocates nothing and never traps.
@safe struct SharedHistogram: ~Copyable, @unchecked Sendable {
    // Sendable: all memory that the pointers refer to is atomic, except for the last values, which one thread at a time
    // drains.
    private let pages = ZeroedPages(size: 3 * HistogramScale.bucketCount * MemoryLayout<UInt32>.stride)
    private let own: UnsafeMutablePointer<Atomic<UInt32>>
    private let others: UnsafeMutablePointer<Atomic<UInt32>>
    private let drained: UnsafeMutablePointer<UInt32>
    private let least = Atomic<UInt64>(.max)
    private let most = Atomic<UInt64>(0)

    init() {
        let count = HistogramScale.bucketCount
        let size = count * MemoryLayout<UInt32>.stride
        unsafe own = pages.start.bindMemory(to: Atomic<UInt32>.self, capacity: count)
        unsafe others = (pages.start + size).bindMemory(to: Atomic<UInt32>.self, capacity: count)
        unsafe drained = (pages.start + 2 * size).bindMemory(to: UInt32.self, capacity: count)
    }

    deinit {
        pages.free()
    }

    /// - Parameter byOwner: whether the thread is the owner, the only one that ever passes true.
    @inline(__always)
    func record(_ nanoseconds: UInt64, count: UInt64 = 1, byOwner: Bool = false) {
        // The scale returns an index in 0 ..< bucketCount for every value.
        let bucket = HistogramScale.bucket(of: nanoseconds)
        if byOwner {
            let cell = unsafe own + bucket
            unsafe cell.pointee.store(
                cell.pointee.load(ordering: .relaxed) &+ UInt32(truncatingIfNeeded: count), ordering: .relaxed)
        } else {
            unsafe others[bucket].wrappingAdd(UInt32(truncatingIfNeeded: count), ordering: .relaxed)
        }
        most.raise(to: nanoseconds)
        least.lower(to: nanoseconds)
    }

    /// Returns the counts since the last call. Five microseconds; one thread at a time.
    func drain() -> Distribution {
        let most = most.exchange(0, ordering: .relaxed)
        let least = least.exchange(.max, ordering: .relaxed)
        guard most > 0 || least != .max else { return Distribution() }
        var histogram = Histogram()
        for bucket in 0..<HistogramScale.bucketCount {
            let now = unsafe own[bucket].load(ordering: .relaxed)
            var count = UInt64(OwnedSum.increase(of: now, over: unsafe drained[bucket]))
            if unsafe now != drained[bucket] { unsafe drained[bucket] = now }
            if unsafe others[bucket].load(ordering: .relaxed) != 0 {
                count &+= UInt64(unsafe others[bucket].exchange(0, ordering: .relaxed))
            }
            if count > 0 { histogram.add(count, toBucket: bucket) }
        }
        return Distribution(histogram: histogram, min: least, max: most)
    }

    /// The counted durations, as percentiles.
    struct Distribution: Equatable, Sendable {
        private(set) var histogram = Histogram()
        private(set) var min = UInt64.max
        private(set) var max: UInt64 = 0

        mutating func merge(_ other: Distribution) {
            histogram.merge(other.histogram)
            min = Swift.min(min, other.min)
            max = Swift.max(max, other.max)
        }

        /// At most 0.55 % off and within the smallest and the largest; 0 when nothing was counted.
        func percentile(_ percentile: Double) -> UInt64 {
            let value = UInt64(clamping: histogram.percentile(percentile).nanoseconds)
            return Swift.min(Swift.max(value, Swift.min(min, max)), max)
        }
    }
}

// The operations of the standard library for this compare as signed numbers on x86-64 (Swift 6.3).
extension Atomic where Value == UInt64 {
    func raise(to value: UInt64) {
        var current = load(ordering: .relaxed)
        while current < value {
            let (exchanged, original) = weakCompareExchange(
                expected: current, desired: value, successOrdering: .relaxed, failureOrdering: .relaxed)
            if exchanged { return }
            current = original
        }
    }

    func lower(to value: UInt64) {
        var current = load(ordering: .relaxed)
        while current > value {
            let (exchanged, original) = weakCompareExchange(
                expected: current, desired: value, successOrdering: .relaxed, failureOrdering: .relaxed)
            if exchanged { return }
            current = original
        }
    }
}
