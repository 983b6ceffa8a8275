public import Synchronization

/// What a ``Recorder``'s threads tell each other, and what the writer remembers from tick to tick: one line of the cache.
@usableFromInline
struct Lane: ~Copyable, Sendable {
    /// Odd while the writer is inside.
    @usableFromInline let visits = Atomic<UInt64>(0)
    /// Bit 0: the slot to fill. Bits 1 to 31: how often the row of ticks was interrupted. Above: how often it was marked.
    @usableFromInline let control = Atomic<UInt64>(0)
    /// What `control` was at the tick before. Only the writer uses this and the next.
    @usableFromInline let followed = Atomic<UInt64>(0)
    /// The instant of the tick before, ``noInstant`` if there is none to measure from.
    @usableFromInline let previous = Atomic<UInt64>(noInstant)
    @usableFromInline let lastTick = Atomic<UInt64>(0)
    @usableFromInline let lastPosition = Atomic<UInt64>(.max)
    @usableFromInline let firstTickAfterMark = Atomic<UInt64>(0)

    @inlinable static var noInstant: UInt64 { .max }

    init() {}
}
