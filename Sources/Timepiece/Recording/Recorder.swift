public import Synchronization

/// Takes intervals from one thread without ever making it wait, and gives them to others in whole stretches.
///
/// Two slots: the writer fills the one that its ``Phaser`` names, a reader turns to the other and empties the first.
///
/// - Writer: one thread at a time (in a pipeline the stream lock says so): ``tick(at:events:bytes:discontinuity:position:)``
///   and ``record(_:at:bytes:)``.
/// - Readers: one at a time (the owner holds a lock): ``drain(into:)``, ``hold()``, ``release()``.
/// - Anybody, any time: ``interrupt()``, ``lastTick``, ``lastPosition``.
///
/// What a tick touches lies together, as every line of the cache that a tick needs is one that the stream has to give up:
/// the recorder within its owner, and each slot in two lines of its own.
@usableFromInline
@safe struct Recorder: ~Copyable, Sendable {
    /// Whose `control` has these bits, too. Bit 1: whether the row of ticks is held. Bits 2 to 31: how often it was
    /// interrupted. Above: how often it was marked.
    @usableFromInline let phaser = Phaser()
    private static let held: UInt64 = 2
    private static let mark: UInt64 = 1 << 32
    private static let interruptions: UInt64 = mark &- 4
    /// What `control` was at the tick before. Only the writer uses this and the next.
    @usableFromInline let followed = Atomic<UInt64>(0)
    /// The instant of the tick before, ``noInstant`` if there is none to measure from.
    @usableFromInline let previous = Atomic<UInt64>(noInstant)
    @inlinable static var noInstant: UInt64 { .max }
    @usableFromInline let lastTickStore = Atomic<UInt64>(0)
    @usableFromInline let lastPositionStore = Atomic<UInt64>(.max)
    // Only the user that the protocol above admits touches a slot.
    @usableFromInline nonisolated(unsafe) let slots: UnsafeMutablePointer<Slot>
    // Written before the first tick, never after.
    @usableFromInline nonisolated(unsafe) let cells: UnsafeMutablePointer<UInt64>
    private let firstTickAfterMarkStore = Atomic<UInt64>(0)

    /// The cells of ``HistogramScale``, where a look-up needs no check of bounds. All recorders share them for good.
    nonisolated(unsafe) static let sharedCells = {
        let cells = HistogramScale.shared.cells
        let copy = UnsafeMutablePointer<UInt64>.allocate(capacity: HistogramScale.cellCount)
        for (index, cell) in cells.enumerated() { unsafe (copy + index).initialize(to: cell) }
        return unsafe copy
    }()

    /// How many of the last intervals are kept.
    let maxIntervals: Int

