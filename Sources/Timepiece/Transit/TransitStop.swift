import Synchronization

/// A point where transit times end: it recognizes what passes by the stamps on it, or else by its media times.
///
/// A stamp makes one lap, when it comes first; of several on one buffer the oldest counts. What nothing is known of is
/// counted as a stranger, and never guessed.
///
/// - Writer: one thread at a time: ``arrive(start:sequence:instant:)``, ``pass(at:times:)``, ``end()``, ``flush()``. It
///   never waits; it allocates and takes a lock, held elsewhere for a few instructions, only when a start is new.
/// - Readers: one at a time: ``drain()``, ``takeUnmatched()``.
/// - Anybody: the rest.
@safe package final class TransitStop: Sendable {
    /// How things are recognized.
    package enum Correlation: Sendable {
        /// By stamps, by times where a start's stamps never come.
        case auto
        case stamps
        case times
    }

    /// How many starts are kept that are gone but may still have something on its way.
    private static let goneLimit = 32

    @safe struct Writer {
        var origins: [TransitOrigin] = []
        var changes: UInt64 = .max
        /// How many are in the batch of those without a stamp, and which of them were recognized.
        var batched = 0
        var claimed: UInt64 = 0
    }

    // What a buffer touches comes first, together. The writer's own: the origin of the last stamp, which is nearly
    // always that of the next, and how many origins have a stamp on the buffer of now.
    let tree = LapTree()
    // Only the writer follows the pointer.
    private nonisolated(unsafe) let current = unsafe Atomic<UnsafeMutablePointer<TransitOrigin.State>?>(nil)
    let touched = Atomic<Int>(0)
    private let countsFrom = Atomic<UInt64>(0)
    private let passedStore = Atomic<UInt64>(0)
    let correlation: Correlation
    private let group: TransitGroup
    /// The starts that had seen something when this stop was made.
    private let earlier: Set<UInt64>
    // Only the writer touches it.
    nonisolated(unsafe) let writer: UnsafeMutablePointer<Writer>
    private let origins = Mutex<[TransitOrigin]>([])
    private let unmatchedStore = Atomic<UInt64>(0)
    private let unmatchedTaken = Atomic<UInt64>(0)
    private let matchedStore = Atomic<Bool>(false)

    package init(group: TransitGroup, correlation: Correlation) {
        self.group = group
        self.correlation = correlation
        earlier = Set(group.all.filter { $0.issued > 0 }.map(\.identifier))
        unsafe writer = .allocate(capacity: 1)
        unsafe writer.initialize(to: Writer())
        if correlation != .stamps { group.addAsker() }
    }

    /// Lets the starts know that this stop is gone; to be called once, when nothing passes any more.
    package func close() {
        guard correlation != .stamps else { return }
        let satisfied = unsafe writer.pointee.origins.filter { unsafe $0.state.pointee.isStamped }
            .map(\.start.identifier)
        group.removeAsker(butFor: Set(satisfied))
    }

    deinit {
        unsafe writer.deinitialize(count: 1)
        unsafe writer.deallocate()
    }

    /// How many buffers passed.
    package var passed: UInt64 { passedStore.load(ordering: .relaxed) }
    /// Whether any was recognized.
    package var hasMatched: Bool { matchedStore.load(ordering: .relaxed) }

    /// Takes out how many buffers passed since the last time that nothing is known of; for the reader.
    package func takeUnmatched() -> UInt64 {
        let unmatched = unmatchedStore.load(ordering: .relaxed)
        return unmatched &- unmatchedTaken.exchange(unmatched, ordering: .relaxed)
    }

    /// Lets nothing count that started before an instant, because its time contains a pause.
    package func resume(at instant: UInt64) {
        countsFrom.store(instant, ordering: .relaxed)
    }

    /// Takes the laps since the last time out, start by start, all as of one moment.
    package func drain() -> [(origin: TransitOrigin, statistics: Statistics)] {
        let flip = tree.flip()
        let all = origins.withLock { $0 }
        let drained = all.map { (origin: $0, statistics: $0.series.drain(flip)) }
        if all.contains(where: \.isRetired) {
            // What is retired now has been retired before it was drained, or is drained once more.
            let gone = drained.filter { $0.origin.isRetired && $0.statistics.count == 0 }.map(\.origin)
            origins.withLock { $0.removeAll { origin in gone.contains { $0 === origin } } }
        }
        return drained
    }

    /// Notes a stamp that the buffer of now carries; ``pass(at:times:)`` has to follow.
    @inline(__always)
    package func arrive(start: UInt64, sequence: UInt64, instant: UInt64) {
        var state = unsafe current.load(ordering: .relaxed)
        if unsafe state?.pointee.identifier != start { unsafe state = unsafe turnTo(start) }
        guard let state = unsafe state else { return }
        unsafe state.pointee.arrive(sequence)
        let pending = unsafe state.pointee.pending
        if pending == 0 {
            touched.store(touched.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
            if unsafe !state.pointee.isStamped { unsafe noteStamp(state) }
        } else if sequence >= pending {
            return
        }
        unsafe state.pointee.pending = sequence
        unsafe state.pointee.pendingInstant = instant
    }

    /// Counts a buffer without a stamp, or with those that were noted.
    package func pass(at now: UInt64, times: MediaTimes) {
        passedStore.store(passedStore.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
        passOtherwise(at: now, times: times)
    }

    /// Counts a buffer with one stamp, or one stamp beside those that were noted: the same as ``arrive`` and ``pass``.
    @inline(__always)
    package func pass(at now: UInt64, start: UInt64, sequence: UInt64, instant: UInt64) {
        guard let state = unsafe current.load(ordering: .relaxed), unsafe state.pointee.identifier == start,
            unsafe state.pointee.isStamped, touched.load(ordering: .relaxed) == 0
        else {
            arrive(start: start, sequence: sequence, instant: instant)
            pass(at: now, times: MediaTimes(presentation: MediaTimes.none, running: MediaTimes.none))
            return
        }
        passedStore.store(passedStore.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
        unsafe state.pointee.arrive(sequence)
        guard unsafe state.pointee.window.count(sequence), counts(from: instant, to: now) else { return }
        unsafe state.pointee.series._withUnsafeGuaranteedRef { tree.commit(now &- instant, of: $0) }
    }

    /// Stamps of a start get through, so its times need not be remembered for this stop.
    @inline(never)
    private func noteStamp(_ state: UnsafeMutablePointer<TransitOrigin.State>) {
        unsafe state.pointee.isStamped = true
        guard correlation != .stamps else { return }
        let identifier = unsafe state.pointee.identifier
        for origin in unsafe writer.pointee.origins where origin.start.identifier == identifier {
            origin.start.ask(-1)
        }
    }

    /// Waits no longer for anything: the stream ended.
    package func end() {
        judgeBatch()
        for origin in unsafe writer.pointee.origins {
            unsafe origin.state.pointee.settle(upTo: origin.start.issued, counting: true)
        }
    }

    /// Forgets what was on its way: it was thrown away on purpose.
    package func flush() {
        for origin in unsafe writer.pointee.origins {
            unsafe origin.state.pointee.settle(upTo: origin.start.issued, counting: false)
            unsafe origin.state.pointee.running.restart()
            unsafe origin.state.pointee.presentation.restart()
        }
        touched.store(0, ordering: .relaxed)
        unsafe writer.pointee.batched = 0
        unsafe writer.pointee.claimed = 0
    }

    func countStrangers(_ number: UInt64) {
        unmatchedStore.add(number, ordering: .relaxed)
    }

    func noteMatch() {
        matchedStore.store(true, ordering: .relaxed)
    }

    /// Whether a lap that started at an instant counts.
    @inline(__always)
    func counts(from instant: UInt64, to now: UInt64) -> Bool {
        now >= instant && instant >= countsFrom.load(ordering: .relaxed)
    }

    /// Takes the length of the lap that the oldest noted stamp makes, if it makes one.
    @inline(__always)
    func takePending(_ state: UnsafeMutablePointer<TransitOrigin.State>, at now: UInt64) -> UInt64? {
        let sequence = unsafe state.pointee.pending
        let instant = unsafe state.pointee.pendingInstant
        unsafe state.pointee.pending = 0
        guard unsafe state.pointee.window.count(sequence), counts(from: instant, to: now) else { return nil }
        return now &- instant
    }

    /// Finds the origin of a stamp, and makes it the current one.
    @inline(never)
    private func turnTo(_ start: UInt64) -> UnsafeMutablePointer<TransitOrigin.State>? {
        refresh()
        guard let origin = unsafe writer.pointee.origins.first(where: { $0.start.identifier == start }) else {
            return nil
        }
        unsafe current.store(origin.state, ordering: .relaxed)
        return unsafe origin.state
    }

    /// Follows the group's starts if they have changed.
    func refresh() {
        let changes = group.changes
        guard unsafe changes != writer.pointee.changes else { return }
        unsafe writer.pointee.changes = changes
        for start in group.all where unsafe !writer.pointee.origins.contains(where: { $0.start === start }) {
            let origin = TransitOrigin(start: start, isLate: earlier.contains(start.identifier))
            unsafe writer.pointee.origins.append(origin)
            origins.withLock { $0.append(origin) }
        }
        let gone = unsafe writer.pointee.origins.filter(\.start.isClosed)
        for origin in gone.dropLast(Self.goneLimit) {
            unsafe origin.state.pointee.settle(upTo: origin.start.issued, counting: true)
            unsafe writer.pointee.origins.removeAll { $0 === origin }
            if unsafe current.load(ordering: .relaxed) == origin.state { unsafe current.store(nil, ordering: .relaxed) }
            origin.isRetired = true
        }
    }
}
