/// A histogram to record into at the highest rate, with one owner.
///
/// All buckets have their memory from the start, so recording is a look-up, one check of bounds and three additions: 3 ns,
/// no allocation, no reference count. ``Histogram`` takes memory only for what occurred, can be copied, merged and sent, and
/// takes twice as long. Record here, and hand out a ``Histogram`` when somebody wants to read.
///
/// ```swift
/// var recorder = HistogramRecorder()
/// for length in lengths { recorder.record(nanoseconds: length) }
/// print(recorder.histogram.percentile(99))
/// ```
///
/// - Cost: 74 KB of address space, of which a page takes memory when a value first falls into it.
/// - Threads: one at a time, which the compiler sees to.
public struct HistogramRecorder: ~Copyable, Sendable {
    private var buckets = Buckets()

    /// How many values were recorded.
    public private(set) var count: UInt64 = 0

    /// Makes an empty recorder.
    public init() {}

    /// Counts a value in nanoseconds.
    @inline(__always)
    public mutating func record(nanoseconds: UInt64) {
        buckets.count(nanoseconds)
        count &+= 1
        if count & (Buckets.limit &- 1) == 0 { buckets.widen() }
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

/// The counts and sums of a histogram of one scale, all of it, in memory laid out once.
///
/// The memory comes in pages from the kernel, which gives a page when it is first touched. A cell of 8 bytes has the count
/// of a bucket and what its values are together, so that a page has eight octaves; what does not fit goes on in a table
/// of wide cells, which a usual stretch never touches. One thread at a time uses it.
@safe struct Buckets: ~Copyable, @unchecked Sendable {
    // Sendable: the memory has no other owner, and what has one owner may move to another thread.

    /// After how many values ``widen()`` has to be called, so that a count fits into 32 bits.
    static var limit: UInt64 { 1 << 31 }
    private static var number: Int { HistogramScale.bucketCount }
    /// So that pages of 4 KB begin with 4 µs, 1 ms and 268 ms, and not amid what is usual.
    private static var cellsOffset: Int { 4 * HistogramScale.bucketsPerOctave * MemoryLayout<UInt64>.stride }
    private static var wideOffset: Int { cellsOffset + number * MemoryLayout<UInt64>.stride }

    /// The count in the lower half, the sum in the higher one.
    private let cells: UnsafeMutablePointer<UInt64>
    private let wide: UnsafeMutablePointer<Histogram.Cell>
    private let pages = ZeroedPages(size: wideOffset + number * MemoryLayout<Histogram.Cell>.stride)
    /// Whether there is anything in the wide cells.
    private var isWide = false

    init() {
        unsafe cells = (pages.start + Self.cellsOffset).bindMemory(to: UInt64.self, capacity: Self.number)
        unsafe wide = (pages.start + Self.wideOffset).bindMemory(to: Histogram.Cell.self, capacity: Self.number)
    }

    deinit {
        pages.free()
    }

    /// Counts a value in nanoseconds.
    @inline(__always)
    mutating func count(_ nanoseconds: UInt64) {
        guard nanoseconds &>> 32 == 0 else { return countLong(nanoseconds) }
        unsafe count(UInt32(truncatingIfNeeded: nanoseconds), in: cells)
    }

    /// Counts values, and returns what they are beside that.
    @inline(__always)
    mutating func count(_ values: UnsafePointer<UInt32>, number: Int) -> Gathered {
        var (least, most, together, squares) = (UInt32.max, UInt32(0), UInt64(0), UInt128(0))
        let cells = unsafe self.cells
        var index = 0
        while index < number {
            let value = unsafe values[index]
            least = min(least, value)
            most = max(most, value)
            together &+= UInt64(value)
            squares &+= UInt128(UInt64(value) &* UInt64(value))
            unsafe count(value, in: cells)
            index &+= 1
        }
        return Gathered(min: UInt64(least), max: UInt64(most), sum: UInt128(together), squares: squares)
    }

    @inline(__always)
    private mutating func count(_ value: UInt32, in cells: UnsafeMutablePointer<UInt64>) {
        let bucket = HistogramScale.bucket(of: UInt64(value))
        // The scale answers with 0 ..< bucketCount for every value. The address first: with ThreadSanitizer the compiler
        // takes no subscript here.
        let cell = unsafe cells + bucket
        let (packed, isTooMuch) = unsafe cell.pointee.addingReportingOverflow(UInt64(value) &<< 32 | 1)
        unsafe cell.pointee = packed
        if isTooMuch { carry(bucket) }
    }

    /// The sum of a bucket went over 32 bits.
    @inline(never)
    private mutating func carry(_ bucket: Int) {
        isWide = true
        // 584 years fit.
        unsafe wide[bucket].sum &+= 1 &<< 32
    }

    @inline(never)
    private mutating func countLong(_ nanoseconds: UInt64) {
        isWide = true
        unsafe wide[HistogramScale.bucket(of: nanoseconds)].add(1, nanoseconds)
    }

    /// Makes room for ``limit`` values more.
    @inline(never)
    mutating func widen() {
        isWide = true
        for bucket in 0..<Self.number where unsafe cells[bucket] != 0 {
            unsafe wide[bucket].add(cells[bucket] & 0xffff_ffff, cells[bucket] &>> 32)
            unsafe cells[bucket] = 0
        }
    }

    /// Copies the counts of a range within 0 ..< ``HistogramScale/bucketCount``.
    func histogram(of range: ClosedRange<Int>) -> Histogram {
        guard let first = range.first(where: { isUsed($0) }), let last = range.last(where: { isUsed($0) })
        else { return Histogram() }
        return Histogram(first: first, cells: (first...last).map { cell($0) })
    }

    /// Moves the counts of a range out, and leaves zeros.
    mutating func drain(_ range: ClosedRange<Int>) -> Histogram {
        let histogram = histogram(of: range)
        for bucket in range where isUsed(bucket) {
            unsafe cells[bucket] = 0
            if isWide { unsafe wide[bucket] = Histogram.Cell() }
        }
        isWide = false
        return histogram
    }

    private func cell(_ bucket: Int) -> Histogram.Cell {
        var cell = isWide ? unsafe wide[bucket] : Histogram.Cell()
        unsafe cell.add(cells[bucket] & 0xffff_ffff, cells[bucket] &>> 32)
        return cell
    }

    private func isUsed(_ bucket: Int) -> Bool {
        unsafe cells[bucket] != 0 || isWide && (wide[bucket].count | wide[bucket].sum) != 0
    }
}

/// What is known of durations beside how they are distributed.
struct Gathered: Sendable {
    var min = UInt64.max
    var max: UInt64 = 0
    var sum: UInt128 = 0
    var squares: UInt128 = 0

    /// Adds what is known of others.
    @inline(__always)
    mutating func merge(_ other: Gathered) {
        min = Swift.min(min, other.min)
        max = Swift.max(max, other.max)
        sum.addSaturating(other.sum)
        squares.addSaturating(other.squares)
    }

    /// Adds a duration in nanoseconds.
    mutating func add(_ value: UInt64) {
        let square = UInt128(value) &* UInt128(value)
        merge(Gathered(min: value, max: value, sum: UInt128(value), squares: square))
    }
}
