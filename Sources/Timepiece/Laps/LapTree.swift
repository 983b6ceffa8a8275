import Glibc
import Synchronization

/// Takes the laps of stopwatches that nest on one thread, so that a reader gets a parent's lap and the laps inside it
/// always together.
///
/// What is measured inside the outermost lap waits in a log of the thread's own; when the outermost lap ends, the log
/// and the lap are committed at once. A commit is a visit in the sense of ``Recorder``: two slots a series, of which
/// `control` names the one to fill; the writer marks its visit, then reads `control`; a reader turns `control`, then
/// looks for a visit and waits until it is over, some hundred instructions. So the sums of the children never exceed the
/// parent's in anything that is read, nobody reads a lap twice or never, and the writer waits for nobody, however long
/// a lap takes.
///
/// - Writer: one thread at a time (in a pipeline the stream lock of the outermost point says so).
/// - Readers: one at a time.
@safe package final class LapTree: Sendable {
    /// Leave to empty the slots that were filled before.
    package struct Turn: Sendable {
        let filled: Int
    }

    /// How many laps inside one outermost lap are kept; if there are more, that lap is not counted with all inside it.
    package static let logLimit = 65_536

    @safe private struct Entry {
        let slots: UnsafeMutablePointer<Slot>
        let length: UInt64
    }

    @safe private struct Log {
        var entries: UnsafeMutablePointer<Entry>
        var capacity: Int
        var count = 0
        var spoiled = false
    }

    /// Odd while the writer is inside.
    private let visits = Atomic<UInt64>(0)
    /// Bit 0: the slot to fill.
    private let control = Atomic<UInt64>(0)
    // Only the writer touches the log.
    private nonisolated(unsafe) let log: UnsafeMutablePointer<Log>
    // Written before the first lap, never after.
    private nonisolated(unsafe) let cells: UnsafeMutablePointer<UInt64>

    package init() {
        unsafe log = .allocate(capacity: 1)
        unsafe log.initialize(to: Log(entries: .allocate(capacity: 64), capacity: 64))
        unsafe cells = unsafe Recorder.sharedCells
    }

    deinit {
        unsafe log.pointee.entries.deallocate()
        unsafe log.deallocate()
    }

    /// How many outermost laps have ended.
    package var ended: UInt64 { visits.load(ordering: .acquiring) >> 1 }

    /// Keeps a lap until the outermost one ends.
    ///
    /// Allocates only when one outermost lap holds more laps than any before.
    @inline(__always)
    package func stage(_ length: UInt64, of series: LapSeries) {
        let count = unsafe log.pointee.count
        guard unsafe count < log.pointee.capacity || grow() else { return }
        unsafe (log.pointee.entries + count).initialize(to: Entry(slots: series.slots, length: length))
        unsafe log.pointee.count = count &+ 1
    }

    /// Lets nothing count that is measured inside the outermost lap of now, and not that lap itself.
    package func spoil() {
        unsafe log.pointee.spoiled = true
    }

    /// Ends the outermost lap and commits it, with what was staged inside it.
    @inline(__always)
    package func commit(_ length: UInt64, of series: LapSeries) {
        let visit = enter()
        let filled = Int(truncatingIfNeeded: control.load(ordering: .sequentiallyConsistent) & 1)
        if unsafe !log.pointee.spoiled {
            unsafe (series.slots + filled).pointee.record(length, cells: cells)
            if unsafe log.pointee.count > 0 { commitLog(to: filled) }
        } else {
            discardLog()
        }
        visits.store(visit &+ 1, ordering: .releasing)
    }

    /// Commits what was staged, for an outermost lap that itself does not count.
    package func commit() {
        let visit = enter()
        let filled = Int(truncatingIfNeeded: control.load(ordering: .sequentiallyConsistent) & 1)
        if unsafe log.pointee.spoiled {
            discardLog()
        } else {
            commitLog(to: filled)
        }
        visits.store(visit &+ 1, ordering: .releasing)
    }

    @inline(__always)
    private func enter() -> UInt64 {
        // The only writer: nobody else changes `visits` between the load and the store.
        let visit = visits.load(ordering: .relaxed) &+ 1
        visits.store(visit, ordering: .sequentiallyConsistent)
        return visit
    }

    @inline(never)
    private func discardLog() {
        unsafe log.pointee.spoiled = false
        unsafe log.pointee.count = 0
    }

    @inline(never)
    private func commitLog(to filled: Int) {
        for index in unsafe 0..<log.pointee.count {
            let entry = unsafe log.pointee.entries[index]
            unsafe (entry.slots + filled).pointee.record(entry.length, cells: cells)
        }
        unsafe log.pointee.count = 0
    }

    /// Makes room in the log, or spoils the lap if there is too much in it.
    @inline(never)
    private func grow() -> Bool {
        let capacity = unsafe log.pointee.capacity
        guard capacity < Self.logLimit else {
            unsafe log.pointee.spoiled = true
            return false
        }
        let larger = UnsafeMutablePointer<Entry>.allocate(capacity: capacity * 2)
        unsafe larger.moveInitialize(from: log.pointee.entries, count: log.pointee.count)
        unsafe log.pointee.entries.deallocate()
        unsafe log.pointee.entries = unsafe larger
        unsafe log.pointee.capacity = capacity * 2
        return true
    }

    /// Lets the writer fill the other slots from now on; each series may then be drained once.
    package func turn() -> Turn {
        let filled = control.bitwiseXor(1, ordering: .sequentiallyConsistent).oldValue & 1
        let visit = visits.load(ordering: .sequentiallyConsistent)
        if visit & 1 == 1 {
            while visits.load(ordering: .acquiring) == visit { sched_yield() }
        }
        return Turn(filled: Int(truncatingIfNeeded: filled))
    }
}