    init(maxIntervals: Int) {
        self.maxIntervals = maxIntervals
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: 2 * MemoryLayout<Slot>.stride, alignment: Slot.alignment)
        unsafe slots = unsafe memory.bindMemory(to: Slot.self, capacity: 2)
        unsafe slots.initialize(to: Slot(maxIntervals: maxIntervals))
        unsafe (slots + 1).initialize(to: Slot(maxIntervals: maxIntervals))
        unsafe cells = unsafe Self.sharedCells
    }

    deinit {
        unsafe slots.deinitialize(count: 2)
        unsafe UnsafeMutableRawPointer(slots).deallocate()
    }

    /// The instant of the last tick in nanoseconds, 0 before the first.
    var lastTick: UInt64 { lastTickStore.load(ordering: .relaxed) }

    /// The position that came with the last tick, `UInt64.max` if none did.
    var lastPosition: UInt64 { lastPositionStore.load(ordering: .relaxed) }

    /// Records the interval since the tick before, if there is one, and counts the events.
    ///
    /// What is rare is called last and with nothing to come back to, so that a usual tick saves no registers for it.
    @inlinable
    @inline(__always)
    func tick(at now: UInt64, events: UInt64, bytes: UInt64, discontinuity: Bool, position: UInt64) {
        let wanted = phaser.enter()
        guard wanted == followed.load(ordering: .relaxed) else {
            return tickAtTurn(
                wanted, at: now, events: events, bytes: bytes, discontinuity: discontinuity, position: position)
        }
        fill(wanted, at: now, events: events, bytes: bytes, discontinuity: discontinuity, position: position)
    }

    @usableFromInline
    @inline(never)
    func tickAtTurn(
        _ wanted: UInt64, at now: UInt64, events: UInt64, bytes: UInt64, discontinuity: Bool, position: UInt64
    ) {
        follow(wanted, at: now)
        fill(wanted, at: now, events: events, bytes: bytes, discontinuity: discontinuity, position: position)
    }

    @inlinable
    @inline(__always)
    func fill(
        _ wanted: UInt64, at now: UInt64, events: UInt64, bytes: UInt64, discontinuity: Bool, position: UInt64
    ) {
        let slot = unsafe slots + Int(truncatingIfNeeded: wanted & 1)
        unsafe slot.pointee.count(events, bytes: bytes, discontinuity: discontinuity)
        let before = previous.load(ordering: .relaxed)
        previous.store(now, ordering: .relaxed)
        lastTickStore.store(now, ordering: .relaxed)
        lastPositionStore.store(position, ordering: .relaxed)
        guard now >= before else { return unsafe leaveWithoutInterval(slot, before) }
        guard unsafe !slot.pointee.note(now &- before) else { return unsafe leaveSettled(slot) }
        phaser.leave()
    }

    @usableFromInline
    @inline(never)
    func leaveWithoutInterval(_ slot: UnsafeMutablePointer<Slot>, _ before: UInt64) {
        if before != Self.noInstant { unsafe slot.pointee.countBackwards() }
        phaser.leave()
    }

    @usableFromInline
    @inline(never)
    func leaveSettled(_ slot: UnsafeMutablePointer<Slot>) {
        unsafe slot.pointee.settle(cells: cells)
        phaser.leave()
    }

    /// Records a length that was measured elsewhere, and counts one event.
    @inline(__always)
    func record(_ interval: UInt64, at now: UInt64, bytes: UInt64) {
        let slot = unsafe slots + Int(truncatingIfNeeded: phaser.enter() & 1)
        unsafe slot.pointee.count(1, bytes: bytes, discontinuity: false)
        lastTickStore.store(now, ordering: .relaxed)
        guard unsafe !slot.pointee.note(interval) else { return unsafe leaveSettled(slot) }
        phaser.leave()
    }

    /// Makes the next tick the first of a new row: no interval spans an interruption.
    func interrupt() {
        changeRow(held: nil)
    }

    /// Makes every tick the first of a new row until ``release()``, so that none makes an interval. For readers.
    func hold() {
        changeRow(held: true)
    }

    /// Ends ``hold()`` and begins a new row, in one step; does nothing if the row is not held. For readers.
    func release() {
        if phaser.control.load(ordering: .relaxed) & Self.held != 0 { changeRow(held: false) }
    }

    private func changeRow(held: Bool?) {
        var old = phaser.control.load(ordering: .relaxed)
        while true {
            // The count stays below the marks: a carry would look like one.
            var new = (old & ~Self.interruptions) | ((old &+ 4) & Self.interruptions)
            if let held { new = held ? new | Self.held : new & ~Self.held }
            let (exchanged, original) = phaser.control.compareExchange(
                expected: old, desired: new, ordering: .sequentiallyConsistent)
            if exchanged { return }
            old = original
        }
    }

    /// Makes the writer note when the next tick comes.
    func markNextTick() {
        firstTickAfterMarkStore.store(0, ordering: .relaxed)
        phaser.control.add(Self.mark, ordering: .sequentiallyConsistent)
    }

    /// When the first tick after the last mark came, nil if none did.
    var firstTickAfterMark: UInt64? {
        let instant = firstTickAfterMarkStore.load(ordering: .relaxed)
        return instant == 0 ? nil : instant
    }

    /// Forgets the position of the last tick.
    func forgetPosition() {
        lastPositionStore.store(.max, ordering: .relaxed)
    }

    /// Empties what was recorded up to now into a window. A tick that comes meanwhile goes into the next stretch.
    func drain(into window: inout OpenWindow) {
        // The address first: a subscript reads to ThreadSanitizer as a change of `slots` itself.
        let slot = unsafe slots + phaser.turn()
        unsafe slot.pointee.drain(into: &window)
    }

    /// Takes notice of a turned slot, an interruption, a mark, or, at each tick anew, of being held.
    private func follow(_ wanted: UInt64, at now: UInt64) {
        let changed = wanted ^ followed.load(ordering: .relaxed)
        if changed & (Self.interruptions | Self.held) != 0 { previous.store(Self.noInstant, ordering: .relaxed) }
        if changed >= Self.mark { firstTickAfterMarkStore.store(now, ordering: .relaxed) }
        followed.store(wanted & ~Self.held, ordering: .relaxed)
    }
}
