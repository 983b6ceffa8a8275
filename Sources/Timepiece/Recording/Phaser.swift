public import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Android)
    import Android
#endif

/// Says into which of two slots one thread writes, and makes sure that it is out of the other, without ever making it wait.
///
/// It is the scheme of HdrHistogram's phaser with a single writer: the writer marks its visit by an odd `visits`, then reads
/// `control`, whose lowest bit names the slot; a reader flips that bit, then reads `visits`, and waits until a visit that is
/// under way is over. With a full fence between the two accesses on either side at least one of the two sees the other
/// (Dekker). Where it can, the reader fences for both: see ``ProcessFence``. The writer has no loop, and then no locked
/// instruction either.
///
/// - Writer: one thread at a time: ``enter()``, ``leave()``.
/// - Readers: one at a time: ``flip()``, which ends even if the writer does not.
@usableFromInline
struct Phaser: ~Copyable, Sendable {
    /// Odd while the writer is inside. The highest bit is for good: whether readers fence for the writer. It is there
    /// because the writer has this word at hand.
    @usableFromInline let visits = Atomic<UInt64>(ProcessFence.isAvailable ? readersFenceBit : 0)
    /// Bit 0: the slot to fill. The others are for the owner's use.
    @usableFromInline let control = Atomic<UInt64>(0)
    @inlinable static var readersFenceBit: UInt64 { 1 << 63 }

    /// How many visits are over.
    var ended: UInt64 { (visits.load(ordering: .acquiring) & ~Self.readersFenceBit) >> 1 }
    var readersFence: Bool { visits.load(ordering: .relaxed) & Self.readersFenceBit != 0 }

    /// Begins a visit, and returns `control`, which holds until it is over.
    @inlinable
    @inline(__always)
    func enter() -> UInt64 {
        // The only writer: no other thread changes `visits` between the load and the store.
        let visit = visits.load(ordering: .relaxed) &+ 1
        if visit & Self.readersFenceBit != 0 {
            visits.store(visit, ordering: .relaxed)
            // No instruction on x86, where alone readers fence: it holds the compiler's hand.
            atomicMemoryFence(ordering: .acquiringAndReleasing)
        } else {
            visits.store(visit, ordering: .sequentiallyConsistent)
        }
        return control.load(ordering: .sequentiallyConsistent)
    }

    @inlinable
    @inline(__always)
    func leave() {
        visits.store(visits.load(ordering: .relaxed) &+ 1, ordering: .releasing)
    }

    /// Lets the writer fill the other slot from now on, and returns the one that it is surely out of.
    ///
    /// A visit takes less than a microsecond, or as long as the writing thread is kept from running. When it takes longer
    /// than ``longestWait``, this returns nil: what is in the slot stays there for a later flip.
    func flip() -> Int? {
        let filled = control.bitwiseXor(1, ordering: .sequentiallyConsistent).oldValue & 1
        if readersFence { ProcessFence.fence() }
        let visit = visits.load(ordering: .sequentiallyConsistent)
        guard visit & 1 == 0 || waitForEnd(of: visit) else { return nil }
        return Int(truncatingIfNeeded: filled)
    }

    /// How long a reader waits for the end of a visit.
    static var longestWait: Duration { .milliseconds(100) }

    private func waitForEnd(of visit: UInt64) -> Bool {
        let end = MonotonicInstant.now().advanced(by: Self.longestWait)
        var attempts = 0
        while visits.load(ordering: .acquiring) == visit {
            attempts += 1
            // Yielding is not enough where a writer of a lower priority shares the processor.
            if attempts < 100 { sched_yield() } else { usleep(50) }
            guard MonotonicInstant.now() < end else { return false }
        }
        return true
    }
}
