import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Android)
    import Android
#endif

/// A point where transit times start: it numbers what passes and remembers when the last 1,024 passed and, as long as a
/// stop has nothing else to recognize it by, their media times.
///
/// - Writer: one thread at a time: ``stamp(at:times:)``. Never waits or allocates.
/// - Readers: any: ``find(_:by:after:above:)`` and ``instant(of:)`` read while the writer writes, and take nothing that is
///   half written.
@safe package final class TransitStart: Sendable {
    /// How many of the last are remembered; a buffer that is recognized by its time alone cannot be behind by more.
    package static let memory = 1024
    /// Of older ones, one in 64 is, so many in all.
    private static let landmarks = 128

    /// Unique in the process, from 1.
    package let identifier: UInt64
    /// What the laps from here are called where there are several starts.
    package let name: String

    private static let made = Atomic<UInt64>(0)
    private let issuedStore = Atomic<UInt64>(0)
    /// How many stops may look here because they have not seen a stamp from here.
    private let listeners = Atomic<Int>(0)
    private let closedStore = Atomic<Bool>(false)
    // Only the writer touches it.
    private nonisolated(unsafe) let last: UnsafeMutablePointer<MediaTimes>
    // The cells are atomics; the memory is there from init to deinit.
    private nonisolated(unsafe) let cells: Cells

    /// The rows of what is remembered, of ``memory`` atomics each, and the row of landmarks: 29 KB in pages that the
    /// kernel gives when they are first touched. Zero is nothing remembered.
    @unsafe private struct Cells {
        let instants: UnsafeMutablePointer<Atomic<UInt64>>
        let presentations: UnsafeMutablePointer<Atomic<UInt64>>
        let runnings: UnsafeMutablePointer<Atomic<UInt64>>
        let landmarks: UnsafeMutablePointer<Atomic<UInt64>>
        /// The lowest 32 bits of the sequence number, 0 while the rest is being written.
        let sequences: UnsafeMutablePointer<Atomic<UInt32>>
        private let isMapped: Bool

        private static var size: Int { memory * (3 * 8 + 4) + TransitStart.landmarks * 8 }

        init() {
            let pages = unsafe mmap(nil, Self.size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
            let begin: UnsafeMutableRawPointer
            if let pages = unsafe pages, unsafe pages != MAP_FAILED {
                unsafe (begin, isMapped) = unsafe (pages, true)
            } else {
                unsafe begin = .allocate(byteCount: Self.size, alignment: 8)
                unsafe begin.initializeMemory(as: UInt8.self, repeating: 0, count: Self.size)
                unsafe isMapped = false
            }
            let row = memory * 8
            unsafe instants = begin.assumingMemoryBound(to: Atomic<UInt64>.self)
            unsafe presentations = (begin + row).assumingMemoryBound(to: Atomic<UInt64>.self)
            unsafe runnings = (begin + 2 * row).assumingMemoryBound(to: Atomic<UInt64>.self)
            unsafe landmarks = (begin + 3 * row).assumingMemoryBound(to: Atomic<UInt64>.self)
            unsafe sequences = (begin + 3 * row + TransitStart.landmarks * 8)
                .assumingMemoryBound(to: Atomic<UInt32>.self)
        }

        func free() {
            if unsafe isMapped {
                unsafe munmap(UnsafeMutableRawPointer(instants), Self.size)
            } else {
                unsafe UnsafeMutableRawPointer(instants).deallocate()
            }
        }

        func row(_ key: MediaTimes.Key) -> UnsafeMutablePointer<Atomic<UInt64>> {
            switch key {
            case .presentation: unsafe presentations
            case .running: unsafe runnings
            }
        }
    }

    package init(name: String) {
        self.name = name
        identifier = Self.made.add(1, ordering: .relaxed).newValue
        unsafe last = .allocate(capacity: 1)
        unsafe last.initialize(to: MediaTimes(presentation: MediaTimes.none, running: MediaTimes.none))
        unsafe cells = unsafe Cells()
    }

    deinit {
        unsafe cells.free()
        unsafe last.deallocate()
    }

    /// The last sequence number that was given out, 0 before the first.
    package var issued: UInt64 { issuedStore.load(ordering: .acquiring) }

    /// When the last one passed, 0 before the first.
    package var lastInstant: UInt64 { instant(of: issued) ?? 0 }

    /// Whether nothing will start here any more.
    package var isClosed: Bool { closedStore.load(ordering: .relaxed) }

    package func close() {
        closedStore.store(true, ordering: .relaxed)
    }

    /// Notes that something passes, and returns its sequence number, from 1.
    @inline(__always)
    package func stamp(at instant: UInt64, times: MediaTimes) -> UInt64 {
        let sequence = issuedStore.load(ordering: .relaxed) &+ 1
        if listeners.load(ordering: .relaxed) > 0 {
            remember(sequence, at: instant, times: times)
        } else {
            unsafe (cells.instants + Self.index(sequence)).pointee.store(instant, ordering: .relaxed)
        }
        if sequence & 63 == 1 { unsafe landmark(sequence).pointee.store(instant, ordering: .relaxed) }
        issuedStore.store(sequence, ordering: .releasing)
        return sequence
    }

    @inline(never)
    private func remember(_ sequence: UInt64, at instant: UInt64, times: MediaTimes) {
        let index = Self.index(sequence)
        // A time that the one before had as well tells nothing apart.
        let before = unsafe last.pointee
        unsafe last.pointee = times
        let presentation = times.presentation == before.presentation ? MediaTimes.none : times.presentation
        let running = times.running == before.running ? MediaTimes.none : times.running
        unsafe (cells.sequences + index).pointee.store(0, ordering: .relaxed)
        atomicMemoryFence(ordering: .releasing)
        unsafe (cells.instants + index).pointee.store(instant, ordering: .relaxed)
        unsafe (cells.presentations + index).pointee.store(presentation, ordering: .relaxed)
        unsafe (cells.runnings + index).pointee.store(running, ordering: .relaxed)
        unsafe (cells.sequences + index).pointee.store(UInt32(truncatingIfNeeded: sequence), ordering: .releasing)
    }

    /// Remembers from now on for so many stops more, or less.
    func ask(_ change: Int) {
        listeners.add(change, ordering: .relaxed)
    }

    /// When a sequence number was given out, nil for none: exactly for the last 1,023, for the 8,000 before them when one
    /// of the 63 before it was, and for older ones not earlier than it was.
    func instant(of sequence: UInt64) -> UInt64? {
        // The writer may be on the way to the next one.
        let latest = issued &+ 1
        guard sequence > 0, sequence < latest else { return nil }
        if latest &- sequence < UInt64(Self.memory) {
            let instant = unsafe (cells.instants + Self.index(sequence)).pointee.load(ordering: .relaxed)
            atomicMemoryFence(ordering: .acquiring)
            if issued &+ 1 &- sequence < UInt64(Self.memory) { return instant }
        }
        // Two landmarks less than there are, in case the writer goes on.
        let oldest = latest >> 6 > UInt64(Self.landmarks - 2) ? latest &- UInt64(Self.landmarks - 2) << 6 : 1
        return unsafe landmark(max(sequence, oldest)).pointee.load(ordering: .relaxed)
    }

    /// Finds the one of this time above a sequence number, beginning with the one after another.
    ///
    /// Muxers round times to the ticks of their clocks, of which FLV's is the slowest, 1 ms. So a time that is less than
    /// that off is the same, where the ones before and after are two ticks away at least.
    ///
    /// Costs some nanoseconds if they come in order, and about two microseconds if there is none.
    func find(
        _ time: UInt64, by key: MediaTimes.Key, after last: UInt64, above floor: UInt64
    ) -> (sequence: UInt64, instant: UInt64)? {
        guard time != MediaTimes.none else { return nil }
        let times = unsafe cells.row(key)
        for step in 1...UInt64(Self.memory) {
            let index = Self.index(last &+ step)
            let stored = unsafe (times + index).pointee.load(ordering: .relaxed)
            guard unsafe stored == time || Self.isRounded(stored, time) && isAlone(index, time, times)
            else { continue }
            let low = unsafe (cells.sequences + index).pointee.load(ordering: .acquiring)
            let instant = unsafe (cells.instants + index).pointee.load(ordering: .relaxed)
            let again = unsafe (times + index).pointee.load(ordering: .relaxed)
            atomicMemoryFence(ordering: .acquiring)
            guard again == stored, low != 0, unsafe (cells.sequences + index).pointee.load(ordering: .relaxed) == low
            else { continue }
            // The next one may have been remembered already, but not been given out.
            let next = issuedStore.load(ordering: .relaxed) &+ 1
            let sequence = next &- UInt64(UInt32(truncatingIfNeeded: next) &- low)
            if sequence > floor { return (sequence, instant) }
        }
        return nil
    }

    /// The slowest clock of a muxer, in nanoseconds.
    private static let muxerTick: UInt64 = 1_000_000

    /// Whether two times can be one that was rounded.
    @inline(__always)
    private static func isRounded(_ one: UInt64, _ other: UInt64) -> Bool {
        one != MediaTimes.none && one &- other &+ (muxerTick - 1) <= 2 * (muxerTick - 1)
    }

    /// Whether the neighbors of a place are so far from a time that they cannot be meant.
    private func isAlone(_ index: Int, _ time: UInt64, _ times: UnsafeMutablePointer<Atomic<UInt64>>) -> Bool {
        for offset in [-1, 1] {
            let place = (index &+ offset) & (Self.memory - 1)
            guard unsafe (cells.sequences + place).pointee.load(ordering: .relaxed) != 0 else { continue }
            let stored = unsafe (times + place).pointee.load(ordering: .relaxed)
            if stored != MediaTimes.none, stored &- time &+ 2 * Self.muxerTick <= 4 * Self.muxerTick { return false }
        }
        return true
    }

    @inline(__always)
    private static func index(_ sequence: UInt64) -> Int {
        Int(truncatingIfNeeded: sequence & UInt64(memory - 1))
    }

    @inline(__always)
    private func landmark(_ sequence: UInt64) -> UnsafeMutablePointer<Atomic<UInt64>> {
        unsafe cells.landmarks + Int(truncatingIfNeeded: ((sequence &- 1) >> 6) & UInt64(Self.landmarks - 1))
    }
}
