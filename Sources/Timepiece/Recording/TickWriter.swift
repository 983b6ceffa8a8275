public import Synchronization

/// The writing end of a ``Recorder``: one pointer, so that a tick needs to look at nothing else.
///
/// What a tick touches lies together, as every line of the cache that a tick needs is one that the stream has to give up:
/// one line, and one of the row in which the interval is noted.
///
/// - One thread at a time writes (in a pipeline the stream lock says so).
/// - It may be used as long as its recorder lives.
@usableFromInline
@safe package struct TickWriter: @unchecked Sendable {
    // Sendable: see above.

    /// What a tick needs, in one line with the head of the pair of slots.
    @usableFromInline
    struct Line: ~Copyable {
        /// Whose `control` has these bits, too. Bit 1: whether the row of ticks is held. Bits 2 to 31: how often it was
        /// interrupted. Above: how often it was marked.
        @usableFromInline let phaser = Phaser()
        /// What `control` was at the tick before; the writer's own. At first as if there had been an interruption since.
        @usableFromInline let followed = Atomic<UInt64>(interruptions)
        /// The instant of the tick before, 0 before the first.
        @usableFromInline let previous = Atomic<UInt64>(0)
        @usableFromInline let lastPosition = Atomic<UInt64>(.max)
    }

    /// What few ticks need, in the line before.
    struct Rare: ~Copyable {
        let firstTickAfterMark = Atomic<UInt64>(0)
        /// When the last length was recorded that was measured elsewhere, 0 before the first.
        let lastRecord = Atomic<UInt64>(0)
        /// When the last gap was noted, 0 before the first.
        let lastGap = Atomic<UInt64>(0)
    }

    static var held: UInt64 { 2 }
    @inlinable static var interruptions: UInt64 { mark &- 4 }
    @inlinable static var mark: UInt64 { 1 << 32 }
    /// What marks a number of events before which something is missing.
    @inlinable static var discontinuity: UInt64 { 1 << 63 }

    @usableFromInline let line: UnsafeMutablePointer<Line>

    /// Makes itself at home in the owner's bytes of a pair.
    init(in pair: SlotPair) {
        let rare = unsafe pair.owners.bindMemory(to: Rare.self, capacity: 1)
        unsafe rare.initialize(to: Rare())
        unsafe line = (pair.owners + SlotPair.line).bindMemory(to: Line.self, capacity: 1)
        unsafe line.initialize(to: Line())
    }

    @inlinable var pair: SlotPair {
        unsafe SlotPair(head: UnsafeMutableRawPointer(line + 1))
    }

    var rare: UnsafeMutablePointer<Rare> {
        unsafe (UnsafeMutableRawPointer(line) - SlotPair.line).assumingMemoryBound(to: Rare.self)
    }

    /// Records the interval since the tick before, if there is one, and counts the events.
    ///
    /// What is rare is called last and with nothing to come back to, so that a usual tick saves no registers for it.
    @inlinable
    @inline(__always)
    package func tick(at now: UInt64, events: UInt64, bytes: UInt64, discontinuity: Bool, position: UInt64) {
        let wanted = unsafe line.pointee.phaser.enter()
        let before = unsafe line.pointee.previous.load(ordering: .relaxed)
        unsafe line.pointee.previous.store(now, ordering: .relaxed)
        unsafe line.pointee.lastPosition.store(position, ordering: .relaxed)
        let slot = Int(truncatingIfNeeded: wanted & 1)
        pair.count(bytes: bytes, in: slot)
        // One event that ends an interval is usual; the slot counts it by the interval. An instant before the last one is
        // too long an interval here.
        let interval = now &- before
        guard unsafe wanted == line.pointee.followed.load(ordering: .relaxed), interval < SlotPair.tooLong, events == 1,
            !discontinuity
        else {
            // Six arguments are passed in registers.
            let marked = events & ~Self.discontinuity | (discontinuity ? Self.discontinuity : 0)
            return tickUnusually(wanted, at: now, after: before, events: marked, bytes: bytes)
        }
        guard !pair.note(interval, in: slot) else { return leaveSettled(slot) }
        unsafe line.pointee.phaser.leave()
    }

    @usableFromInline
    @inline(never)
    func tickUnusually(
        _ wanted: UInt64, at now: UInt64, after before: UInt64, events marked: UInt64, bytes: UInt64
    ) {
        let events = marked & ~Self.discontinuity
        let index = Int(truncatingIfNeeded: wanted & 1)
        let slot = unsafe pair.slot(index)
        let changed = follow(wanted, at: now)
        let isFirst = changed & (Self.interruptions | Self.held) != 0
        let makesInterval = !isFirst && now >= before
        unsafe slot.pointee.apart &+= events &- (makesInterval ? 1 : 0)
        if !makesInterval { unsafe slot.pointee.apartBytes.addSaturating(bytes) }
        if marked & Self.discontinuity != 0 { unsafe slot.pointee.discontinuities &+= 1 }
        if !isFirst && now < before { unsafe slot.pointee.backwards &+= 1 }
        if makesInterval { pair.record(now &- before, in: index) }
        unsafe line.pointee.phaser.leave()
    }

    @usableFromInline
    @inline(never)
    func leaveSettled(_ slot: Int) {
        pair.settle(slot)
        unsafe line.pointee.phaser.leave()
    }

    /// Records a length that was measured elsewhere, and counts one event.
    @inline(__always)
    func record(_ interval: UInt64, at now: UInt64) {
        let slot = unsafe Int(truncatingIfNeeded: line.pointee.phaser.enter() & 1)
        unsafe rare.pointee.lastRecord.store(now, ordering: .relaxed)
        pair.record(interval, in: slot)
        unsafe line.pointee.phaser.leave()
    }

    /// Counts events that end no interval and begin none.
    package func note(headers: UInt64, bytes: UInt64) {
        let index = unsafe Int(truncatingIfNeeded: line.pointee.phaser.enter() & 1)
        pair.count(bytes: bytes, in: index)
        let slot = unsafe pair.slot(index)
        unsafe slot.pointee.apart &+= headers
        unsafe slot.pointee.headers &+= headers
        unsafe slot.pointee.apartBytes.addSaturating(bytes)
        unsafe line.pointee.phaser.leave()
    }

    /// Counts jumps of the media's time.
    package func note(jumps: UInt64) {
        let index = unsafe Int(truncatingIfNeeded: line.pointee.phaser.enter() & 1)
        unsafe pair.slot(index).pointee.jumps &+= jumps
        unsafe line.pointee.phaser.leave()
    }

    /// Notes that nothing is to come for a while, which is a sign of life.
    package func noteGap(at now: UInt64) {
        let index = unsafe Int(truncatingIfNeeded: line.pointee.phaser.enter() & 1)
        unsafe pair.slot(index).pointee.gaps &+= 1
        unsafe rare.pointee.lastGap.store(now, ordering: .relaxed)
        unsafe line.pointee.phaser.leave()
    }

    /// Takes notice of a turned slot, an interruption, a mark, or, at each tick again, of being held. Returns what of these
    /// happened since the tick before.
    private func follow(_ wanted: UInt64, at now: UInt64) -> UInt64 {
        let changed = unsafe wanted ^ line.pointee.followed.load(ordering: .relaxed)
        if changed >= Self.mark { unsafe rare.pointee.firstTickAfterMark.store(now, ordering: .relaxed) }
        unsafe line.pointee.followed.store(wanted & ~Self.held, ordering: .relaxed)
        return changed
    }
}
