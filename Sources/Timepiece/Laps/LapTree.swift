import Synchronization

/// Records the laps of stopwatches that nest on one thread, so that a reader always gets a parent's lap together with
/// the laps inside it.
///
/// Laps inside the outermost lap wait in a log of the thread; when the outermost lap ends, the log and the lap are
/// committed together. A commit is a visit in the sense of ``Phaser``, which selects one of two slots of each series.
/// So the sums of the children never exceed the parent's in any reading, each lap is read exactly once, and the writer
/// never waits, however long a lap takes.
///
/// - Writer: one thread at a time (in a pipeline the stream lock of the outermost point ensures that).
/// - Readers: one at a time.
@safe package final class LapTree: Sendable {
    /// Permission to empty the slots that were filled before.
    package struct Flip: Sendable {
        /// Nil if the writer was stopped in the middle of a commit: then no slot can be emptied until the next flip.
        package let filled: Int?
    }

    /// How many laps inside one outermost lap are kept; if there are more, neither that lap nor those inside it are
    /// counted.
    package static let logLimit = 65_536

    private struct Entry {
        let slots: SlotPair
        let length: UInt64
    }

    @safe private struct Log {
        var entries: UnsafeMutablePointer<Entry>
        var capacity: Int
        /// The series that the entries refer to and that have no other owner any more.
        var kept: [AnyObject] = []
    }

    private static let invalidated = -1

    private let phaser = Phaser()
    /// How many laps are in the log, or ``invalidated``; used by the writer only, and here so that a commit touches one
    /// cache line less.
    private let staged = Atomic<Int>(0)
    // Only the writer touches the log.
    private nonisolated(unsafe) let log: UnsafeMutablePointer<Log>

    package init() {
        unsafe log = .allocate(capacity: 1)
        unsafe log.initialize(to: Log(entries: .allocate(capacity: 64), capacity: 64))
    }

    deinit {
        unsafe log.pointee.entries.deallocate()
        unsafe log.deinitialize(count: 1)
        unsafe log.deallocate()
    }

    /// Keeps the owner of a series until the laps that are staged are committed; for the writer.
    ///
    /// If none are staged it is not kept: it may own this tree, and a commit without laps does not release what is
    /// kept.
    package func keep(_ owner: AnyObject) {
        guard staged.load(ordering: .relaxed) > 0 else { return }
        unsafe log.pointee.kept.append(owner)
    }

    /// How many outermost laps have ended.
    package var ended: UInt64 { phaser.ended }

    /// Keeps a lap until the outermost one ends.
    ///
    /// Allocates only when one outermost lap contains more laps than any before.
    @inline(__always)
    package func stage(_ length: UInt64, of series: LapSeries) {
        let count = staged.load(ordering: .relaxed)
        guard count != Self.invalidated, unsafe count < log.pointee.capacity || grow(count) else { return }
        unsafe (log.pointee.entries + count).initialize(to: Entry(slots: series.slots, length: length))
        staged.store(count &+ 1, ordering: .relaxed)
    }

    /// Excludes the present outermost lap and all laps inside it from the count.
    package func invalidate() {
        staged.store(Self.invalidated, ordering: .relaxed)
    }

    /// Ends the outermost lap and commits it, with what was staged inside it.
    @inline(__always)
    package func commit(_ length: UInt64, of series: LapSeries) {
        let filled = Int(truncatingIfNeeded: phaser.enter() & 1)
        let count = staged.load(ordering: .relaxed)
        if count != Self.invalidated { series.slots.record(length, in: filled) }
        if count != 0 { commitLog(to: filled) }
        phaser.leave()
    }

    /// Commits the staged laps, for an outermost lap that itself does not count.
    package func commit() {
        let filled = Int(truncatingIfNeeded: phaser.enter() & 1)
        commitLog(to: filled)
        phaser.leave()
    }

    @inline(never)
    private func commitLog(to filled: Int) {
        for index in 0..<max(0, staged.load(ordering: .relaxed)) {
            let entry = unsafe log.pointee.entries[index]
            entry.slots.record(entry.length, in: filled)
        }
        staged.store(0, ordering: .relaxed)
        if unsafe !log.pointee.kept.isEmpty { unsafe log.pointee.kept.removeAll() }
    }

    /// Makes room in the log, or invalidates the lap if the log is too large.
    @inline(never)
    private func grow(_ count: Int) -> Bool {
        let capacity = unsafe log.pointee.capacity
        guard capacity < Self.logLimit else {
            invalidate()
            return false
        }
        let larger = UnsafeMutablePointer<Entry>.allocate(capacity: capacity * 2)
        unsafe larger.moveInitialize(from: log.pointee.entries, count: count)
        unsafe log.pointee.entries.deallocate()
        unsafe log.pointee.entries = unsafe larger
        unsafe log.pointee.capacity = capacity * 2
        return true
    }

    /// Lets the writer fill the other slots from now on; each series may then be drained once.
    package func flip() -> Flip {
        Flip(filled: phaser.flip())
    }
}

/// The laps of one stopwatch between the thread that measures and the thread that reads.
///
/// It belongs to one ``LapTree``, which selects the slot into which laps are written and the one that may be emptied.
@safe package final class LapSeries: Sendable {
    let slots = SlotPair(maxIntervals: 0)

    /// Makes a series without laps: two tables of 80 KB, of which only the used pages take memory.
    package init() {}

    deinit {
        slots.free()
    }

    /// Returns and removes the laps recorded before a flip; called once a flip, by the reader.
    package func drain(_ flip: LapTree.Flip) -> Statistics {
        var window = OpenWindow()
        if let filled = flip.filled { slots.drain(filled, into: &window) }
        return window.statistics
    }
}
