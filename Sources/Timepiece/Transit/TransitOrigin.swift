import Synchronization

/// The state of one start at one stop: which of its stamps arrived, the laps they made, and what is still in flight.
///
/// Each stamp that the start issued since the stop waits for it is a lap, lost, merged, in flight, or discarded by a
/// flush or a pause.
@safe package final class TransitOrigin: Sendable {
    /// The part that the stopping thread works on; others read only the atomics.
    @safe struct State: ~Copyable {
        let identifier: UInt64
        let series: Unmanaged<LapSeries>
        let lost = Atomic<UInt64>(0)
        let merged = Atomic<UInt64>(0)
        /// The age from which an open stamp that was overtaken is given up: four times the longest known lap.
        let patience = Atomic<UInt64>(.max)
        /// Whether any buffer was ever recognized, by any means.
        let isKnown = Atomic<Bool>(false)
        /// Whether a path leads from the start to the stop.
        let isConnected = Atomic<Bool>(false)
        /// The number of stamps issued when the path was found.
        let connectedAt = Atomic<UInt64>(0)
        /// Whether buffers had passed the start before the stop was made.
        let isLate: Bool
        /// Whether stamps reach the stop, so that times are not needed.
        var isStamped = false
        var window: ArrivalWindow
        /// The last sequence number of an earlier round.
        var floor: UInt64 = 0
        /// Whether the present buffer carries a stamp of this start, and the stamp that is to make the lap, 0 if none.
        var isNoted = false
        var pending: UInt64 = 0
        var pendingInstant: UInt64 = 0
        var isPendingExact = false
        /// The kinds of elements on the path from the start.
        var path: TransitPath = []
        var trusted: TimeClue.Kind?
        var running = TimeClue()
        var presentation = TimeClue()
        /// By running times, where the first at the stop matches the first at the start.
        var shifted = TimeClue()
        /// How much later the running times are at the stop, in wrapping arithmetic; nil before the first.
        var shift: UInt64?
        /// Whether buffers can no longer be recognized by the shift.
        var isAstray = false
        /// The one whose time contained that of the previous buffer.
        var holder: UInt64 = 0

        init(identifier: UInt64, series: Unmanaged<LapSeries>, isLate: Bool) {
            self.identifier = identifier
            unsafe self.series = unsafe series
            self.isLate = isLate
            window = ArrivalWindow(after: 0)
        }

        mutating func arrive(_ sequence: UInt64) {
            if !isKnown.load(ordering: .relaxed) { meet(sequence) }
            add(window.arrive(sequence))
        }

        /// The first that arrives. A stop that was made later does not know what took another path before.
        private mutating func meet(_ sequence: UInt64) {
            if isLate, sequence > floor { window.restart(after: sequence &- 1) }
            isKnown.store(true, ordering: .relaxed)
        }

        /// Notes a stamp of the present buffer, of which one makes a lap: the stamp that was made for this buffer, or
        /// else the oldest that has not made one.
        mutating func note(_ sequence: UInt64, instant: UInt64, isExact: Bool) {
            arrive(sequence)
            isNoted = true
            guard window.isOpen(sequence) else { return }
            if pending != 0 {
                guard isExact || !isPendingExact, isExact != isPendingExact || sequence < pending else { return }
            }
            pending = sequence
            pendingInstant = instant
            isPendingExact = isExact
        }

        /// Takes the instant of the noted stamp that makes a lap, if one does.
        mutating func takeNoted() -> UInt64? {
            let sequence = pending
            (isNoted, pending, isPendingExact) = (false, 0, false)
            return sequence != 0 && window.resolve(sequence) ? pendingInstant : nil
        }

        /// Gives up those that later ones have overtaken long ago.
        mutating func giveUp(at now: UInt64, of start: TransitStart) {
            let patience = patience.load(ordering: .relaxed)
            guard patience != .max else { return }
            while case let oldest = window.oldestOpen, oldest != 0, let instant = start.instant(of: oldest),
                now > instant, now &- instant > patience
            {
                add(window.giveUpOldest())
            }
        }

        /// Gives up what has not arrived, and counts it as lost or not.
        mutating func settle(upTo issued: UInt64, counting: Bool) {
            let isKnown = isKnown.load(ordering: .relaxed)
            if isLate, !isKnown { window.restart(after: Swift.max(floor, connectedAt.load(ordering: .relaxed))) }
            let departure = window.settle(upTo: issued)
            if counting, isKnown || isConnected.load(ordering: .relaxed) { add(departure) }
            floor = Swift.max(floor, issued)
            (shift, isAstray) = (nil, false)
            if trusted == .shifted { trusted = nil }
            (isNoted, pending, isPendingExact) = (false, 0, false)
        }

        private func add(_ departure: ArrivalWindow.Departure) {
            if departure.lost > 0 { lost.add(departure.lost, ordering: .relaxed) }
            if departure.merged > 0 { merged.add(departure.merged, ordering: .relaxed) }
        }
    }

    /// The buffers in flight from a start.
    package struct UnderWay: Sendable, Equatable {
        package var count: UInt64 = 0
        /// When the oldest passed the start, `UInt64.max` if none is in flight.
        package var oldest: UInt64 = .max
        /// When the oldest of those passed it that none after them has overtaken, `UInt64.max` if there is none.
        package var front: UInt64 = .max

        package init() {}

        /// How long the oldest has been in flight, in nanoseconds while the stream flows; 0 if none is in flight.
        package func age(in time: ActiveTime, at now: UInt64) -> UInt64 {
            count == 0 ? 0 : time.since(oldest, at: now)
        }

        package mutating func add(_ other: UnderWay) {
            count.addSaturating(other.count)
            oldest = min(oldest, other.oldest)
            front = min(front, other.front)
        }
    }

    /// When something passed the start, which the start forgets sooner than it may be asked for.
    private struct Seen {
        private var sequence: UInt64 = 0
        private var instant: UInt64 = 0

        /// `UInt64.max` for one that the start has not given out.
        mutating func instant(of wanted: UInt64, from start: TransitStart) -> UInt64 {
            if sequence != wanted { (sequence, instant) = (wanted, start.instant(of: wanted) ?? .max) }
            return instant
        }
    }

    /// The name of the laps if there are several starts.
    package let name: String
    let start: TransitStart
    let series: LapSeries
    // Used only by the stopping thread, except for the atomics; the memory exists from init to deinit.
    nonisolated(unsafe) let state: UnsafeMutablePointer<State>
    private let lostTaken = Atomic<UInt64>(0)
    private let mergedTaken = Atomic<UInt64>(0)
    private let retiredStore = Atomic<Bool>(false)
    /// The oldest in flight at the last call, and the oldest that no later one had overtaken.
    private let seen = Mutex((oldest: Seen(), front: Seen()))

    init(start: TransitStart, isLate: Bool) {
        self.start = start
        name = start.name
        series = LapSeries()
        unsafe state = .allocate(capacity: 1)
        unsafe state.initialize(
            to: State(
                identifier: start.identifier, series: Unmanaged.passUnretained(series), isLate: isLate))
    }

    deinit {
        unsafe state.deinitialize(count: 1)
        unsafe state.deallocate()
    }

    /// Returns and resets how many stamps of the start were given up; for the reader.
    package func takeLost() -> UInt64 {
        let lost = unsafe state.pointee.lost.load(ordering: .relaxed)
        return lost &- lostTaken.exchange(lost, ordering: .relaxed)
    }

    /// Returns and resets how many arrived only beside others that made the lap; for the reader.
    package func takeMerged() -> UInt64 {
        let merged = unsafe state.pointee.merged.load(ordering: .relaxed)
        return merged &- mergedTaken.exchange(merged, ordering: .relaxed)
    }

    /// The buffers in flight; none if no path is known to lead from the start.
    package var underWay: UnderWay {
        var underWay = UnderWay()
        let isKnown = unsafe state.pointee.isKnown.load(ordering: .relaxed)
        guard unsafe isKnown || state.pointee.isConnected.load(ordering: .relaxed) else { return underWay }
        let oldestOpen = unsafe state.pointee.window.oldestStore.load(ordering: .relaxed)
        let open = unsafe state.pointee.window.openStore.load(ordering: .relaxed)
        let highest = unsafe state.pointee.window.highestStore.load(ordering: .relaxed)
        let waited =
            unsafe isKnown || !state.pointee.isLate
            ? highest : max(highest, state.pointee.connectedAt.load(ordering: .relaxed))
        let issued = start.issued
        let following = issued > waited ? issued &- waited : 0
        underWay.count = following.addingSaturating(open)
        guard underWay.count > 0 else { return underWay }
        (underWay.oldest, underWay.front) = seen.withLock { seen in
            let front = following > 0 ? seen.front.instant(of: waited &+ 1, from: start) : .max
            let isOvertaken = open > 0 && oldestOpen != 0
            return (isOvertaken ? seen.oldest.instant(of: oldestOpen, from: start) : front, front)
        }
        return underWay
    }

    /// Whether a path leads from the start to the stop, from now on.
    func connect(_ leads: Bool) {
        guard unsafe state.pointee.isConnected.load(ordering: .relaxed) != leads else { return }
        unsafe state.pointee.connectedAt.store(start.issued, ordering: .relaxed)
        unsafe state.pointee.isConnected.store(leads, ordering: .relaxed)
    }

    /// Derives from laps how long to wait for overtaken stamps; for the reader.
    func learn(_ laps: Statistics) {
        guard laps.count > 0 else { return }
        let patience = max(laps.maxNanoseconds.multipliedSaturating(by: 4), Self.shortestPatience)
        let known = unsafe state.pointee.patience.load(ordering: .relaxed)
        if known == .max || patience > known { unsafe state.pointee.patience.store(patience, ordering: .relaxed) }
    }

    /// Threads that alternate reorder by less than this, however short the laps are.
    private static let shortestPatience: UInt64 = 10_000_000

    /// Whether the stop is done with this start, so that it can be dropped when it has been read.
    var isRetired: Bool {
        get { retiredStore.load(ordering: .acquiring) }
        set { retiredStore.store(newValue, ordering: .releasing) }
    }
}
