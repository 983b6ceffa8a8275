import Glibc
import Synchronization

/// Takes intervals from one thread without ever making it wait, and gives them to others in whole stretches.
///
/// Two slots: the writer fills the one that `control` names, a reader turns `control` to the other, waits until the
/// writer is surely out of the first, and empties it. It is the scheme of HdrHistogram's phaser with a single writer:
/// the writer marks its visit by an odd `visits`, then reads `control`; the reader writes `control`, then reads `visits`.
/// All four are sequentially consistent, so at least one of the two sees the other (Dekker). The writer has one
/// locked instruction and no loop; only a reader waits, and only for a visit that is under way.
///
/// - Writer: one thread at a time (in a pipeline the stream lock says so): ``tick(at:events:bytes:discontinuity:position:)``
///   and ``record(_:at:bytes:)``.
/// - Readers: one at a time (the owner holds a lock): ``drain(into:)``.
/// - Anybody, any time: ``interrupt()``, ``lastTick``, ``lastPosition``.
@safe final class Recorder: Sendable {
    /// Odd while the writer is inside.
    private let visits = Atomic<UInt64>(0)
    /// Bit 0: the slot to fill. The rest: how often the row of ticks was interrupted.
    private let control = Atomic<UInt64>(0)
    private let lastTickStore = Atomic<UInt64>(0)
    private let lastPositionStore = Atomic<UInt64>(.max)
    // Only the user that the protocol above admits touches a slot; only the writer touches `row`.
    private nonisolated(unsafe) let slots: UnsafeMutablePointer<Slot>
    private nonisolated(unsafe) let row: UnsafeMutablePointer<Row>
    // Written before the first tick, never after.
    private nonisolated(unsafe) let cells: UnsafeMutablePointer<UInt64>

    /// What the writer remembers from tick to tick.
    private struct Row {
        var control: UInt64 = 0
        /// The instant of the tick before, 0 if there is none to measure from.
        var previous: UInt64 = 0
    }

    init(maxIntervals: Int) {
        unsafe slots = .allocate(capacity: 2)
        unsafe slots.initialize(to: Slot(maxIntervals: maxIntervals))
        unsafe (slots + 1).initialize(to: Slot(maxIntervals: maxIntervals))
        unsafe row = .allocate(capacity: 1)
        unsafe row.initialize(to: Row())
        unsafe cells = .allocate(capacity: HistogramScale.cellCount)
        for (index, cell) in HistogramScale.shared.cells.enumerated() {
            unsafe (cells + index).initialize(to: cell)
        }
    }

    deinit {
        unsafe slots.deinitialize(count: 2)
        unsafe slots.deallocate()
        unsafe row.deallocate()
        unsafe cells.deallocate()
    }

    /// The instant of the last tick in nanoseconds, 0 before the first.
    var lastTick: UInt64 { lastTickStore.load(ordering: .relaxed) }

    /// The position that came with the last tick, `UInt64.max` if none did.
    var lastPosition: UInt64 { lastPositionStore.load(ordering: .relaxed) }

    /// Records the interval since the tick before, if there is one, and counts the events.
    @inline(__always)
    func tick(at now: UInt64, events: UInt64, bytes: UInt64, discontinuity: Bool, position: UInt64) {
        let visit = enter()
        let wanted = control.load(ordering: .sequentiallyConsistent)
        if unsafe wanted != row.pointee.control { follow(wanted) }
        let slot = unsafe slots + Int(truncatingIfNeeded: wanted & 1)
        unsafe slot.pointee.count(events, bytes: bytes, discontinuity: discontinuity)
        let previous = unsafe row.pointee.previous
        unsafe row.pointee.previous = now
        if now >= previous {
            if previous != 0 { unsafe slot.pointee.record(now &- previous, cells: cells) }
        } else {
            unsafe slot.pointee.countBackwards()
        }
        lastTickStore.store(now, ordering: .relaxed)
        lastPositionStore.store(position, ordering: .relaxed)
        leave(visit)
    }

    /// Records a length that was measured elsewhere, and counts one event.
    @inline(__always)
    func record(_ interval: UInt64, at now: UInt64, bytes: UInt64) {
        let visit = enter()
        let slot = unsafe slots + Int(truncatingIfNeeded: control.load(ordering: .sequentiallyConsistent) & 1)
        unsafe slot.pointee.count(1, bytes: bytes, discontinuity: false)
        unsafe slot.pointee.record(interval, cells: cells)
        lastTickStore.store(now, ordering: .relaxed)
        leave(visit)
    }

    /// Makes the next tick the first of a new row: no interval spans an interruption.
    func interrupt() {
        control.add(2, ordering: .sequentiallyConsistent)
    }

    /// Forgets the position of the last tick.
    func forgetPosition() {
        lastPositionStore.store(.max, ordering: .relaxed)
    }

    /// Empties what was recorded up to now into a window. A tick that comes meanwhile goes into the next stretch.
    func drain(into window: inout OpenWindow) {
        let filled = control.bitwiseXor(1, ordering: .sequentiallyConsistent).oldValue & 1
        let visit = visits.load(ordering: .sequentiallyConsistent)
        if visit & 1 == 1 {
            while visits.load(ordering: .acquiring) == visit { sched_yield() }
        }
        unsafe slots[Int(truncatingIfNeeded: filled)].drain(into: &window)
    }

    @inline(__always)
    private func enter() -> UInt64 {
        // The only writer: nobody else changes `visits` between the load and the store.
        let visit = visits.load(ordering: .relaxed) &+ 1
        visits.store(visit, ordering: .sequentiallyConsistent)
        return visit
    }

    @inline(__always)
    private func leave(_ visit: UInt64) {
        visits.store(visit &+ 1, ordering: .releasing)
    }

    /// Takes notice of a turned slot or an interruption.
    @inline(never)
    private func follow(_ wanted: UInt64) {
        if unsafe (wanted ^ row.pointee.control) > 1 { unsafe row.pointee.previous = 0 }
        unsafe row.pointee.control = wanted
    }
}
