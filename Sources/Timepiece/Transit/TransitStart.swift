import Synchronization

/// A point where transit times start: it numbers what passes and, as long as a stop has nothing else to recognize it by,
/// remembers when the last 1,024 passed, with their media times.
///
/// - Writer: one thread at a time: ``stamp(at:times:)``. Never waits or allocates.
/// - Readers: any: ``find(_:by:after:)`` reads while the writer writes, and takes nothing that it wrote half.
@safe package final class TransitStart: Sendable {
    /// How many of the last are remembered; a buffer that is recognized by its time alone cannot be behind by more.
    package static let memory = 1024

    /// One of the last; `sequence` is 0 while the rest is being written.
    private struct Cell: ~Copyable {
        let sequence = Atomic<UInt64>(0)
        let instant = Atomic<UInt64>(0)
        let presentation = Atomic<UInt64>(.max)
        let running = Atomic<UInt64>(.max)
    }

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
    private nonisolated(unsafe) let cells: UnsafeMutablePointer<Cell>

    package init(name: String) {
        self.name = name
        identifier = Self.made.add(1, ordering: .relaxed).newValue
        unsafe last = .allocate(capacity: 1)
        unsafe last.initialize(to: MediaTimes(presentation: MediaTimes.none, running: MediaTimes.none))
        unsafe cells = .allocate(capacity: Self.memory)
        for index in 0..<Self.memory { unsafe (cells + index).initialize(to: Cell()) }
    }

    deinit {
        unsafe cells.deinitialize(count: Self.memory)
        unsafe cells.deallocate()
        unsafe last.deallocate()
    }

    /// The last sequence number that was given out, 0 before the first.
    package var issued: UInt64 { issuedStore.load(ordering: .acquiring) }

    /// Whether nothing will start here any more.
    package var isClosed: Bool { closedStore.load(ordering: .relaxed) }

    package func close() {
        closedStore.store(true, ordering: .relaxed)
    }

    /// Notes that something passes, and returns its sequence number, from 1.
    @inline(__always)
    package func stamp(at instant: UInt64, times: MediaTimes) -> UInt64 {
        let sequence = issuedStore.load(ordering: .relaxed) &+ 1
        if listeners.load(ordering: .relaxed) > 0 { remember(sequence, at: instant, times: times) }
        issuedStore.store(sequence, ordering: .releasing)
        return sequence
    }

    @inline(never)
    private func remember(_ sequence: UInt64, at instant: UInt64, times: MediaTimes) {
        let cell = unsafe cells + Self.index(sequence)
        // A time that the one before had as well tells nothing apart.
        let before = unsafe last.pointee
        unsafe last.pointee = times
        let presentation = times.presentation == before.presentation ? MediaTimes.none : times.presentation
        let running = times.running == before.running ? MediaTimes.none : times.running
        unsafe cell.pointee.sequence.store(0, ordering: .relaxed)
        atomicMemoryFence(ordering: .releasing)
        unsafe cell.pointee.instant.store(instant, ordering: .relaxed)
        unsafe cell.pointee.presentation.store(presentation, ordering: .relaxed)
        unsafe cell.pointee.running.store(running, ordering: .relaxed)
        unsafe cell.pointee.sequence.store(sequence, ordering: .releasing)
    }

    /// Remembers from now on for so many stops more, or less.
    func ask(_ change: Int) {
        listeners.add(change, ordering: .relaxed)
    }

    /// Finds the one of exactly this time, beginning with the one after a given sequence number.
    ///
    /// Costs some nanoseconds if they come in order, and about two microseconds if there is none.
    func find(_ time: UInt64, by key: MediaTimes.Key, after last: UInt64) -> (sequence: UInt64, instant: UInt64)? {
        guard time != MediaTimes.none else { return nil }
        for step in 1...UInt64(Self.memory) {
            let cell = unsafe cells + Self.index(last &+ step)
            let stored =
                switch key {
                case .presentation: unsafe cell.pointee.presentation.load(ordering: .relaxed)
                case .running: unsafe cell.pointee.running.load(ordering: .relaxed)
                }
            guard stored == time else { continue }
            let sequence = unsafe cell.pointee.sequence.load(ordering: .acquiring)
            let instant = unsafe cell.pointee.instant.load(ordering: .relaxed)
            let again =
                switch key {
                case .presentation: unsafe cell.pointee.presentation.load(ordering: .relaxed)
                case .running: unsafe cell.pointee.running.load(ordering: .relaxed)
                }
            atomicMemoryFence(ordering: .acquiring)
            if again == time, sequence != 0, unsafe cell.pointee.sequence.load(ordering: .relaxed) == sequence {
                return (sequence, instant)
            }
        }
        return nil
    }

    @inline(__always)
    private static func index(_ sequence: UInt64) -> Int {
        Int(truncatingIfNeeded: sequence & UInt64(memory - 1))
    }
}
