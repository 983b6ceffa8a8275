import Synchronization
import Timepiece

/// A sink pad as the tracer sees it: whose it is, who brings its buffers, and, of an element that stores them, which are
/// inside and since when.
///
/// Never freed but reused, as ``ElementTrace``.
@safe package final class PadTrace: @unchecked Sendable {
    // Sendable: all of it is atomic, and what the pointer leads to, too.

    /// How many buffers a pad can follow; those beyond are counted and have no dwell time.
    static let capacity: UInt64 = 4096
    /// How many buffers later one that was overtaken counts as dropped.
    static let reorderLimit: UInt64 = 256
    /// After so many buffers in a row that were never seen to enter, the element makes buffers of its own.
    private static let missLimit: UInt32 = 256

    /// A buffer inside.
    struct Entry: ~Copyable {
        let memory = Atomic<UInt>(0)
        let time = Atomic<UInt64>(0)
        /// When it came; 0: not written yet, 1: it left.
        let instant = Atomic<UInt64>(0)
    }

    let element = unsafe Atomic<Unmanaged<ElementTrace>?>(nil)
    /// The element that brings the buffers.
    let upstream = unsafe Atomic<Unmanaged<ElementTrace>?>(nil)
    /// The pad by which these buffers went into the element upstream, if that stores them.
    let upstreamStore = unsafe Atomic<Unmanaged<PadTrace>?>(nil)
    /// The element's next pad that stores buffers.
    let nextStore = unsafe Atomic<Unmanaged<PadTrace>?>(nil)
    /// The number of the thread that last brought a buffer; 0: none.
    let thread = Atomic<UInt64>(0)

    private let ring = unsafe Atomic<UnsafeMutablePointer<Entry>?>(nil)
    private let head = Atomic<UInt64>(0)
    private let tail = Atomic<UInt64>(0)
    private let flushedTo = Atomic<UInt64>(0)
    private let misses = Atomic<UInt32>(0)
    let buffers = Atomic<UInt64>(0)
    let dropped = Atomic<UInt64>(0)
    let full = Atomic<UInt64>(0)
    let empty = Atomic<UInt64>(0)
    private let maxLevel = Atomic<UInt64>(0)
    let dwell = SharedHistogram()

    init() {}

    /// How many buffers are inside.
    var level: UInt64 {
        let head = head.load(ordering: .relaxed)
        let tail = max(tail.load(ordering: .relaxed), flushedTo.load(ordering: .relaxed))
        return head > tail ? head - tail : 0
    }

    /// Gets the memory to follow buffers from entering to leaving, 96 KB of which as much is touched as was ever inside.
    func startStoring() {
        guard unsafe ring.load(ordering: .relaxed) == nil else { return }
        let entries = UnsafeMutablePointer<Entry>.allocate(capacity: Int(Self.capacity))
        for index in 0..<Int(Self.capacity) { unsafe (entries + index).initialize(to: Entry()) }
        unsafe ring.store(entries, ordering: .releasing)
    }

    /// Says who brings the buffers, and by which pad they went into that element if it stores them.
    package func setUpstream(_ element: Unmanaged<ElementTrace>?, store: Unmanaged<PadTrace>?) {
        unsafe upstream.store(element, ordering: .relaxed)
        unsafe upstreamStore.store(store, ordering: .relaxed)
    }

    /// Says who pulls from the element of this pad.
    package func setPuller(_ element: Unmanaged<ElementTrace>?) {
        unsafe setUpstream(element, store: nil)
        unsafe element?._withUnsafeGuaranteedRef { $0.pulls.store(true, ordering: .relaxed) }
    }

    /// A buffer goes in. Any thread.
    package func store(memory: UInt, time: UInt64, at now: UInt64) {
        buffers.wrappingAdd(1, ordering: .relaxed)
        guard let ring = unsafe ring.load(ordering: .acquiring) else { return }
        let before = head.load(ordering: .relaxed)
        let tail = tail.load(ordering: .acquiring)
        // Another thread may have moved the tail beyond what was read of the head.
        guard before &- tail < Self.capacity || before < tail else { return }
        let index = head.wrappingAdd(1, ordering: .acquiringAndReleasing).oldValue
        unsafe (ring + slot(index)).pointee.memory.store(memory, ordering: .relaxed)
        unsafe (ring + slot(index)).pointee.time.store(time, ordering: .relaxed)
        unsafe (ring + slot(index)).pointee.instant.store(max(2, now), ordering: .releasing)
        let level = index &+ 1 &- tail
        if level <= Self.capacity { maxLevel.raise(to: level) }
    }

    /// A buffer comes out; what it overtook was dropped. One thread at a time.
    ///
    /// - Returns: when it went in, nil if it was not seen to.
    func take(memory: UInt, time: UInt64, at now: UInt64, reorders: Bool) -> UInt64? {
        guard let ring = unsafe ring.load(ordering: .acquiring),
            misses.load(ordering: .relaxed) < Self.missLimit
        else { return nil }
        let end = head.load(ordering: .acquiring)
        // After a flush the same buffers may come again.
        var index = max(tail.load(ordering: .relaxed), flushedTo.load(ordering: .relaxed))
        while index < end {
            let instant = unsafe (ring + slot(index)).pointee.instant.load(ordering: .acquiring)
            if instant == 0 { break }
            // A jitter buffer writes times of its own.
            if instant != 1, unsafe (ring + slot(index)).pointee.memory.load(ordering: .relaxed) == memory,
                unsafe reorders || (ring + slot(index)).pointee.time.load(ordering: .relaxed) == time
            {
                misses.store(0, ordering: .relaxed)
                unsafe (ring + slot(index)).pointee.instant.store(1, ordering: .relaxed)
                release(upTo: reorders ? index.addingSaturating(1) &- min(index &+ 1, Self.reorderLimit) : index)
                dwell.record(now > instant ? now &- instant : 0)
                return instant
            }
            index &+= 1
        }
        misses.wrappingAdd(1, ordering: .relaxed)
        return nil
    }

    /// An aggregator gives a buffer of this time away: what is not later went into it.
    func take(upTo time: UInt64, at now: UInt64) {
        guard let ring = unsafe ring.load(ordering: .acquiring) else { return }
        let end = head.load(ordering: .acquiring)
        var index = tail.load(ordering: .relaxed)
        while index < end {
            let instant = unsafe (ring + slot(index)).pointee.instant.load(ordering: .acquiring)
            let entered = unsafe (ring + slot(index)).pointee.time.load(ordering: .relaxed)
            guard instant != 0, entered == .max || entered <= time else { break }
            unsafe (ring + slot(index)).pointee.instant.store(0, ordering: .relaxed)
            dwell.record(now > instant ? now &- instant : 0)
            index &+= 1
        }
        tail.store(index, ordering: .releasing)
    }

    /// Frees the entries before an index, counting those that never left as dropped, and those behind it that left.
    private func release(upTo limit: UInt64) {
        guard let ring = unsafe ring.load(ordering: .acquiring) else { return }
        let end = head.load(ordering: .acquiring)
        let flushed = flushedTo.load(ordering: .relaxed)
        var index = tail.load(ordering: .relaxed)
        while index < end {
            let instant = unsafe (ring + slot(index)).pointee.instant.load(ordering: .acquiring)
            if instant == 0 || (instant != 1 && index >= limit) { break }
            if instant != 1, index >= flushed { dropped.wrappingAdd(1, ordering: .relaxed) }
            unsafe (ring + slot(index)).pointee.instant.store(0, ordering: .relaxed)
            index &+= 1
        }
        tail.store(index, ordering: .releasing)
    }

    /// The stream left the element to its end: what is still inside was dropped.
    func finish() {
        release(upTo: .max)
    }

    /// What is inside is thrown away by a flush, and not dropped.
    package func flush() {
        flushedTo.store(head.load(ordering: .relaxed), ordering: .relaxed)
    }

    private func slot(_ index: UInt64) -> Int {
        Int(truncatingIfNeeded: index & (Self.capacity &- 1))
    }

    /// What was counted, in one value.
    struct Tally: Equatable, Sendable {
        var buffers: UInt64 = 0
        var dropped: UInt64 = 0
        var full: UInt64 = 0
        var empty: UInt64 = 0
        var maxLevel: UInt64 = 0
        var dwell = SharedHistogram.Distribution()

        mutating func add(_ other: Tally) {
            buffers.addSaturating(other.buffers)
            dropped.addSaturating(other.dropped)
            full.addSaturating(other.full)
            empty.addSaturating(other.empty)
            maxLevel = max(maxLevel, other.maxLevel)
            dwell.merge(other.dwell)
        }
    }

    /// Takes out what was counted.
    func drain() -> Tally {
        Tally(
            buffers: buffers.exchange(0, ordering: .relaxed), dropped: dropped.exchange(0, ordering: .relaxed),
            full: full.exchange(0, ordering: .relaxed), empty: empty.exchange(0, ordering: .relaxed),
            maxLevel: max(maxLevel.exchange(0, ordering: .relaxed), level), dwell: dwell.drain())
    }

    /// Makes it as new, for another pad.
    func reset() {
        unsafe element.store(nil, ordering: .relaxed)
        unsafe upstream.store(nil, ordering: .relaxed)
        unsafe upstreamStore.store(nil, ordering: .relaxed)
        unsafe nextStore.store(nil, ordering: .relaxed)
        thread.store(0, ordering: .relaxed)
        misses.store(0, ordering: .relaxed)
        // Not the ring: its memory is used again.
        flush()
        release(upTo: .max)
        _ = drain()
    }
}
