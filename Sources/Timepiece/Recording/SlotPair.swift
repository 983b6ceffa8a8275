/// Two slots, each with a row of intervals that wait for it: memory that one thread fills while another empties half of it.
///
/// Recording only notes an interval in a row; 64 at a time are settled into the slot's statistics, by the recording
/// thread or by the reader that empties the slot. So most recordings touch two cache lines where the statistics have a dozen, and a
/// processor settles a row of intervals in half the time that it takes for them one by one. A row holds intervals of less
/// than 4.3 s, so 16 to a line; what is longer goes past it.
///
/// It is a pointer, to be copied freely, to memory that its owner frees. All but ``init(maxIntervals:)`` and ``free()`` is
/// for the one user of the slot whose number, 0 or 1, is given: a ``Phaser`` says which. The two share a line, but
/// no byte.
@usableFromInline
@safe struct SlotPair: @unchecked Sendable {
    // Sendable: see above.

    /// How many intervals are noted before they are settled.
    @inlinable static var waitingLimit: Int { 64 }

    // The memory: a line of the cache for what the owner seldom uses; what the owner often uses and the head, together
    // one line; the rows; the slots.
    @inlinable static var line: Int { 64 }
    /// How many bytes before the head the owner may use.
    static var ownersSize: Int { line + line - headSize }
    /// The numbers of intervals that wait, 8 bits each, then, at 8, the sums of bytes.
    private static var headSize: Int { 24 }
    @inlinable static var bytesOffset: Int { 8 }
    @inlinable static var rowsOffset: Int { 24 }
    private static var slotsOffset: Int { rowsOffset + 2 * waitingLimit * MemoryLayout<UInt32>.stride }

    @usableFromInline let head: UnsafeMutableRawPointer

    /// Takes memory; the owner's bytes are zero.
    init(maxIntervals: Int) {
        let size = Self.ownersSize + Self.slotsOffset + 2 * MemoryLayout<Slot>.stride
        let memory = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: Self.line)
        unsafe memory.initializeMemory(as: UInt8.self, repeating: 0, count: size)
        unsafe head = memory + Self.ownersSize
        unsafe self.slot(0).initialize(to: Slot(maxIntervals: maxIntervals))
        unsafe self.slot(1).initialize(to: Slot(maxIntervals: maxIntervals))
    }

    /// The pair whose memory has its head there.
    @inlinable
    init(head: UnsafeMutableRawPointer) {
        unsafe self.head = unsafe head
    }

    /// Gives the memory back, with the owner's bytes.
    func free() {
        unsafe slot(0).deinitialize(count: 2)
        unsafe owners.deallocate()
    }

    /// The owner's bytes.
    var owners: UnsafeMutableRawPointer { unsafe head - Self.ownersSize }

    func slot(_ index: Int) -> UnsafeMutablePointer<Slot> {
        unsafe (head + Self.slotsOffset).assumingMemoryBound(to: Slot.self) + index
    }

    @inlinable
    @inline(__always)
    func waitingCount(_ index: Int) -> UnsafeMutablePointer<UInt8> {
        unsafe head.assumingMemoryBound(to: UInt8.self) + index
    }

    @inlinable
    @inline(__always)
    func bytes(_ index: Int) -> UnsafeMutablePointer<UInt64> {
        unsafe (head + Self.bytesOffset).assumingMemoryBound(to: UInt64.self) + index
    }

    @inlinable
    @inline(__always)
    func row(_ index: Int) -> UnsafeMutablePointer<UInt32> {
        unsafe (head + Self.rowsOffset).assumingMemoryBound(to: UInt32.self) + index &* Self.waitingLimit
    }

    /// Counts bytes.
    func count(bytes: UInt64, in index: Int) {
        unsafe self.bytes(index).pointee.addSaturating(bytes)
    }

    /// Notes an interval in nanoseconds, of less than ``tooLong``. If it returns true there is no room left: ``settle(_:)``
    /// has to follow.
    @inlinable
    @inline(__always)
    func note(_ interval: UInt64, in index: Int) -> Bool {
        let count = unsafe waitingCount(index)
        let waiting = unsafe count.pointee
        // Below the limit, because at the limit all are settled before the next comes.
        let place = unsafe row(index) + Int(truncatingIfNeeded: waiting)
        unsafe place.pointee = UInt32(truncatingIfNeeded: interval)
        unsafe count.pointee = waiting &+ 1
        return waiting &+ 1 >= Self.waitingLimit
    }

    /// The shortest interval that a row cannot hold.
    @inlinable static var tooLong: UInt64 { 1 << 32 }

    /// Records any interval.
    @inline(__always)
    func record(_ interval: UInt64, in index: Int) {
        guard interval < Self.tooLong else { return recordLong(interval, in: index) }
        if note(interval, in: index) { settle(index) }
    }

    @inline(never)
    private func recordLong(_ interval: UInt64, in index: Int) {
        // The earlier ones first.
        settle(index)
        unsafe slot(index).pointee.record(interval)
    }

    /// Records in the slot what was noted.
    func settle(_ index: Int) {
        let count = unsafe waitingCount(index)
        unsafe slot(index).pointee.record(row(index), count: Int(count.pointee))
        unsafe count.pointee = 0
    }

    /// Moves the slot's statistics out and resets it.
    func drain(_ index: Int, into window: inout OpenWindow) {
        settle(index)
        let bytes = unsafe bytes(index)
        unsafe slot(index).pointee.drain(bytes: bytes.pointee, into: &window)
        unsafe bytes.pointee = 0
    }
}
