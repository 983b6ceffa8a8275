public import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Android)
    import Android
#elseif canImport(Darwin)
    import Darwin
#endif

/// Says into which of two slots one thread writes, and makes sure that it is out of the other, without ever making it wait.
///
/// It is the scheme of HdrHistogram's phaser with a single writer: the writer marks its visit by an odd `visits`, then reads
/// `control`, whose lowest bit names the slot; a reader flips that bit, then reads `visits`, and waits until a visit that is
/// under way is over. With a full fence between the two accesses on either side at least one of the two sees the other
/// (Dekker). Where it can, the reader fences for both: see ``ProcessFence``. The writer has no loop, and then no locked
/// instruction either.
///
/// - Writer: one thread at a time: ``enter()``, ``leave()``; or many, of which one is inside: ``enterInTurn()``, ``leave()``.
/// - Readers: one at a time: ``flip()``, which ends even if the writer does not.
@usableFromInline
struct Phaser: ~Copyable, Sendable {
    /// Odd while the writer is inside. The highest bit is for good: whether readers fence for the writer. It is there
    /// because the writer has this word at hand.
    @usableFromInline let visits: Atomic<UInt64>
    /// Bit 0: the slot to fill. The others are for the owner's use.
    @usableFromInline let control = Atomic<UInt64>(0)
    @inlinable static var readersFenceBit: UInt64 { 1 << 63 }

    /// A test asks for the way of other machines than its own.
    init(readersFence: Bool = ProcessFence.isAvailable) {
        visits = Atomic(readersFence ? Self.readersFenceBit : 0)
    }

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

    /// Begins a visit when no other thread is inside, and returns `control`, which holds until it is over.
    ///
    /// The mark of the visit is the lock of the writers, so it costs one locked instruction, which is the fence as well, and
    /// leaving costs none. A visit takes less than 100 ns, so a thread that finds another inside tries again; where that one is
    /// kept from running, this one sleeps in between, so that a writer of a lower priority gets the processor, too.
    @inlinable
    @inline(__always)
    func enterInTurn() -> UInt64 {
        let visit = visits.load(ordering: .relaxed)
        if visit & 1 != 0 || !begin(after: visit) { waitForTurn() }
        return control.load(ordering: .sequentiallyConsistent)
    }

    @inlinable
    @inline(__always)
    func begin(after visit: UInt64) -> Bool {
        visits.weakCompareExchange(
            expected: visit, desired: visit &+ 1, successOrdering: .sequentiallyConsistent, failureOrdering: .relaxed
        ).exchanged
    }

    @usableFromInline
    @inline(never)
    func waitForTurn() {
        var attempts = 0
        while true {
            let visit = visits.load(ordering: .relaxed)
            if visit & 1 == 0, begin(after: visit) { return }
            attempts += 1
            if attempts >= 200 { usleep(50) } else if attempts >= 100 { sched_yield() }
        }
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
