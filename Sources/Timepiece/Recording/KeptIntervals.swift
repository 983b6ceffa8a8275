#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Android)
    import Android
#endif

/// The last intervals of a slot one by one, for exact percentiles and for freezes, in memory laid out once.
///
/// The memory comes in pages from the kernel, which gives a page when it is first touched: a stream of up to 512 intervals
/// a window touches one. One thread at a time uses it.
@safe struct KeptIntervals: ~Copyable, @unchecked Sendable {
    // Sendable: the memory has no other owner, and what has one owner may move to another thread.

    /// Up to how many intervals all of a stretch are kept.
    static var capacity: UInt64 { 1000 }
    /// How many there is room for, a power of two.
    static var room: UInt64 { 1024 }
    private static var size: Int { Int(room) * MemoryLayout<UInt64>.stride }

    private let values: UnsafeMutablePointer<UInt64>
    private let isMapped: Bool

    init() {
        let pages = unsafe mmap(nil, Self.size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        isMapped = unsafe pages != MAP_FAILED
        if let pages = unsafe pages, isMapped {
            unsafe values = pages.bindMemory(to: UInt64.self, capacity: Int(Self.room))
        } else {
            unsafe values = .allocate(capacity: Int(Self.room))
            unsafe values.initialize(repeating: 0, count: Int(Self.room))
        }
    }

    deinit {
        if isMapped { unsafe munmap(values, Self.size) } else { unsafe values.deallocate() }
    }

    /// Keeps an interval in place of the one ``room`` before it.
    @inline(__always)
    func set(_ interval: UInt64, at place: UInt64) {
        let cell = unsafe values + Int(truncatingIfNeeded: place & (Self.room &- 1))
        unsafe cell.pointee = interval
    }

    /// Keeps intervals one after the other, in a loop of its own, which the compiler makes one of vectors.
    @inline(__always)
    func set(_ intervals: UnsafePointer<UInt32>, count: Int, at place: UInt64) {
        let first = Int(truncatingIfNeeded: place & (Self.room &- 1))
        guard first &+ count <= Int(Self.room) else {
            var index = 0
            while index < count {
                set(unsafe UInt64(intervals[index]), at: place &+ UInt64(truncatingIfNeeded: index))
                index &+= 1
            }
            return
        }
        let cells = unsafe values + first
        var index = 0
        while index < count {
            unsafe cells[index] = UInt64(intervals[index])
            index &+= 1
        }
    }

    func interval(at place: UInt64) -> UInt64 {
        let cell = unsafe values + Int(truncatingIfNeeded: place & (Self.room &- 1))
        return unsafe cell.pointee
    }

    /// The last of so many that were kept, in order.
    func last(_ count: UInt64) -> [UInt64] {
        let held = min(count, Self.room)
        return (count &- held..<count).map { interval(at: $0) }
    }
}
