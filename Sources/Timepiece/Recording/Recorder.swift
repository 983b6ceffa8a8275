import Synchronization

/// Takes intervals from one thread without ever making it wait, and gives them to others in whole stretches.
///
/// Two slots: the writer fills the one that its ``Phaser`` names, a reader turns to the other and empties the first.
///
/// - Writer: one thread at a time: ``writer``.
/// - Readers: one at a time (the owner holds a lock): ``drain(into:)``, ``hold()``, ``release()``.
/// - Anybody, any time: ``interrupt()``, ``lastTick``, ``lastPosition``.
@safe struct Recorder: ~Copyable, Sendable {
    /// The end that records.
    let writer: TickWriter
    /// How many of the last intervals are kept.
    let maxIntervals: Int

    init(maxIntervals: Int) {
        self.maxIntervals = maxIntervals
        writer = TickWriter(in: SlotPair(maxIntervals: maxIntervals))
    }

    deinit {
        writer.pair.free()
    }

    /// The instant of the last tick in nanoseconds, 0 before the first.
    var lastTick: UInt64 {
        let tick = unsafe writer.line.pointee.previous.load(ordering: .relaxed)
        let record = unsafe writer.rare.pointee.lastRecord.load(ordering: .relaxed)
        return max(tick, record)
    }

    /// The instant of the last tick or gap, 0 before the first.
    var lastSign: UInt64 { max(lastTick, unsafe writer.rare.pointee.lastGap.load(ordering: .relaxed)) }

    /// The position that came with the last tick, `UInt64.max` if none did.
    var lastPosition: UInt64 {
        unsafe writer.line.pointee.lastPosition.load(ordering: .relaxed)
    }

    /// Makes the next tick the first of a new row: no interval spans an interruption.
    func interrupt() {
        changeRow(held: nil)
    }

    /// Makes every tick the first of a new row until ``release()``, so that none makes an interval. For readers.
    func hold() {
        changeRow(held: true)
    }

    /// Ends ``hold()`` and begins a new row, in one step. For readers.
    func release() {
        changeRow(held: false)
    }

    /// Whether the row is held.
    var isHeld: Bool {
        unsafe writer.line.pointee.phaser.control.load(ordering: .relaxed) & TickWriter.held != 0
    }

    private func changeRow(held: Bool?) {
        var old = unsafe writer.line.pointee.phaser.control.load(ordering: .relaxed)
        while true {
            // The count stays below the marks: a carry would look like one.
            var new = (old & ~TickWriter.interruptions) | ((old &+ 4) & TickWriter.interruptions)
            if let held { new = held ? new | TickWriter.held : new & ~TickWriter.held }
            let (exchanged, original) = unsafe writer.line.pointee.phaser.control.compareExchange(
                expected: old, desired: new, ordering: .sequentiallyConsistent)
            if exchanged { return }
            old = original
        }
    }

    /// Makes the writer note when the next tick comes.
    func markNextTick() {
        unsafe writer.rare.pointee.firstTickAfterMark.store(0, ordering: .relaxed)
        unsafe writer.line.pointee.phaser.control.add(TickWriter.mark, ordering: .sequentiallyConsistent)
    }

    /// When the first tick after the last mark came, nil if none did.
    var firstTickAfterMark: UInt64? {
        let instant = unsafe writer.rare.pointee.firstTickAfterMark.load(ordering: .relaxed)
        return instant == 0 ? nil : instant
    }

    /// Forgets the position of the last tick.
    func forgetPosition() {
        unsafe writer.line.pointee.lastPosition.store(.max, ordering: .relaxed)
    }

    /// Empties what was recorded up to now into a window. A tick that comes meanwhile goes into the next stretch.
    ///
    /// If the writer is stopped in the middle of a tick, this empties nothing, and what was recorded comes later.
    func drain(into window: inout OpenWindow) {
        guard let filled = unsafe writer.line.pointee.phaser.flip() else { return }
        writer.pair.drain(filled, into: &window)
    }
}
