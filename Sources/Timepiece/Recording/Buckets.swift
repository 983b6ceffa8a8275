import Glibc

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
