/// The intervals of a slot that are not kept one by one any more.
struct EarlierIntervals: ~Copyable, Sendable {
    private var count: UInt64 = 0
    private var gathered = Gathered()
    private var buckets = Buckets()

    /// Counts intervals in nanoseconds, 1,024 of them at most.
    mutating func count(_ intervals: UnsafePointer<UInt32>, number: Int) {
        note(UInt64(truncatingIfNeeded: number))
        gathered.merge(unsafe buckets.count(intervals, number: number))
    }

    /// Counts an interval of any length in nanoseconds.
    mutating func count(_ interval: UInt64) {
        note(1)
        gathered.add(interval)
        buckets.count(interval)
    }

    @inline(__always)
    private mutating func note(_ added: UInt64) {
        let before = count
        count &+= added
        if (before ^ count) & ~(Buckets.limit &- 1) != 0 { buckets.widen() }
    }

    /// Moves the statistics out.
    mutating func drain() -> Statistics {
        guard count > 0 else { return Statistics() }
        // All other counts are zero.
        let used = HistogramScale.bucket(of: gathered.min)...HistogramScale.bucket(of: gathered.max)
        defer { (count, gathered) = (0, Gathered()) }
        return Statistics(histogram: buckets.drain(used), gathered: gathered)
    }
}
