import Timepiece

extension SenderState {
    /// What has to be stored at once, because the time for a flush is over.
    package struct Rescue: Sendable {
        /// Intervals that nobody has made data of yet.
        package var closedIntervals: [ClosedInterval] = []
        /// Data that were not under way.
        package var queuedData: [QueuedDatum] = []
        /// Data that are under way and not in the spool.
        package var flying: [QueuedDatum] = []
        /// Data of the spool to be let go.
        package var released: [(row: Int64, isUncertain: Bool)] = []
    }

    /// Asks that everything in hand be sent at once, or stored, by the deadline.
    ///
    /// - Parameters:
    ///   - deadline: when the one who asks will wait no longer.
    ///   - isLast: whether the thread is to end then.
    package mutating func flush(until deadline: BootInstant, isLast: Bool) {
        flushers += 1
        flushDeadline = max(deadline, flushDeadline ?? deadline)
        isClosing = isClosing || isLast
        // Without a spool an attempt now is better than none.
        if !canStoreEver { notBefore = BootInstant(nanoseconds: .min) }
        for queuedDatum in parts.joined() {
            if let row = queuedDatum.row { released[row] = queuedDatum.isUncertain }
        }
        for index in parts.indices { parts[index].removeAll { $0.row != nil } }
        parts.removeAll(where: \.isEmpty)
    }

    /// Asks that everything in hand be sent at once, or stored by the deadline, though nobody waits for it.
    package mutating func flushSoon(until deadline: BootInstant) {
        isHastened = true
        flushDeadline = max(deadline, flushDeadline ?? deadline)
    }

    /// Goes back to work as usual when nobody waits for a flush any more.
    package mutating func endFlush() {
        flushers -= 1
        if flushers <= 0 {
            flushers = 0
            flushDeadline = nil
            isHastened = false
        }
    }

    /// Goes back to work as usual when what was hastened is done, or its time is over.
    mutating func endHaste(at now: Moment) {
        guard isHastened, flushers == 0, isFlushed || isOver(now) else { return }
        isHastened = false
        flushDeadline = nil
    }

    /// True if the thread is busy with a request, so that only a rescue helps.
    package var isSending: Bool { flying != nil }

    /// Hands over all that is in memory, to be stored by the caller.
    ///
    /// What is under way may reach the service, so it is stored as uncertain; if the answer comes after all and the
    /// process still lives, it is removed from the spool again. Without a spool, what is not under way is dropped, unless
    /// the thread goes on.
    package mutating func rescue() -> Rescue {
        var rescue = Rescue()
        guard canStoreEver else {
            guard isClosing else { return rescue }
            for queuedDatum in fresh + parts.joined() { drop(queuedDatum, because: .stopped) }
            for closedInterval in closedIntervals {
                status.drop(SampleTally(data: 1, samples: closedInterval.statistics.count), because: .stopped)
            }
            closedIntervals = []
            fresh = []
            parts = []
            isRescued = true
            return rescue
        }
        rescue.closedIntervals = closedIntervals
        closedIntervals = []
        rescue.queuedData = fresh + parts.joined().filter { $0.row == nil }
        rescue.released = released.map { (row: $0.key, isUncertain: $0.value) }
        fresh = []
        parts = []
        released = [:]
        if let flying, rescuedShipment != flying.number {
            rescuedShipment = flying.number
            rescuedRows = nil
            hasRescuedArrived = false
            for queuedDatum in flying.data {
                var own = queuedDatum
                own.isUncertain = true
                if let row = own.row {
                    rescue.released.append((row: row, isUncertain: true))
                } else {
                    rescue.flying.append(own)
                }
            }
        }
        isRescued = isClosing
        return rescue
    }

    /// Takes the numbers under which the data that were under way are in the spool.
    package mutating func rescued(_ rows: [Int64]) {
        rescuedRows = rows
        if hasRescuedArrived { removed.formUnion(rows) }
    }

    /// Takes it that a rescue could not be stored: the data are in memory again.
    package mutating func couldNotRescue(_ rescue: Rescue, _ error: String, now: Moment) {
        // What is under way is left to its own outcome, as if nobody had tried.
        rescuedShipment = nil
        storing = rescue.queuedData
        couldNotStore(error, now: now)
        for (row, isUncertain) in rescue.released { released[row] = isUncertain }
        if isClosing {
            for queuedDatum in fresh { drop(queuedDatum, because: .stopped) }
            fresh = []
        }
    }

    /// Takes the outcome of a request whose data have been stored meanwhile.
    mutating func rescueReturned(_ batch: Batch, _ verdict: Verdict, now: Moment) {
        guard verdict == .accepted else { return fail([], Self.sentence(of: verdict), asked: nil, now: now) }
        accept(batch, now: now)
        hasRescuedArrived = true
        if let rescuedRows { removed.formUnion(rescuedRows) }
    }

    private static func sentence(of verdict: Verdict) -> String {
        switch verdict {
        case .accepted: ""
        case .throttled(let error, _), .failed(let error, _, _), .unauthorized(let error), .wrongTime(let error),
            .refused(let error):
            error
        }
    }
}
