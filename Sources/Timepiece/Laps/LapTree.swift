import Synchronization

/// Takes the laps of stopwatches that nest on one thread, so that a reader gets a parent's lap and the laps inside it
/// always together.
///
/// What is measured inside the outermost lap waits in a log of the thread's own; when the outermost lap ends, the log
/// and the lap are committed at once. A commit is a visit in the sense of ``Phaser``, which names one of two slots of each
/// series. So the sums of the children never exceed the parent's in anything that is read, each lap is read exactly
/// once, and the writer never waits, however long a lap takes.
///
/// - Writer: one thread at a time (in a pipeline the stream lock of the outermost point says so).
/// - Readers: one at a time.
@safe package final class LapTree: Sendable {
    /// Leave to empty the slots that were filled before.
    package struct Flip: Sendable {
        /// Nil if the writer was stopped in the middle of a commit: then nothing can be emptied until the next flip.
        let filled: Int?
    }

    /// How many laps inside one outermost lap are kept; if there are more, that lap is not counted with all inside it.
    package static let logLimit = 65_536

    private struct Entry {
        let slots: SlotPair
        let length: UInt64
    }

    @safe private struct Log {
        var entries: UnsafeMutablePointer<Entry>
        var capacity: Int
        /// What the entries refer to and nothing else holds any more.
        var kept: [AnyObject] = []
    }

    private static let invalidated = -1

    private let phaser = Phaser()
    /// How many laps are in the log, or ``invalidated``; the writer's own, here so that a commit touches one line less.
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

    /// Keeps the owner of a series whose laps are staged until they are committed; for the writer.
    package func keep(_ owner: AnyObject) {
        unsafe log.pointee.kept.append(owner)
    }

    /// How many outermost laps have ended.
    package var ended: UInt64 { phaser.ended }

    /// Keeps a lap until the outermost one ends.
    ///
    /// Allocates only when one outermost lap holds more laps than any before.
    @inline(__always)
    package func stage(_ length: UInt64, of series: LapSeries) {
        let count = staged.load(ordering: .relaxed)
        guard count != Self.invalidated, unsafe count < log.pointee.capacity || grow(count) else { return }
        unsafe (log.pointee.entries + count).initialize(to: Entry(slots: series.slots, length: length))
        staged.store(count &+ 1, ordering: .relaxed)
    }

    /// Lets nothing count that is measured inside the outermost lap of now, and not that lap itself.
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

    /// Commits what was staged, for an outermost lap that itself does not count.
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

    /// Makes room in the log, or spoils the lap if there is too much in it.
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

/// The laps of one stopwatch on the way from the thread that measures to the one that reads.
///
/// It belongs to one ``LapTree``, which says into which of the two slots laps go and which one may be emptied.
@safe package final class LapSeries: Sendable {
    let slots = SlotPair(maxIntervals: 0)

    /// Makes a series without laps: two histograms of 24 KB, of which what is used takes memory.
    package init() {}

    deinit {
        slots.free()
    }

    /// Takes out what was recorded before a flip; to be called once a flip, by the reader.
    package func drain(_ flip: LapTree.Flip) -> Statistics {
        var window = OpenWindow()
        if let filled = flip.filled { slots.drain(filled, into: &window) }
        return window.statistics
    }
}
