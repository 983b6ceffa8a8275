import Timepiece

extension SenderState {
    /// The request to send everything in memory immediately, or to spool it.
    struct Flush: Sendable {
        /// How many threads wait for it.
        var waiters = 0
        /// When the time of the network ends; nil in normal operation.
        var deadline: BootInstant?
        /// Whether the thread ends with it.
        var isLast = false
        /// The check of the contents of the spool.
        var look = Look.none
    }

    /// A check of the spool in a flush, where data keep their order: data in memory wait there behind older data, so
    /// that a program that ends soon after its start would never send anything, however often it is run.
    enum Look: Sendable {
        case none, wanted, underWay
    }

    /// The request that was pending when the time for a flush was over: its data are also stored, because they may not
    /// arrive.
    struct Rescue: Sendable {
        /// The number of the batch.
        let batch: UInt64
        /// The data of the batch that are not in the spool yet.
        let data: [QueuedDatum]
        /// Where in the spool it is stored; nil until it is.
        var rows: [Int64]?
        /// Whether the service has confirmed it after all.
        var hasArrived = false
    }

    /// Requests that everything in memory be sent immediately, or stored when the time of the network has ended.
    ///
    /// - Parameters:
    ///   - deadline: until when the network is tried.
    ///   - isLast: whether the thread is to end then.
    package mutating func flush(until deadline: BootInstant, isLast: Bool) {
        // A request that nobody waits for must not postpone the end of the time of one who does.
        flush.deadline = flush.waiters == 0 ? deadline : max(deadline, flush.deadline ?? deadline)
        flush.waiters += 1
        flush.isLast = flush.isLast || isLast
        if configuration.keepsOrder, configuration.hasSpool { flush.look = .wanted }
        // Without a spool an attempt now is better than none.
        if !configuration.hasSpool { notBefore = BootInstant(nanoseconds: .min) }
        // If the order matters they are sent next, and everything else waits behind them.
        if !configuration.keepsOrder || failures > 0 { releaseParts() }
    }

    /// Releases data that were taken from the spool and are not being sent.
    private mutating func releaseParts() {
        for queuedDatum in parts.joined() {
            if let row = queuedDatum.row { released[row] = queuedDatum.isUncertain }
        }
        for index in parts.indices { parts[index].removeAll { $0.row != nil } }
        parts.removeAll(where: \.isEmpty)
    }

    /// Requests that everything in memory be sent immediately, or stored by the deadline, while no thread waits for it.
    ///
    /// While threads wait for a flush, its deadline holds for these data, too.
    package mutating func flushSoon(until deadline: BootInstant) {
        guard flush.waiters == 0 else { return }
        flush.deadline = max(deadline, flush.deadline ?? deadline)
    }

    /// Notes that a thread no longer waits for a flush; after the last one, normal operation resumes.
    package mutating func endFlush() {
        flush.waiters = max(0, flush.waiters - 1)
        if flush.waiters == 0, !flush.isLast { (flush.deadline, flush.look) = (nil, .none) }
    }

    /// Ends the check of the spool when the time of the network has ended, or it fails, or the spool cannot be used.
    mutating func endLook(at now: Moment) {
        if isOver(now) || failures > 0 || spoolProblem != nil { flush.look = .none }
        if isOver(now) { releaseParts() }
    }

    /// Resumes normal operation when a flush that no thread waits for is done, or its time is over.
    mutating func endFlushSoon(at now: Moment) {
        guard flush.deadline != nil, flush.waiters == 0, !flush.isLast, isFlushed || isOver(now) else { return }
        flush.deadline = nil
    }

    /// Also stores the data of the pending request when the time of the network has ended.
    ///
    /// The request may reach the service, so the data are stored as uncertain; if the response arrives after all, they
    /// are removed from the spool.
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

    /// Drops data that can be neither sent nor stored at the end: immediately without a spool, and some time after the
    /// deadline if the spool cannot be written.
    mutating func giveUp(at now: Moment) {
        guard flush.isLast, let deadline = flush.deadline else { return }
        guard now.boot >= (configuration.hasSpool ? deadline.advanced(by: configuration.lastPause) : deadline) else {
            return
        }
        for queuedDatum in fresh + parts.joined() { drop(queuedDatum, because: .stopped) }
        for closedInterval in closedIntervals {
            status.drop(SampleTally(data: 1, samples: closedInterval.statistics.count), because: .stopped)
        }
        for datum in held { status.drop(SampleTally(data: 1, samples: datum.count), because: .stopped) }
        held = []
        closedIntervals = []
        fresh = []
        parts = []
        guard configuration.hasSpool else { return }
        // They stay in the spool: those that have arrived as uncertain, when their lease is over.
        removed = [:]
        released = [:]
        if rescue?.rows == nil { rescue = nil }
    }

    /// Takes the outcome of a request whose data were being stored meanwhile.
    mutating func rescueReturned(_ batch: Batch, _ verdict: DeliveryVerdict, now: Moment) {
        switch verdict {
        case .accepted:
            accept(batch, now: now)
        case .acceptedWithout(let refused, let error):
            accept(batch, without: refused, error, now: now)
        case .acceptedPartly(let rejected, let said):
            accept(batch, rejected: rejected, said, now: now)
        default:
            // Data that are neither stored nor being stored are in memory again.
            let isPending = rescue?.rows == nil && storing.isEmpty
            if isPending { rescue = nil }
            return fail(isPending ? batch.data : [], Self.sentence(of: verdict), asked: nil, now: now)
        }
        rescue?.hasArrived = true
        if storing.isEmpty { removeRescued() }
    }

    /// The data of the pending request that have to be stored now.
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
            // Data of a failed request are in memory again; the rest is still being sent, or has arrived.
            if !isBack || rescue?.hasArrived ?? false { storing.removeFirst(min(count, storing.count)) }
            rescue = nil
        }
    }

    /// Removes the data of a request that has arrived after all from the spool.
    mutating func removeRescued() {
        guard let rescue else { return }
        if rescue.hasArrived {
            for (row, queuedDatum) in zip(rescue.rows ?? [], rescue.data) { removed[row] = queuedDatum.datum.count }
        }
        self.rescue = nil
    }

    private static func sentence(of verdict: DeliveryVerdict) -> String {
        switch verdict {
        case .accepted, .acceptedWithout, .acceptedPartly: ""
        case .throttled(let error, _), .failed(let error, _, _), .unauthorized(let error), .wrongTime(let error),
            .refused(let error), .rejected(let error), .tooLong(let error):
            error
        }
    }
}
