#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Android)
    import Android
#endif

/// A histogram to record into at the highest rate, with one owner.
///
/// All buckets have their memory from the start, so recording is a look-up, one check of bounds and two additions: 3 ns, no
/// allocation, no reference count. ``Histogram`` takes memory only for what occurred, can be copied, merged and sent, and
/// takes twice as long. Record here, and hand out a ``Histogram`` when somebody wants to read.
///
/// ```swift
/// var recorder = HistogramRecorder()
/// for length in lengths { recorder.record(nanoseconds: length) }
/// print(recorder.histogram.percentile(99))
/// ```
///
/// - Cost: 24 KB of address space, of which a page takes memory when a value first falls into it.
/// - Threads: one at a time, which the compiler sees to.
public struct HistogramRecorder: ~Copyable, Sendable {
    private let buckets = Buckets()

    /// How many values were recorded.
    public private(set) var count: UInt64 = 0

    /// Makes an empty recorder.
    public init() {}

    /// Counts a value in nanoseconds.
    @inline(__always)
    public mutating func record(nanoseconds: UInt64) {
        buckets.count(nanoseconds)
        count &+= 1
    }

    /// Counts a value; a negative one counts as zero.
    public mutating func record(_ value: Duration) {
        record(nanoseconds: value.clampedNanoseconds)
    }

    /// What was recorded so far.
    public var histogram: Histogram {
        buckets.histogram(of: 0...(HistogramScale.bucketCount - 1))
    }

    /// Hands out what was recorded and starts from zero.
    public mutating func takeHistogram() -> Histogram {
        defer { count = 0 }
        return buckets.drain(0...(HistogramScale.bucketCount - 1))
    }
}

/// The counts of a histogram of one scale, all of it, in memory laid out once.
///
/// The memory comes in pages from the kernel, which gives a page when it is first touched: of 24 KB a usual stream touches
/// a quarter. One thread at a time uses it.
@safe struct Buckets: ~Copyable, @unchecked Sendable {
    // Sendable: the memory has no other owner, and what has one owner may move to another thread.

    private static var size: Int { HistogramScale.bucketCount * MemoryLayout<UInt64>.stride }

    private let counts: UnsafeMutablePointer<UInt64>
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

    /// Counts a value in nanoseconds.
    @inline(__always)
    func count(_ nanoseconds: UInt64) {
        // The scale answers with 0 ..< bucketCount for every value. The address first: with ThreadSanitizer the compiler
        // takes no subscript here.
        let bucket = unsafe counts + HistogramScale.bucket(of: nanoseconds)
        unsafe bucket.pointee &+= 1
    }

    /// Copies the counts of a range within 0 ..< ``HistogramScale/bucketCount``.
    func histogram(of range: ClosedRange<Int>) -> Histogram {
        let counts = unsafe UnsafeBufferPointer(start: counts + range.lowerBound, count: range.count)
        return unsafe Histogram(first: range.lowerBound, counts: counts)
    }

    /// Moves the counts of a range out, and leaves zeros.
    func drain(_ range: ClosedRange<Int>) -> Histogram {
        let histogram = histogram(of: range)
        for bucket in range where unsafe counts[bucket] != 0 { unsafe counts[bucket] = 0 }
        return histogram
    }
}
