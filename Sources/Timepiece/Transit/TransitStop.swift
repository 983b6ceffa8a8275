import Synchronization

/// A point where transit times end: it recognizes buffers by their stamps, or else by their media times.
///
/// A stamp makes one lap, when it first arrives; of several stamps of a start on one buffer one makes the lap, and the
/// others wait for a buffer of their own or are merged. Unrecognized buffers are never guessed.
///
/// - Writer: one thread at a time: ``arrive(start:sequence:instant:isExact:)``, ``pass(at:times:)``, ``end()``,
///   ``flush()``. It never waits; it allocates and takes a lock, held elsewhere for a few instructions, only when a start
///   is new.
/// - Readers: one at a time: ``drain()``, ``takeUnmatched()``.
/// - Any thread: the rest.
@safe package final class TransitStop: Sendable {
    /// How buffers are recognized.
    package enum Correlation: Sendable {
        /// By stamps, and by times if a start's stamps never arrive.
        case auto
        case stamps
        case times
    }

    /// The number of buffers without recognition by time from which only few are searched for.
    static let fruitless: UInt64 = 128

    /// How many removed starts are kept that may still have buffers in flight.
    private static let goneLimit = 32
    /// The total number of starts from which one elsewhere is not admitted, because a process could forge any number of
    /// them.
    private static let originLimit = 256

    /// The starts of the group, as far as they are known here.
    private struct Enrolled {
        var origins: [TransitOrigin] = []
        var changes: UInt64 = .max
        /// The starts from which a path leads here, nil as long as the paths are not known.
        var upstream: [UInt64: TransitPath]?
    }

    @safe struct Writer {
        var origins: [TransitOrigin] = []
        /// The members of `origins` that are searched if a buffer has no stamp.
        var upstream: [UInt64: TransitPath]?
        var changes: UInt64 = .max
        var pathChanges: UInt64 = 0
        /// The number of buffers in the batch of those without a stamp, and which of them were recognized.
        var batched = 0
        var claimed: UInt64 = 0
        /// The number of consecutive batches without recognition, in buffers.
        var unrecognized: UInt64 = 0
    }

    // The fields that a buffer touches come first, together. Used only by the writer: the origin of the last stamp,
    // which is nearly always that of the next, and how many origins have a stamp on the present buffer.
    let tree = LapTree()
    // Only the writer follows the pointer.
    private nonisolated(unsafe) let current = unsafe Atomic<UnsafeMutablePointer<TransitOrigin.State>?>(nil)
    let touched = Atomic<Int>(0)
    private let countsFrom = Atomic<UInt64>(0)
    private let passedStore = Atomic<UInt64>(0)
    /// Whether what started before `countsFrom` counts, less the rest up to there.
    private let isPrerolled = Atomic<Bool>(false)
    private let restedSince = Atomic<UInt64>(.max)
    private let arrivalStore = Atomic<UInt64>(0)
    let correlation: Correlation
    private let group: TransitGroup
    /// The starts that buffers had passed when this stop was made.
    private let earlier: Set<UInt64>
    // Only the writer touches it.
    nonisolated(unsafe) let writer: UnsafeMutablePointer<Writer>
    private let enrolled = Mutex(Enrolled())
    /// Whether a path is known to lead here from any start.
    private let hasUpstream = Atomic<Bool>(false)
    private let unmatchedStore = Atomic<UInt64>(0)
    private let unmatchedTaken = Atomic<UInt64>(0)
    private let matchedStore = Atomic<Bool>(false)
    private let pathChanges = Atomic<UInt64>(0)

    package init(group: TransitGroup, correlation: Correlation) {
        self.group = group
        self.correlation = correlation
        earlier = Set(group.all.filter { $0.issued > 0 }.map(\.identifier))
        unsafe writer = .allocate(capacity: 1)
        unsafe writer.initialize(to: Writer())
        if correlation != .stamps { group.addTimeReader() }
    }

    /// Tells the starts that this stop is removed; called once, when no buffer passes any more.
    package func close() {
        guard correlation != .stamps else { return }
        let satisfied = unsafe writer.pointee.origins.filter { unsafe $0.state.pointee.isStamped }
            .map(\.start.identifier)
        group.removeTimeReader(butFor: Set(satisfied))
    }

    deinit {
        unsafe writer.deinitialize(count: 1)
        unsafe writer.deallocate()
    }

    /// How many buffers passed.
    package var passed: UInt64 { passedStore.load(ordering: .relaxed) }
    /// Whether any was recognized.
    package var hasMatched: Bool { matchedStore.load(ordering: .relaxed) }

    /// Returns and resets how many buffers passed while no start was known to be upstream; for the reader.
    ///
    /// If a start is upstream, an unrecognized buffer is one of those that it issued, and is accounted for there.
    package func takeUnmatched() -> UInt64 {
        let unmatched = unmatchedStore.load(ordering: .relaxed)
        return unmatched &- unmatchedTaken.exchange(unmatched, ordering: .relaxed)
    }

    /// The buffers in flight from all starts.
    package var underWay: TransitOrigin.UnderWay {
        enroll().reduce(into: TransitOrigin.UnderWay()) { $0.add($1.underWay) }
    }

    /// Whether the paths have to be searched: there is a start from which nothing has arrived yet.
    package var asksForPaths: Bool {
        enroll().contains { unsafe !$0.state.pointee.isKnown.load(ordering: .relaxed) }
    }

    /// Sets the starts from which a path leads here, by their identifiers, and the kinds of elements on it.
    package func connect(_ upstream: [UInt64: TransitPath]) {
        _ = enroll()
        let connected = enrolled.withLock { enrolled in
            if enrolled.upstream != upstream {
                enrolled.upstream = upstream
                // Lets the writer update.
                pathChanges.add(1, ordering: .releasing)
            }
            for origin in enrolled.origins { origin.connect(upstream[origin.start.identifier] != nil) }
            return enrolled.origins.contains { upstream[$0.start.identifier] != nil }
        }
        if connected { hasUpstream.store(true, ordering: .relaxed) }
    }

    /// Excludes everything that started before an instant, because its time contains a pause.
    package func resume(at instant: UInt64) {
        isPrerolled.store(false, ordering: .relaxed)
        countsFrom.store(instant, ordering: .relaxed)
    }

    /// The stream does not flow yet: it prepares to.
    package func hold() {
        isPrerolled.store(true, ordering: .relaxed)
        countsFrom.store(.max, ordering: .relaxed)
    }

    /// The stream is about to flow: buffers that started before count without the time in which nothing moved.
    package func release(at instant: UInt64, restedSince rest: UInt64) {
        restedSince.store(rest, ordering: .relaxed)
        countsFrom.store(instant, ordering: .relaxed)
    }

    /// When the last buffer arrived before it flowed, 0 for none.
    package var lastArrival: UInt64 { arrivalStore.load(ordering: .relaxed) }

    /// Removes and returns the laps since the last time, start by start, all as of one moment.
    package func drain() -> [(origin: TransitOrigin, statistics: Statistics)] {
        let all = enroll()
        let flip = tree.flip()
        let drained = all.map { (origin: $0, statistics: $0.series.drain(flip)) }
        for (origin, statistics) in drained { origin.learn(statistics) }
        if all.contains(where: \.isRetired) {
            // An origin retired now was retired before it was drained, or is drained once more.
            let gone = drained.filter { $0.origin.isRetired && $0.statistics.count == 0 }.map(\.origin)
            enrolled.withLock { $0.origins.removeAll { origin in gone.contains { $0 === origin } } }
        }
        return drained
    }

    /// Notes a stamp of the present buffer; ``pass(at:times:)`` has to follow. `isExact`: the stamp was made for a
    /// buffer of the same time.
    package func arrive(start: UInt64, sequence: UInt64, instant: UInt64, isExact: Bool = false) {
        var state = unsafe current.load(ordering: .relaxed)
        if unsafe state?.pointee.identifier != start { unsafe state = unsafe switchTo(start) }
        guard let state = unsafe state else { return }
        if start & TransitStart.elsewhere != 0 { observe(sequence, at: instant, of: start) }
        if unsafe !state.pointee.isNoted {
            touched.store(touched.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
            if unsafe !state.pointee.isStamped { unsafe noteStamp(state) }
        }
        unsafe state.pointee.note(sequence, instant: instant, isExact: isExact)
    }

    /// Counts a buffer without a stamp, or with the noted ones.
    package func pass(at now: UInt64, times: MediaTimes) {
        passedStore.store(passedStore.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
        arrivalStore.store(now, ordering: .relaxed)
        passOtherwise(at: now, times: times)
    }

    /// Counts a buffer with one stamp: the same as ``arrive`` and ``pass``.
    @inline(__always)
    package func pass(at now: UInt64, start: UInt64, sequence: UInt64, instant: UInt64) {
        guard let state = unsafe current.load(ordering: .relaxed), unsafe state.pointee.identifier == start,
            unsafe state.pointee.isStamped, counts(from: instant, to: now),
            unsafe state.pointee.window.takeNext(sequence)
        else {
            arrive(start: start, sequence: sequence, instant: instant)
            pass(at: now, times: MediaTimes(presentation: MediaTimes.none, running: MediaTimes.none))
            return
        }
        passedStore.store(passedStore.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
        unsafe state.pointee.series._withUnsafeGuaranteedRef { tree.commit(now &- instant, of: $0) }
    }

    /// Stamps of a start get through, so its times need not be remembered for this stop.
    @inline(never)
    private func noteStamp(_ state: UnsafeMutablePointer<TransitOrigin.State>) {
        unsafe state.pointee.isStamped = true
        hasUpstream.store(true, ordering: .relaxed)
        guard correlation != .stamps else { return }
        let identifier = unsafe state.pointee.identifier
        for origin in unsafe writer.pointee.origins where origin.start.identifier == identifier {
            origin.start.ask(-1)
        }
    }

    /// Gives up everything expected: the stream ended.
    package func end() {
        judgeBatch()
        refresh()
        for origin in unsafe writer.pointee.origins {
            unsafe origin.state.pointee.settle(upTo: origin.start.issued, counting: true)
        }
    }

    /// Discards everything in flight: a flush has discarded the buffers.
    package func flush() {
        refresh()
        for origin in unsafe writer.pointee.origins {
            unsafe origin.state.pointee.settle(upTo: origin.start.issued, counting: false)
            unsafe origin.state.pointee.running.restart()
            unsafe origin.state.pointee.presentation.restart()
            unsafe origin.state.pointee.shifted.restart()
        }
        touched.store(0, ordering: .relaxed)
        unsafe writer.pointee.batched = 0
        unsafe writer.pointee.claimed = 0
        unsafe writer.pointee.unrecognized = 0
    }

    func countUnmatched(_ number: UInt64) {
        guard !hasUpstream.load(ordering: .relaxed) else { return }
        unmatchedStore.add(number, ordering: .relaxed)
    }

    func noteMatch() {
        matchedStore.store(true, ordering: .relaxed)
        hasUpstream.store(true, ordering: .relaxed)
    }

    /// Whether a lap that started at an instant counts.
    @inline(__always)
    func counts(from instant: UInt64, to now: UInt64) -> Bool {
        now >= instant && instant >= countsFrom.load(ordering: .relaxed)
    }

    /// The length of a lap that started at an instant; nil if it does not count.
    func length(from instant: UInt64, to now: UInt64) -> UInt64? {
        if counts(from: instant, to: now) { return now &- instant }
        guard now >= instant, isPrerolled.load(ordering: .relaxed) else { return nil }
        let restBegan = max(instant, restedSince.load(ordering: .relaxed))
        let restEnded = min(now, countsFrom.load(ordering: .relaxed))
        return now &- instant &- (restEnded > restBegan ? restEnded &- restBegan : 0)
    }

    /// Finds the origin of a stamp, and makes it the current one.
    @inline(never)
    private func switchTo(_ start: UInt64) -> UnsafeMutablePointer<TransitOrigin.State>? {
        refresh()
        guard
            let origin = unsafe writer.pointee.origins.first(where: { $0.start.identifier == start })
                ?? (start & TransitStart.elsewhere != 0 ? meet(start) : nil)
        else { return nil }
        unsafe current.store(origin.state, ordering: .relaxed)
        return unsafe origin.state
    }

    /// Admits a start that is elsewhere, such as in another process: only its stamps are known, so it stays as long as
    /// not too many others arrive after it.
    ///
    /// Removed ones stay until their laps are drained; nil if there are too many.
    private func meet(_ elsewhere: UInt64) -> TransitOrigin? {
        guard enrolled.withLock({ $0.origins.count }) < Self.originLimit else { return nil }
        let start = TransitStart(name: "elsewhere", identifier: elsewhere)
        start.close()
        let origin = TransitOrigin(start: start, isLate: true)
        enrolled.withLock { $0.origins.append(origin) }
        pathChanges.add(1, ordering: .releasing)
        refresh()
        return origin
    }

    /// A start elsewhere has issued the stamps that arrived from there, and those before them.
    private func observe(_ sequence: UInt64, at instant: UInt64, of elsewhere: UInt64) {
        for origin in unsafe writer.pointee.origins where origin.start.identifier == elsewhere {
            origin.start.observe(sequence, at: instant)
        }
    }

    /// Follows the group's starts and the paths from them if they have changed; for the writer.
    func refresh() {
        let changes = group.changes
        let paths = pathChanges.load(ordering: .acquiring)
        guard unsafe changes != writer.pointee.changes || paths != writer.pointee.pathChanges else { return }
        unsafe (writer.pointee.changes, writer.pointee.pathChanges) = (changes, paths)
        unsafe writer.pointee.origins = enroll().filter { !$0.isRetired }
        unsafe writer.pointee.upstream = enrolled.withLock { $0.upstream }
        for origin in unsafe writer.pointee.origins {
            let path = unsafe writer.pointee.upstream?[origin.start.identifier]
            unsafe origin.state.pointee.path = path ?? []
        }
        let gone = unsafe writer.pointee.origins.filter(\.start.isClosed)
        for origin in gone.dropLast(Self.goneLimit) {
            unsafe origin.state.pointee.settle(upTo: origin.start.issued, counting: true)
            unsafe writer.pointee.origins.removeAll { $0 === origin }
            if unsafe current.load(ordering: .relaxed) == origin.state { unsafe current.store(nil, ordering: .relaxed) }
            origin.isRetired = true
        }
    }

    /// Admits the new starts of the group, and returns all.
    private func enroll() -> [TransitOrigin] {
        let changes = group.changes
        return enrolled.withLock { enrolled in
            guard changes != enrolled.changes else { return enrolled.origins }
            enrolled.changes = changes
            for start in group.all where !enrolled.origins.contains(where: { $0.start === start }) {
                let origin = TransitOrigin(start: start, isLate: earlier.contains(start.identifier))
                if let upstream = enrolled.upstream { origin.connect(upstream[start.identifier] != nil) }
                enrolled.origins.append(origin)
            }
            return enrolled.origins
        }
    }
}

/// Counts a buffer with one stamp, with the stop as an argument like the others, so that a caller can jump here.
package func transitPass(
    _ stop: Unmanaged<TransitStop>, at now: UInt64, start: UInt64, sequence: UInt64, instant: UInt64
) {
    unsafe stop._withUnsafeGuaranteedRef { $0.pass(at: now, start: start, sequence: sequence, instant: instant) }
}
