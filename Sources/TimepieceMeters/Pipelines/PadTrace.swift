import Synchronization
import Timepiece

/// A sink pad as the tracer sees it: its element, the element that brings its buffers and, if the element stores them,
/// which buffers are inside and since when.
///
/// It is reused, like ``ElementTrace``, and freed only with its pool.
@safe package final class PadTrace: @unchecked Sendable {
    // Sendable: all fields are atomic, and so is the memory that the pointer refers to.

    /// How many buffers a pad can follow; further ones are counted and have no dwell time.
    static let capacity: UInt64 = 4096
    /// After how many later buffers an overtaken one counts as dropped.
    static let reorderLimit: UInt64 = 256
    /// After this many consecutive buffers that were never seen to enter, the element is known to make its own buffers.
    private static let missLimit: UInt32 = 256

    /// A buffer inside.
    struct Entry: ~Copyable {
        let memory = Atomic<UInt>(0)
        let time = Atomic<UInt64>(0)
        /// When it entered; 0: not written yet, 1: it left.
        let instant = Atomic<UInt64>(0)
    }

    let element = unsafe Atomic<Unmanaged<ElementTrace>?>(nil)
    /// When a thread last left the chain function: one thread at a time is in it, and the others wait for their turn.
    let leftAt = Atomic<UInt64>(0)
    /// The element that brings the buffers.
    let upstream = unsafe Atomic<Unmanaged<ElementTrace>?>(nil)
    /// The pad by which these buffers entered the element upstream, if that stores them.
    let upstreamStore = unsafe Atomic<Unmanaged<PadTrace>?>(nil)
    /// The element's next pad that stores buffers.
    let nextStore = unsafe Atomic<Unmanaged<PadTrace>?>(nil)
    /// The number of the thread that last brought a buffer; 0: none.
    let thread = Atomic<UInt64>(0)
    /// Whether the stream into it has ended.
    let hasEnded = Atomic<Bool>(false)

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

    deinit {
        unsafe ring.load(ordering: .relaxed)?.deallocate()
    }

    /// How many buffers are inside.
    var level: UInt64 {
        let head = head.load(ordering: .relaxed)
        let tail = max(tail.load(ordering: .relaxed), flushedTo.load(ordering: .relaxed))
        return head > tail ? head - tail : 0
    }

    /// Whether it has the memory to follow buffers.
    var isStoring: Bool { unsafe ring.load(ordering: .relaxed) != nil }

    /// Allocates the memory to follow buffers from entering to leaving: 96 KB, of which only the part that was ever in
    /// use is touched.
    func startStoring() {
        guard unsafe ring.load(ordering: .relaxed) == nil else { return }
        let entries = UnsafeMutablePointer<Entry>.allocate(capacity: Int(Self.capacity))
        for index in 0..<Int(Self.capacity) { unsafe (entries + index).initialize(to: Entry()) }
        unsafe ring.store(entries, ordering: .releasing)
    }

    /// Sets the element that brings the buffers, and the pad by which they entered that element if it stores them.
    package func setUpstream(_ element: Unmanaged<ElementTrace>?, store: Unmanaged<PadTrace>?) {
        unsafe upstream.store(element, ordering: .relaxed)
        unsafe upstreamStore.store(store, ordering: .relaxed)
    }

    /// Sets the element that pulls from the element of this pad.
    package func setPuller(_ element: Unmanaged<ElementTrace>?) {
        unsafe setUpstream(element, store: nil)
        unsafe element?._withUnsafeGuaranteedRef { $0.pulls.store(true, ordering: .relaxed) }
    }

    /// A buffer enters. Any thread.
    package func store(memory: UInt, time: UInt64, at now: UInt64) {
        buffers.wrappingAdd(1, ordering: .relaxed)
        if hasEnded.load(ordering: .relaxed) { hasEnded.store(false, ordering: .relaxed) }
        guard let ring = unsafe ring.load(ordering: .acquiring) else { return }
        let before = head.load(ordering: .relaxed)
        let tail = tail.load(ordering: .acquiring)
        // Another thread may have moved the tail beyond the head that was read.
        guard before &- tail < Self.capacity || before < tail else { return }
        let index = head.wrappingAdd(1, ordering: .acquiringAndReleasing).oldValue
        unsafe (ring + slot(index)).pointee.memory.store(memory, ordering: .relaxed)
        unsafe (ring + slot(index)).pointee.time.store(time, ordering: .relaxed)
        unsafe (ring + slot(index)).pointee.instant.store(max(2, now), ordering: .releasing)
        let level = index &+ 1 &- tail
        if level <= Self.capacity { maxLevel.raise(to: level) }
    }

    /// A buffer leaves; the buffers that it overtook were dropped. One thread at a time.
    ///
    /// - Returns: when it entered; nil if that was not seen.
    func take(memory: UInt, time: UInt64, at now: UInt64, reorders: Bool) -> UInt64? {
        guard let ring = unsafe ring.load(ordering: .acquiring),
            misses.load(ordering: .relaxed) < Self.missLimit
        else { return nil }
        let end = head.load(ordering: .acquiring)
        // After a flush the same buffers may enter again.
        var index = max(tail.load(ordering: .relaxed), flushedTo.load(ordering: .relaxed))
        while index < end {
            let instant = unsafe (ring + slot(index)).pointee.instant.load(ordering: .acquiring)
            if instant == 0 { break }
            // A jitter buffer writes its own times.
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

    /// An aggregator pushes a buffer of this time: buffers that are not later are part of it.
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

    /// When the buffer that leaves next entered; nil: none is inside.
    var firstInstant: UInt64? {
        guard let ring = unsafe ring.load(ordering: .acquiring) else { return nil }
        let index = max(tail.load(ordering: .relaxed), flushedTo.load(ordering: .relaxed))
        guard index < head.load(ordering: .acquiring) else { return nil }
        let instant = unsafe (ring + slot(index)).pointee.instant.load(ordering: .acquiring)
        return instant > 1 ? instant : nil
    }

    /// Frees the entries before an index, counting those that never left as dropped, and the entries from there on that
    /// have left.
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

    /// The end of the stream left the element: the buffers that are still inside were dropped.
    func finish() {
        release(upTo: .max)
    }

    /// A flush discards the buffers inside, which do not count as dropped.
    package func flush() {
        flushedTo.store(head.load(ordering: .relaxed), ordering: .relaxed)
    }

    private func slot(_ index: UInt64) -> Int {
        Int(truncatingIfNeeded: index & (Self.capacity &- 1))
    }

    /// The counts, in one value.
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

    /// Returns the counts since the last call.
    func drain() -> Tally {
        Tally(
            buffers: buffers.exchange(0, ordering: .relaxed), dropped: dropped.exchange(0, ordering: .relaxed),
            full: full.exchange(0, ordering: .relaxed), empty: empty.exchange(0, ordering: .relaxed),
            maxLevel: max(maxLevel.exchange(0, ordering: .relaxed), level), dwell: dwell.drain())
    }

    /// Resets it, for another pad.
    func reset() {
        unsafe element.store(nil, ordering: .relaxed)
        unsafe upstream.store(nil, ordering: .relaxed)
        unsafe upstreamStore.store(nil, ordering: .relaxed)
        unsafe nextStore.store(nil, ordering: .relaxed)
        thread.store(0, ordering: .relaxed)
        leftAt.store(0, ordering: .relaxed)
        hasEnded.store(false, ordering: .relaxed)
        misses.store(0, ordering: .relaxed)
        // The ring stays: its memory is reused.
        flush()
        release(upTo: .max)
        _ = drain()
    }
}
