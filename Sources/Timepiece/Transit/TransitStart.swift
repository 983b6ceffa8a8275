import Synchronization

/// A point where transit times start: it numbers what passes and remembers when the last 1,024 passed and, as long as a
/// stop needs them for recognition, their media times.
///
/// - Writer: one thread at a time: ``stamp(at:times:)``. Never waits or allocates.
/// - Readers: any: ``find(_:by:after:above:)`` and ``instant(of:)`` read while the writer writes, and never use a
///   partly written entry.
@safe package final class TransitStart: Sendable {
    /// How many of the last are remembered, and the largest delay of a buffer that is recognized by its time.
    package static let memory = 1024
    /// Of older ones one in 64 is remembered, up to this number.
    private static let landmarks = 128

    /// Unique in the process, from 1.
    package let identifier: UInt64
    /// The name of the laps from here if there are several starts.
    package let name: String

    /// Set in the identifier of a start that is not in the group of a stop, such as that of another process.
    static let elsewhere: UInt64 = 1 << 63

    private static let made = Atomic<UInt64>(0)
    private let issuedStore = Atomic<UInt64>(0)
    /// How many stops may search here because they have not received a stamp from here.
    private let listeners = Atomic<Int>(0)
    private let closedStore = Atomic<Bool>(false)
    // Only the writer touches it.
    private nonisolated(unsafe) let last: UnsafeMutablePointer<MediaTimes>
    // The cells are atomics; the memory exists from init to deinit.
    private nonisolated(unsafe) let cells: Cells

    /// The rows of remembered values, of ``memory`` atomics each: 28 KB in pages that the kernel maps when they are first
    /// touched, of which the first two suffice until a stop searches here; and the row of landmarks. Zero means that
    /// nothing is remembered.
    @unsafe private struct Cells {
        let instants: UnsafeMutablePointer<Atomic<UInt64>>
        let presentations: UnsafeMutablePointer<Atomic<UInt64>>
        let runnings: UnsafeMutablePointer<Atomic<UInt64>>
        let landmarks: UnsafeMutablePointer<Atomic<UInt64>>
        /// The lowest 32 bits of the sequence number, 0 while the rest is being written.
        let sequences: UnsafeMutablePointer<Atomic<UInt32>>
        private let pages = ZeroedPages(size: size)

        private static var size: Int { memory * (3 * 8 + 4) }

        init() {
            let begin = unsafe pages.start
            let row = memory * 8
            unsafe instants = begin.assumingMemoryBound(to: Atomic<UInt64>.self)
            unsafe presentations = (begin + row).assumingMemoryBound(to: Atomic<UInt64>.self)
            unsafe runnings = (begin + 2 * row).assumingMemoryBound(to: Atomic<UInt64>.self)
            unsafe sequences = (begin + 3 * row).assumingMemoryBound(to: Atomic<UInt32>.self)
            unsafe landmarks = .allocate(capacity: TransitStart.landmarks)
            for index in 0..<TransitStart.landmarks { unsafe (landmarks + index).initialize(to: Atomic(0)) }
        }

        func free() {
            unsafe landmarks.deallocate()
            unsafe pages.free()
        }

        func row(_ key: MediaTimes.Key) -> UnsafeMutablePointer<Atomic<UInt64>> {
            switch key {
            case .presentation: unsafe presentations
            case .running: unsafe runnings
            }
        }
    }

    package convenience init(name: String) {
        self.init(name: name, identifier: Self.made.add(1, ordering: .relaxed).newValue)
    }

    /// Makes a stop's record of a start elsewhere, which it follows by ``observe(_:at:)``.
    init(name: String, identifier: UInt64) {
        self.name = name
        self.identifier = identifier
        unsafe last = .allocate(capacity: 1)
        unsafe last.initialize(to: MediaTimes(presentation: MediaTimes.none, running: MediaTimes.none))
        unsafe cells = unsafe Cells()
    }

    deinit {
        unsafe cells.free()
        unsafe last.deallocate()
    }

    /// The last sequence number that was issued, 0 before the first.
    package var issued: UInt64 { issuedStore.load(ordering: .acquiring) }

    /// When the last one passed, 0 before the first.
    package var lastInstant: UInt64 { instant(of: issued) ?? 0 }

    /// Whether no buffer will start here any more.
    package var isClosed: Bool { closedStore.load(ordering: .relaxed) }

    package func close() {
        closedStore.store(true, ordering: .relaxed)
    }

    /// Notes that a buffer passes, and returns its sequence number, from 1.
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

    /// Notes that a start elsewhere has issued this number, and those before it, at this instant or before; for the
    /// thread of the stop, which is the only writer then.
    func observe(_ sequence: UInt64, at instant: UInt64) {
        let issued = issuedStore.load(ordering: .relaxed)
        guard sequence > issued else { return }
        for missed in max(issued, sequence &- min(sequence, UInt64(Self.memory)))..<sequence {
            unsafe (cells.instants + Self.index(missed &+ 1)).pointee.store(instant, ordering: .relaxed)
            if missed & 63 == 0 { unsafe landmark(missed &+ 1).pointee.store(instant, ordering: .relaxed) }
        }
        issuedStore.store(sequence, ordering: .releasing)
    }

    @inline(never)
    private func remember(_ sequence: UInt64, at instant: UInt64, times: MediaTimes) {
        let index = Self.index(sequence)
        // A time that equals the previous one is not distinct.
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

    /// Adds to the number of stops for which times are remembered, or subtracts from it.
    func ask(_ change: Int) {
        listeners.add(change, ordering: .relaxed)
    }

    /// When a sequence number was issued, nil for none: exactly for the last 1,023, for the 8,000 before them when one
    /// of the 63 before it was, and for older ones not earlier than it was.
    func instant(of sequence: UInt64) -> UInt64? {
        // The writer may be about to write the next one.
        let latest = issued &+ 1
        guard sequence > 0, sequence < latest else { return nil }
        if latest &- sequence < UInt64(Self.memory) {
            let instant = unsafe (cells.instants + Self.index(sequence)).pointee.load(ordering: .relaxed)
            atomicMemoryFence(ordering: .acquiring)
            if issued &+ 1 &- sequence < UInt64(Self.memory) { return instant }
        }
        // Two landmarks fewer than exist, in case the writer continues.
        let oldest = latest >> 6 > UInt64(Self.landmarks - 2) ? latest &- UInt64(Self.landmarks - 2) << 6 : 1
        return unsafe landmark(max(sequence, oldest)).pointee.load(ordering: .relaxed)
    }

    /// Finds the entry with a time above a sequence number, beginning after another one.
    ///
    /// Muxers round times to the ticks of their clocks, of which FLV's is the slowest, 1 ms. So a time that differs by
    /// less than that is the same, if the ones before and after are at least two ticks away.
    ///
    /// The cost is some nanoseconds if they arrive in order, and about two microseconds if there is no match.
    func find(
        _ time: UInt64, by key: MediaTimes.Key, after last: UInt64, above floor: UInt64
    ) -> (sequence: UInt64, instant: UInt64, time: UInt64)? {
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
            // The next one may already be remembered, but not issued.
            let next = issuedStore.load(ordering: .relaxed) &+ 1
            let sequence = next &- UInt64(UInt32(truncatingIfNeeded: next) &- low)
            if sequence > floor { return (sequence, instant, stored) }
        }
        return nil
    }

    /// Finds the entry whose running time, until that of the next one, contains a time, among those above a sequence
    /// number and not before another one, which contained an earlier time.
    ///
    /// The last one lasts as long as the one before it. The cost is some nanoseconds for each that is skipped.
    func holder(of time: UInt64, from last: UInt64, above floor: UInt64) -> (sequence: UInt64, instant: UInt64)? {
        guard time != MediaTimes.none else { return nil }
        let latest = issued
        let forgotten = latest >= UInt64(Self.memory) ? latest &- UInt64(Self.memory - 1) : 0
        var sequence = max(last, max(floor, forgotten) &+ 1)
        var found: (sequence: UInt64, instant: UInt64, time: UInt64)?
        var before = sequence > floor &+ 1 ? remembered(sequence &- 1)?.running : nil
        while sequence <= latest, let next = remembered(sequence) {
            // An entry without a time belongs to the one before.
            if next.running != MediaTimes.none {
                if next.running > time.addingSaturating(Self.rounding) {
                    return found.map { ($0.sequence, $0.instant) }
                }
                before = found?.time ?? before
                found = (sequence, next.instant, next.running)
            }
            sequence &+= 1
        }
        guard let found else { return nil }
        let length = before.map { found.time > $0 && $0 != MediaTimes.none ? found.time &- $0 : Self.longestStep }
        let end = found.time.addingSaturating(length ?? Self.longestStep)
        return time < end ? (found.sequence, found.instant) : nil
    }

    /// Finds the one of the nearest running time, of some before and after the last one and above another sequence number,
    /// if it is unambiguous: the next nearest is at least three times as far, or it is the one after the last.
    func nearest(
        to time: UInt64, after last: UInt64, above floor: UInt64
    ) -> (sequence: UInt64, instant: UInt64, time: UInt64)? {
        guard time != MediaTimes.none else { return nil }
        var found: (sequence: UInt64, instant: UInt64, time: UInt64)?
        var (least, second) = (Self.longestStep, UInt64.max)
        var sequence = max(floor, last > 16 ? last &- 16 : 0) &+ 1
        let end = min(issued, last.addingSaturating(64))
        while sequence <= end {
            if let one = remembered(sequence), one.running != MediaTimes.none {
                let distance = one.running > time ? one.running &- time : time &- one.running
                if distance < least {
                    (least, second) = (distance, found == nil ? .max : least)
                    found = (sequence, one.instant, one.running)
                } else {
                    second = min(second, distance)
                }
            }
            sequence &+= 1
        }
        let isNext = found?.sequence == last &+ 1
        return isNext && least < second || least.multipliedSaturating(by: 3) <= second ? found : nil
    }

    /// The running time of the first above a sequence number that has one, nil if it is not remembered.
    func firstRunning(above floor: UInt64) -> UInt64? {
        var sequence = floor &+ 1
        // Headers may come first.
        while sequence <= issued, sequence < floor &+ 16, let first = remembered(sequence) {
            if first.running != MediaTimes.none { return first.running }
            sequence &+= 1
        }
        return nil
    }

    /// The remembered entry of a sequence number, nil if it is no longer or not yet remembered.
    private func remembered(_ sequence: UInt64) -> (running: UInt64, instant: UInt64)? {
        let index = Self.index(sequence)
        let low = UInt32(truncatingIfNeeded: sequence)
        guard unsafe (cells.sequences + index).pointee.load(ordering: .acquiring) == low else { return nil }
        let running = unsafe (cells.runnings + index).pointee.load(ordering: .relaxed)
        let instant = unsafe (cells.instants + index).pointee.load(ordering: .relaxed)
        atomicMemoryFence(ordering: .acquiring)
        guard unsafe (cells.sequences + index).pointee.load(ordering: .relaxed) == low else { return nil }
        return (running, instant)
    }

    /// The difference of times of one rate that are computed in two ways, in nanoseconds.
    private static let rounding: UInt64 = 1_000
    /// The length of an entry without a known step.
    private static let longestStep: UInt64 = 1_000_000_000

    /// The slowest clock of a muxer, in nanoseconds.
    private static let muxerTick: UInt64 = 1_000_000

    /// Whether two times can be the same one after rounding.
    @inline(__always)
    private static func isRounded(_ one: UInt64, _ other: UInt64) -> Bool {
        one != MediaTimes.none && one &- other &+ (muxerTick - 1) <= 2 * (muxerTick - 1)
    }

    /// Whether the neighbors of a place are too far from a time to match it.
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

/// The same as ``TransitStart/stamp(at:times:)``, with the start as an argument like the others, so that a caller can jump
/// here.
package func transitStamp(
    _ start: Unmanaged<TransitStart>, at instant: UInt64, presentation: UInt64, running: UInt64
) -> UInt64 {
    unsafe start._withUnsafeGuaranteedRef {
        $0.stamp(at: instant, times: MediaTimes(presentation: presentation, running: running))
    }
}
