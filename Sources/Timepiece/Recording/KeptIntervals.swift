/// The last intervals of a slot one by one, for exact percentiles and for freezes, in memory laid out once.
///
/// The memory is two pages of the kernel, which gives each when it is first touched: one for the lower halves, the other
/// for the higher ones, which are all zero as long as no interval takes 4.3 s. One thread at a time uses it.
@safe struct KeptIntervals: ~Copyable, @unchecked Sendable {
    // Sendable: the memory has no other owner, and what has one owner may move to another thread.

    /// Up to how many intervals all of a stretch are taken one by one.
    static var capacity: UInt64 { 1000 }
    /// How many there is room for, a power of two.
    static var room: UInt64 { 1024 }
    private static var size: Int { 2 * Int(room) * MemoryLayout<UInt32>.stride }

    private let lows: UnsafeMutablePointer<UInt32>
    private let highs: UnsafeMutablePointer<UInt32>
    private let pages = ZeroedPages(size: size)
    /// Whether a higher half may be other than zero.
    private var holdsLong = false

    init() {
        unsafe lows = pages.start.bindMemory(to: UInt32.self, capacity: 2 * Int(Self.room))
        unsafe highs = unsafe lows + Int(Self.room)
    }

    deinit {
        pages.free()
    }

    /// Keeps an interval in place of the one ``room`` before it.
    mutating func set(_ interval: UInt64, at place: UInt64) {
        unsafe lows[Self.index(place)] = UInt32(truncatingIfNeeded: interval)
        let high = UInt32(truncatingIfNeeded: interval &>> 32)
        if high != 0 { holdsLong = true }
        if holdsLong { unsafe highs[Self.index(place)] = high }
    }

    /// Keeps intervals one after the other, in a loop of its own, which the compiler makes one of vectors, and returns
    /// them or-ed.
    @inline(__always)
    mutating func set(_ intervals: UnsafePointer<UInt32>, count: Int, at place: UInt64) -> UInt64 {
        let first = Self.index(place)
        guard !holdsLong, first &+ count <= Int(Self.room) else {
            return unsafe setOneByOne(intervals, count: count, at: place)
        }
        let cells = unsafe lows + first
        var bits: UInt32 = 0
        var index = 0
        while index < count {
            let interval = unsafe intervals[index]
            unsafe cells[index] = interval
            bits |= interval
            index &+= 1
        }
        return UInt64(bits)
    }

    @inline(never)
    private mutating func setOneByOne(_ intervals: UnsafePointer<UInt32>, count: Int, at place: UInt64) -> UInt64 {
        var bits: UInt64 = 0
        for index in 0..<max(0, count) {
            let interval = unsafe UInt64(intervals[index])
            set(interval, at: place &+ UInt64(truncatingIfNeeded: index))
            bits |= interval
        }
        return bits
    }

    func interval(at place: UInt64) -> UInt64 {
        let high = holdsLong ? unsafe UInt64(highs[Self.index(place)]) &<< 32 : 0
        return unsafe high | UInt64(lows[Self.index(place)])
    }

    /// Hands on the intervals of some places, the first of which is not further back than ``room``.
    @inline(never)
    func move(from first: UInt64, to end: UInt64, into earlier: inout EarlierIntervals) {
        var place = first
        while place < end {
            guard !holdsLong else {
                earlier.count(interval(at: place))
                place &+= 1
                continue
            }
            let index = Self.index(place)
            let count = min(Int(truncatingIfNeeded: end &- place), Int(Self.room) &- index)
            unsafe earlier.count(lows + index, number: count)
            place &+= UInt64(truncatingIfNeeded: count)
        }
    }

    /// The last of so many that were kept, in order.
    func last(_ count: UInt64) -> [UInt64] {
        let held = min(count, Self.room)
        return (count &- held..<count).map { interval(at: $0) }
    }

    /// Begins again with the first place.
    mutating func restart() {
        guard holdsLong else { return }
        unsafe highs.update(repeating: 0, count: Int(Self.room))
        holdsLong = false
    }

    @inline(__always)
    private static func index(_ place: UInt64) -> Int { Int(truncatingIfNeeded: place & (room &- 1)) }
}
