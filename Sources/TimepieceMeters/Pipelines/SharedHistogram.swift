import Synchronization
import Timepiece

/// Counts durations in the buckets of ``Histogram`` from any thread, without a lock, until they are drained.
///
/// The memory, 12 KB, is laid out once: recording allocates nothing and never traps.
@safe struct SharedHistogram: ~Copyable, @unchecked Sendable {
    // Sendable: all that the pointer leads to is atomic.
    private let counts: UnsafeMutablePointer<Atomic<UInt32>>
    private let least = Atomic<UInt64>(.max)
    private let most = Atomic<UInt64>(0)

    init() {
        unsafe counts = .allocate(capacity: HistogramScale.bucketCount)
        for bucket in 0..<HistogramScale.bucketCount { unsafe (counts + bucket).initialize(to: Atomic(0)) }
    }

    deinit {
        unsafe counts.deinitialize(count: HistogramScale.bucketCount)
        unsafe counts.deallocate()
    }

    func record(_ nanoseconds: UInt64, count: UInt64 = 1) {
        // The scale answers with 0 ..< bucketCount for every value.
        let bucket = HistogramScale.bucket(of: nanoseconds)
        unsafe counts[bucket].wrappingAdd(UInt32(truncatingIfNeeded: count), ordering: .relaxed)
        most.raise(to: nanoseconds)
        least.lower(to: nanoseconds)
    }

    /// Takes out what was counted. About two microseconds.
    func drain() -> Distribution {
        let most = most.exchange(0, ordering: .relaxed)
        let least = least.exchange(.max, ordering: .relaxed)
        guard most > 0 || least != .max else { return Distribution() }
        var histogram = Histogram()
        for bucket in 0..<HistogramScale.bucketCount where unsafe counts[bucket].load(ordering: .relaxed) != 0 {
            histogram.add(UInt64(unsafe counts[bucket].exchange(0, ordering: .relaxed)), toBucket: bucket)
        }
        return Distribution(histogram: histogram, min: least, max: most)
    }

    /// Durations that were counted, as percentiles.
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
