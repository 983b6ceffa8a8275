public import Synchronization

/// The writing end of a ``Recorder``: one pointer, so that a tick needs to look at nothing else.
///
/// What a tick touches lies together, as every line of the cache that a tick needs is one that the stream has to give up:
/// one line, and one of the row in which the interval is noted.
///
/// - One thread at a time writes (in a pipeline the stream lock says so), or all do so in turn.
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
        /// Where bit 1 is set the next tick is an unusual one, since it shows what the time stamp before was.
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
        let jumps = unsafe (pair.owners + Self.jumpsOffset).bindMemory(to: JumpDetector.self, capacity: 1)
        unsafe jumps.initialize(to: JumpDetector())
        unsafe line = (pair.owners + SlotPair.line).bindMemory(to: Line.self, capacity: 1)
        unsafe line.initialize(to: Line())
    }

    @inlinable var pair: SlotPair {
        unsafe SlotPair(head: UnsafeMutableRawPointer(line + 1))
    }

    var rare: UnsafeMutablePointer<Rare> {
        unsafe (UnsafeMutableRawPointer(line) - SlotPair.line).assumingMemoryBound(to: Rare.self)
    }

    /// The writer's own, in the line of ``rare`` but not a part of it: a change of a part is an access to the whole, which
    /// others read.
    private var jumps: UnsafeMutablePointer<JumpDetector> {
        unsafe (UnsafeMutableRawPointer(line) - SlotPair.line + Self.jumpsOffset)
            .assumingMemoryBound(to: JumpDetector.self)
    }
    private static var jumpsOffset: Int { MemoryLayout<Rare>.stride }

    /// Records the interval since the tick before, if there is one, and counts the events.
    package func tick(at now: UInt64, events: UInt64, bytes: UInt64, discontinuity: Bool, position: UInt64) {
        let wanted = unsafe line.pointee.phaser.enter()
        tick(wanted, at: now, events: events, bytes: bytes, discontinuity: discontinuity, position: position)
    }

    /// Does the same while other threads do, too, in turn with them.
    @inline(__always)
    func tickInTurn(at now: UInt64, events: UInt64, bytes: UInt64, discontinuity: Bool) {
        let wanted = unsafe line.pointee.phaser.enterInTurn()
        tick(wanted, at: now, events: events, bytes: bytes, discontinuity: discontinuity, position: .max)
    }

    /// Ticks inside a visit, and ends it.
    @inline(__always)
    private func tick(
        _ wanted: UInt64, at now: UInt64, events: UInt64, bytes: UInt64, discontinuity: Bool, position: UInt64
    ) {
        guard events == 1, !discontinuity else {
            // Six arguments are passed in registers.
            let marked = events & ~Self.discontinuity | (discontinuity ? Self.discontinuity : 0)
            _ = tickUnusually(wanted, at: now, events: marked, bytes: bytes, position: position)
            return
        }
        _ = tick(wanted, at: now, bytes: bytes, position: position)
    }

    /// Ticks for one event before which nothing is missing. Returns 0.
    @inlinable
    @inline(__always)
    package func tick(at now: UInt64, bytes: UInt64, position: UInt64) -> Int32 {
        let wanted = unsafe line.pointee.phaser.enter()
        return tick(wanted, at: now, bytes: bytes, position: position)
    }

    /// Does the same inside a visit, and ends it.
    ///
    /// What is rare is called last and with nothing to come back to, which is why there is a result, so that a usual tick
    /// saves no registers for it.
    @inlinable
    @inline(__always)
    func tick(_ wanted: UInt64, at now: UInt64, bytes: UInt64, position: UInt64) -> Int32 {
        let slot = Int(truncatingIfNeeded: wanted & 1)
        // The slot counts the event by the interval. An instant before the last one is too long an interval here.
        let interval = unsafe now &- line.pointee.previous.load(ordering: .relaxed)
        let last = unsafe line.pointee.lastPosition.load(ordering: .relaxed)
        let (sum, isTooMuch) = unsafe pair.bytes(slot).pointee.addingReportingOverflow(bytes)
        guard unsafe wanted == line.pointee.followed.load(ordering: .relaxed), interval < SlotPair.tooLong,
            JumpDetector.follows(position, last), !isTooMuch
        else {
            return tickUnusually(wanted, at: now, events: 1, bytes: bytes, position: position)
        }
        unsafe line.pointee.previous.store(now, ordering: .relaxed)
        unsafe line.pointee.lastPosition.store(position, ordering: .relaxed)
        unsafe pair.bytes(slot).pointee = sum
        guard !pair.note(interval, in: slot) else { return leaveSettled(slot) }
        unsafe line.pointee.phaser.leave()
        return 0
    }

    @usableFromInline
    @inline(never)
    func tickUnusually(
        _ wanted: UInt64, at now: UInt64, events marked: UInt64, bytes: UInt64, position: UInt64
    ) -> Int32 {
        let events = marked & ~Self.discontinuity
        let index = Int(truncatingIfNeeded: wanted & 1)
        let slot = unsafe pair.slot(index)
        pair.count(bytes: bytes, in: index)
        let before = unsafe line.pointee.previous.load(ordering: .relaxed)
        unsafe line.pointee.previous.store(now, ordering: .relaxed)
        let changed = follow(wanted, at: now)
        lookForJump(to: position, in: index)
        let isFirst = isFirst(since: changed)
        let makesInterval = !isFirst && now >= before
        unsafe slot.pointee.apart &+= events &- (makesInterval ? 1 : 0)
        if !makesInterval { unsafe slot.pointee.apartBytes.addSaturating(bytes) }
        if marked & Self.discontinuity != 0 { unsafe slot.pointee.discontinuities &+= 1 }
        if !isFirst && now < before { unsafe slot.pointee.backwards &+= 1 }
        if makesInterval { pair.record(now &- before, in: index) }
        unsafe line.pointee.phaser.leave()
        return 0
    }

    @usableFromInline
    @inline(never)
    func leaveSettled(_ slot: Int) -> Int32 {
        pair.settle(slot)
        unsafe line.pointee.phaser.leave()
        return 0
    }

    /// Records a length that was measured elsewhere, and counts one event, in turn with other threads.
    @inline(__always)
    func recordInTurn(_ interval: UInt64, at now: UInt64) {
        let slot = unsafe Int(truncatingIfNeeded: line.pointee.phaser.enterInTurn() & 1)
        unsafe rare.pointee.lastRecord.store(now, ordering: .relaxed)
        pair.record(interval, in: slot)
        unsafe line.pointee.phaser.leave()
    }

    /// Counts events that end no interval and begin none. Where a row has begun their bytes are of the interval that is open.
    package func note(headers: UInt64, bytes: UInt64) {
        let wanted = unsafe line.pointee.phaser.enter()
        let index = Int(truncatingIfNeeded: wanted & 1)
        pair.count(bytes: bytes, in: index)
        let slot = unsafe pair.slot(index)
        unsafe slot.pointee.apart &+= headers
        unsafe slot.pointee.headers &+= headers
        if isFirst(since: changes(wanted)) { unsafe slot.pointee.apartBytes.addSaturating(bytes) }
        unsafe line.pointee.phaser.leave()
    }

    /// Notes the position of an event that is counted with a later one.
    package func note(position: UInt64) {
        let last = unsafe line.pointee.lastPosition.load(ordering: .relaxed)
        guard unsafe !JumpDetector.follows(position, last) || jumps.pointee.isSuspecting else {
            return unsafe line.pointee.lastPosition.store(position, ordering: .relaxed)
        }
        let index = unsafe Int(truncatingIfNeeded: line.pointee.phaser.enter() & 1)
        lookForJump(to: position, in: index)
        unsafe line.pointee.phaser.leave()
    }

    /// Positions restart, as with a segment; where they go back in steps of any length they are not looked at.
    package func restartPositions(backwards: Bool) {
        unsafe jumps.pointee.restart()
        unsafe jumps.pointee.isOff = backwards
    }

    /// Goes on to a position, and counts it if it, or the one before, is a jump.
    private func lookForJump(to position: UInt64, in index: Int) {
        unsafe jumps.pointee.resume(at: line.pointee.lastPosition.load(ordering: .relaxed))
        unsafe line.pointee.lastPosition.store(position, ordering: .relaxed)
        _ = unsafe jumps.pointee.advance(to: position)
        unsafe pair.slot(index).pointee.jumps &+= jumps.pointee.takeJumps()
        let followed = unsafe line.pointee.followed.load(ordering: .relaxed)
        // A row that is held makes each tick an unusual one by that; when it is released it is interrupted as well.
        let isHeld = unsafe line.pointee.phaser.control.load(ordering: .relaxed) & Self.held != 0
        let isMarked = unsafe jumps.pointee.isSuspecting && !isHeld
        unsafe line.pointee.followed.store(
            isMarked ? followed | Self.held : followed & ~Self.held, ordering: .relaxed)
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
        let changed = changes(wanted)
        if changed >= Self.mark { unsafe rare.pointee.firstTickAfterMark.store(now, ordering: .relaxed) }
        unsafe line.pointee.followed.store(wanted & ~Self.held, ordering: .relaxed)
        return changed
    }

    /// What has changed in `control` since the tick before.
    private func changes(_ wanted: UInt64) -> UInt64 {
        unsafe wanted ^ (line.pointee.followed.load(ordering: .relaxed) & ~Self.held)
    }

    /// Whether a tick is the first of a row, or none can be of one, after such changes.
    private func isFirst(since changed: UInt64) -> Bool {
        changed & (Self.interruptions | Self.held) != 0
    }
}
