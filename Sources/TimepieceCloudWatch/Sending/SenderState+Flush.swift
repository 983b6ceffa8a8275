import Timepiece

extension SenderState {
    /// What is asked for when everything in hand is to go out at once, or to the spool.
    struct Flush: Sendable {
        /// How many threads wait for it.
        var waiters = 0
        /// When the network has had its time; nil while work goes on as usual.
        var deadline: BootInstant?
        /// Whether the thread is to end with it.
        var isLast = false
    }

    /// What was under way when the time for a flush was over: it is stored, too, because it may not arrive.
    struct Rescue: Sendable {
        /// The number of the batch.
        let batch: UInt64
        /// What of the batch is not in the spool yet.
        let data: [QueuedDatum]
        /// Where in the spool it is stored; nil until it is.
        var rows: [Int64]?
        /// Whether the service has confirmed it after all.
        var hasArrived = false
    }

    /// Asks that everything in hand be sent at once, or stored when the network has had its time.
    ///
    /// - Parameters:
    ///   - deadline: until when the network is tried.
    ///   - isLast: whether the thread is to end then.
    package mutating func flush(until deadline: BootInstant, isLast: Bool) {
        flush.waiters += 1
        flush.deadline = max(deadline, flush.deadline ?? deadline)
        flush.isLast = flush.isLast || isLast
        // Without a spool an attempt now is better than none.
        if !configuration.hasSpool { notBefore = BootInstant(nanoseconds: .min) }
        for queuedDatum in parts.joined() {
            if let row = queuedDatum.row { released[row] = queuedDatum.isUncertain }
        }
        for index in parts.indices { parts[index].removeAll { $0.row != nil } }
        parts.removeAll(where: \.isEmpty)
    }

    /// Asks that everything in hand be sent at once, or stored by the deadline, with no thread that waits for it.
    package mutating func flushSoon(until deadline: BootInstant) {
        flush.deadline = max(deadline, flush.deadline ?? deadline)
    }

    /// Notes that a thread waits for a flush no longer; after the last one, work goes on as usual.
    package mutating func endFlush() {
        flush.waiters = max(0, flush.waiters - 1)
        if flush.waiters == 0, !flush.isLast { flush.deadline = nil }
    }

    /// Goes back to work as usual when a flush that no thread waits for is done, or its time is over.
    mutating func endFlushSoon(at now: Moment) {
        guard flush.deadline != nil, flush.waiters == 0, !flush.isLast, isFlushed || isOver(now) else { return }
        flush.deadline = nil
    }

    /// Stores what is under way, too, once the network has had its time.
    ///
    /// It may reach the service, so it is stored as uncertain; if the answer comes after all, it is removed from the spool.
    mutating func rescueFlying(at now: Moment) {
        guard configuration.hasSpool, isOver(now), flush.isLast || flush.waiters > 0, let flying,
            rescue?.batch != flying.number
        else { return }
        var unstored: [QueuedDatum] = []
        for var queuedDatum in flying.data {
            if let row = queuedDatum.row {
                released[row] = true
            } else {
                queuedDatum.isUncertain = true
                unstored.append(queuedDatum)
            }
        }
        rescue = Rescue(batch: flying.number, data: unstored, rows: unstored.isEmpty ? [] : nil)
    }

    /// Drops what can be neither sent nor stored at the end: at once without a spool, and some time after the deadline
    /// where the spool cannot be written.
    mutating func giveUp(at now: Moment) {
        guard flush.isLast, let deadline = flush.deadline else { return }
        guard now.boot >= (configuration.hasSpool ? deadline.advanced(by: configuration.lastPause) : deadline) else {
            return
        }
        for queuedDatum in fresh + parts.joined() { drop(queuedDatum, because: .stopped) }
        for closedInterval in closedIntervals {
            status.drop(SampleTally(data: 1, samples: closedInterval.statistics.count), because: .stopped)
        }
        closedIntervals = []
        fresh = []
        parts = []
        guard configuration.hasSpool else { return }
        // They stay in the spool: what has arrived as uncertain, once its lease is over.
        removed = [:]
        released = [:]
        if rescue?.rows == nil { rescue = nil }
    }

    /// Takes the outcome of a request whose data were to be stored meanwhile.
    mutating func rescueReturned(_ batch: Batch, _ verdict: Verdict, now: Moment) {
        switch verdict {
        case .accepted:
            accept(batch, now: now)
        case .acceptedWithout(let refused, let error):
            accept(batch, without: refused, error, now: now)
        default:
            // What is neither stored nor being stored is in memory again.
            let isPending = rescue?.rows == nil && storing.isEmpty
            if isPending { rescue = nil }
            return fail(isPending ? batch.data : [], Self.sentence(of: verdict), asked: nil, now: now)
        }
        rescue?.hasArrived = true
        if storing.isEmpty { removeRescued() }
    }

    /// What of the request that was under way is to be stored now.
    var unstoredRescue: [QueuedDatum] {
        guard let rescue, rescue.rows == nil, !rescue.hasArrived else { return [] }
        return rescue.data
    }

    /// Takes the rows under which data were stored, those of the rescue first; nil if they could not be.
    mutating func rescued(_ rows: [Int64]?) {
        guard rescue != nil, rescue?.rows == nil else { return }
        let count = rescue?.data.count ?? 0
        let isBack = flying?.number != rescue?.batch
        if let rows {
            rescue?.rows = Array(rows.prefix(count))
            if isBack { removeRescued() }
        } else {
            // What failed meanwhile is in memory again; the rest is still under way, or has arrived.
            if !isBack || rescue?.hasArrived ?? false { storing.removeFirst(min(count, storing.count)) }
            rescue = nil
        }
    }

    /// Removes from the spool what was stored for a request that has arrived after all.
    mutating func removeRescued() {
        guard let rescue else { return }
        if rescue.hasArrived {
            for (row, queuedDatum) in zip(rescue.rows ?? [], rescue.data) { removed[row] = queuedDatum.datum.count }
        }
        self.rescue = nil
    }

    private static func sentence(of verdict: Verdict) -> String {
        switch verdict {
        case .accepted, .acceptedWithout: ""
        case .throttled(let error, _), .failed(let error, _, _), .unauthorized(let error), .wrongTime(let error),
            .refused(let error), .tooLong(let error):
            error
        }
    }
}
