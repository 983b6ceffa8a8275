import Synchronization

/// What one stop knows of one start: which of its stamps came, and the laps they made.
@safe package final class TransitOrigin: Sendable {
    /// The part that the stopping thread works on; only `lost` is read by others.
    @safe struct State: ~Copyable {
        let identifier: UInt64
        let series: Unmanaged<LapSeries>
        let lost = Atomic<UInt64>(0)
        /// Whether the stop was made when the start had already seen something.
        let isLate: Bool
        var window: ArrivalWindow
        /// The oldest stamp that the buffer of now carries, 0 if none.
        var pending: UInt64 = 0
        var pendingInstant: UInt64 = 0
        /// Whether stamps reach the stop, so that times need not be asked.
        var isStamped = false
        /// Whether anything was ever recognized, by whatever.
        var isKnown = false
        var trusted: MediaTimes.Key?
        var running = TimeClue()
        var presentation = TimeClue()

        init(identifier: UInt64, series: Unmanaged<LapSeries>, isLate: Bool) {
            self.identifier = identifier
            unsafe self.series = unsafe series
            self.isLate = isLate
            window = ArrivalWindow(after: 0)
        }

        @inline(__always)
        mutating func arrive(_ sequence: UInt64) {
            if !isKnown { meet(sequence) }
            let newlyLost = window.arrive(sequence)
            if newlyLost > 0 { lost.add(newlyLost, ordering: .relaxed) }
        }

        /// The first that comes. A stop that was made later does not know what went another way before.
        private mutating func meet(_ sequence: UInt64) {
            isKnown = true
            if isLate { window = ArrivalWindow(after: sequence &- 1) }
        }

        /// Waits no longer for what has not come, and counts it as lost or not.
        mutating func settle(upTo sequence: UInt64, counting: Bool) {
            let missing = window.settle(upTo: sequence)
            if counting, isKnown { lost.add(missing, ordering: .relaxed) }
            pending = 0
        }
    }

    /// What the laps are called where there are several starts.
    package let name: String
    let start: TransitStart
    let series: LapSeries
    // The stopping thread's own but for `lost`, which is atomic; the memory is there from init to deinit.
    nonisolated(unsafe) let state: UnsafeMutablePointer<State>
    private let lostTaken = Atomic<UInt64>(0)
    private let retiredStore = Atomic<Bool>(false)

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

    /// Whether the stop is done with this start, so that it can be dropped when it has been read.
    var isRetired: Bool {
        get { retiredStore.load(ordering: .acquiring) }
        set { retiredStore.store(newValue, ordering: .releasing) }
    }
}
