import Synchronization

/// What one stop knows of one start: which of its stamps came, the laps they made, and what is still under way.
///
/// Of what the start issued since the stop waits for it, each is a lap, lost, merged, under way, or was thrown away by a
/// flush or a pause.
@safe package final class TransitOrigin: Sendable {
    /// The part that the stopping thread works on; others read only the atomics.
    @safe struct State: ~Copyable {
        let identifier: UInt64
        let series: Unmanaged<LapSeries>
        let lost = Atomic<UInt64>(0)
        let merged = Atomic<UInt64>(0)
        /// From which age on an open stamp that was overtaken is given up: four times the longest lap, as far as is known.
        let patience = Atomic<UInt64>(.max)
        /// Whether anything was ever recognized, by whatever.
        let isKnown = Atomic<Bool>(false)
        /// Whether a path leads from the start to the stop.
        let isConnected = Atomic<Bool>(false)
        /// How many had been issued when the path was found.
        let connectedAt = Atomic<UInt64>(0)
        /// Whether the stop was made when the start had already seen something.
        let isLate: Bool
        /// Whether stamps reach the stop, so that times need not be asked.
        var isStamped = false
        var window: ArrivalWindow
        /// What is of an earlier round: up to this sequence number.
        var floor: UInt64 = 0
        /// Whether the buffer of now carries a stamp of this start, and the one that is to make the lap, 0 if none is.
        var isNoted = false
        var pending: UInt64 = 0
        var pendingInstant: UInt64 = 0
        var isPendingExact = false
        var trusted: MediaTimes.Key?
        var running = TimeClue()
        var presentation = TimeClue()

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

        /// The first that comes. A stop that was made later does not know what went another way before.
        private mutating func meet(_ sequence: UInt64) {
            if isLate, sequence > floor { window.restart(after: sequence &- 1) }
            isKnown.store(true, ordering: .relaxed)
        }

        /// Notes a stamp of the buffer of now, of which one makes a lap: the one whose buffer it still is, or else the
        /// oldest that has not made one.
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

        /// Waits no longer for what has not come, and counts it as lost or not.
        mutating func settle(upTo issued: UInt64, counting: Bool) {
            let isKnown = isKnown.load(ordering: .relaxed)
            if isLate, !isKnown { window.restart(after: Swift.max(floor, connectedAt.load(ordering: .relaxed))) }
            let departure = window.settle(upTo: issued)
            if counting, isKnown || isConnected.load(ordering: .relaxed) { add(departure) }
            floor = Swift.max(floor, issued)
            (isNoted, pending, isPendingExact) = (false, 0, false)
        }

        private func add(_ departure: ArrivalWindow.Departure) {
            if departure.lost > 0 { lost.add(departure.lost, ordering: .relaxed) }
            if departure.merged > 0 { merged.add(departure.merged, ordering: .relaxed) }
        }
    }

    /// What is under way from a start.
    package struct UnderWay: Sendable, Equatable {
        package var count: UInt64 = 0
        /// When the oldest passed the start, `UInt64.max` if none is under way.
        package var oldest: UInt64 = .max

        package init() {}

        package mutating func add(_ other: UnderWay) {
            count.addSaturating(other.count)
            oldest = min(oldest, other.oldest)
        }
    }

    /// What the laps are called where there are several starts.
    package let name: String
    let start: TransitStart
    let series: LapSeries
    // The stopping thread's own but for the atomics; the memory is there from init to deinit.
    nonisolated(unsafe) let state: UnsafeMutablePointer<State>
    private let lostTaken = Atomic<UInt64>(0)
    private let mergedTaken = Atomic<UInt64>(0)
    private let retiredStore = Atomic<Bool>(false)
    /// The oldest that was under way when last asked, and when it passed the start.
    private let oldestSeen = Mutex<(sequence: UInt64, instant: UInt64)>((0, 0))

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

    /// Takes out how many stamps of the start have been given up since the last time; for the reader.
    package func takeLost() -> UInt64 {
        let lost = unsafe state.pointee.lost.load(ordering: .relaxed)
        return lost &- lostTaken.exchange(lost, ordering: .relaxed)
    }

    /// Takes out how many came only beside others that made the lap; for the reader.
    package func takeMerged() -> UInt64 {
        let merged = unsafe state.pointee.merged.load(ordering: .relaxed)
        return merged &- mergedTaken.exchange(merged, ordering: .relaxed)
    }

    /// What is under way now; nothing where no path is known to lead from the start.
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
        let oldest = open > 0 && oldestOpen != 0 ? oldestOpen : waited &+ 1
        underWay.oldest = oldestSeen.withLock { seen in
            if seen.sequence != oldest { seen = (oldest, start.instant(of: oldest) ?? .max) }
            return seen.instant
        }
        return underWay
    }

    /// Whether a path leads from the start to the stop, from now on.
    func connect(_ leads: Bool) {
        guard unsafe state.pointee.isConnected.load(ordering: .relaxed) != leads else { return }
        unsafe state.pointee.connectedAt.store(start.issued, ordering: .relaxed)
        unsafe state.pointee.isConnected.store(leads, ordering: .relaxed)
    }

    /// Learns from laps how long to wait for what was overtaken; for the reader.
    func learn(_ laps: Statistics) {
        guard laps.count > 0 else { return }
        let patience = max(laps.maxNanoseconds.multipliedSaturating(by: 4), Self.shortestPatience)
        let known = unsafe state.pointee.patience.load(ordering: .relaxed)
        if known == .max || patience > known { unsafe state.pointee.patience.store(patience, ordering: .relaxed) }
    }

    /// Threads that take turns reorder by less than this, however short the laps are.
    private static let shortestPatience: UInt64 = 10_000_000

    /// Whether the stop is done with this start, so that it can be dropped when it has been read.
    var isRetired: Bool {
        get { retiredStore.load(ordering: .acquiring) }
        set { retiredStore.store(newValue, ordering: .releasing) }
    }
}
