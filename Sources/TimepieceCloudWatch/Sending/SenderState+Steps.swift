package import Timepiece

extension SenderState {
    /// Decides what the thread does next.
    package mutating func nextStep(at now: Moment) -> SenderStep {
        collect(at: now)
        takeHeld(at: now)
        endLook(at: now)
        giveUp(at: now)
        if !closedIntervals.isEmpty, now.boot >= minutesDue || flush.deadline != nil || flush.isLast {
            defer { closedIntervals = [] }
            minutesDue = BootInstant(nanoseconds: .max)
            isCondensing = true
            return .condense(closedIntervals)
        }
        let canStore = configuration.hasSpool && now.boot >= nextStore
        if canStore, !isSpoolOpen { return .open }
        rescueFlying(at: now)
        if canStore, !removed.isEmpty || !released.isEmpty {
            return .settle(
                removed: removed.keys.sorted(), released: released.map { (row: $0.key, isUncertain: $0.value) })
        }
        if canStore, let epoch = epochToRemember(at: now) { return .remember(epoch) }
        let isReady = now.boot >= notBefore
        if canStore, !unstoredRescue.isEmpty || !fresh.isEmpty && prefersSpool(at: now) {
            storing = unstoredRescue + fresh
            fresh = []
            return .store(storing)
        }
        endFlushSoon(at: now)
        if flush.isLast, isFlushed, flying == nil { return .finish }
        if isReady, flying == nil, let step = nextDelivery(at: now) { return step }
        return .wait(until: nextEvent(isReady: isReady, now: now))
    }

    /// True if data in memory are spooled first: in a pause after a failure, and while a flush waits, which repeated
    /// failures must not delay.
    ///
    /// If the order matters, they wait there behind older data.
    private func prefersSpool(at now: Moment) -> Bool {
        now.boot < notBefore || flush.deadline != nil && (failures > 0 || isOver(now))
            || configuration.keepsOrder && status.spooled > removed.count
    }

    /// Takes data that were held back for those of other series.
    private mutating func takeHeld(at now: Moment) {
        guard !held.isEmpty, now.boot >= heldUntil || flush.deadline != nil || flush.isLast else { return }
        fresh.append(contentsOf: held.map { QueuedDatum(datum: $0) })
        held = []
        heldUntil = BootInstant(nanoseconds: .max)
        bound()
    }

    /// Takes the data of closed intervals.
    package mutating func condensed(_ data: [Datum]) {
        isCondensing = false
        fresh.append(contentsOf: data.map { QueuedDatum(datum: $0) })
        bound()
    }

    private mutating func collect(at now: Moment) {
        for (publisher, var openInterval) in openIntervals where !openInterval.isEmpty {
            let due = openInterval.end(now: now, clock: clock).advanced(by: phase(of: openInterval))
            guard now.boot >= due else { continue }
            guard let closedInterval = openInterval.takeIfOver(at: now, clock: clock, boot: configuration.boot) else {
                continue
            }
            openIntervals[publisher] = openInterval
            closedIntervals.append(closedInterval)
            minutesDue = min(minutesDue, due)
        }
    }

    func phase(of openInterval: OpenInterval) -> Duration {
        phase(ofInterval: openInterval.identity.interval)
    }

    func phase(ofInterval interval: Int64) -> Duration {
        min(configuration.longestPhase, .seconds(interval) * configuration.phase)
    }

    private mutating func nextDelivery(at now: Moment) -> SenderStep? {
        if let part = parts.last, flush.deadline == nil || fresh.isEmpty {
            let rows = parts.joined().compactMap(\.row)
            if !rows.isEmpty, claimedAt.duration(to: now.boot) > configuration.renewalAge { return .renew(rows) }
            parts.removeLast()
            if let batch = ship(part, at: now) { return .deliver(batch) }
            return nextStep(at: now)
        }
        if !fresh.isEmpty {
            if let batch = ship(configuration.keepsOrder ? takeOldest() : takeNewest(), at: now) {
                return .deliver(batch)
            }
            return nextStep(at: now)
        }
        guard isSpoolOpen, now.boot >= nextStore else { return nil }
        if flush.look == .wanted {
            flush.look = .underWay
        } else {
            guard flush.deadline == nil, !flush.isLast, now.boot >= nextLook else { return nil }
        }
        return .claim(count: requestCount)
    }

    /// Takes the oldest data in memory, together no more than one request holds.
    private mutating func takeOldest() -> [QueuedDatum] {
        var count = 0
        var bytes = 0
        for queuedDatum in fresh {
            bytes += configuration.largestSize(queuedDatum.datum)
            guard count == 0 || count < requestCount && bytes <= configuration.batchBytes else { break }
            count += 1
        }
        defer { fresh.removeFirst(count) }
        return Array(fresh.prefix(count))
    }

    private var requestCount: Int {
        let count = failures >= configuration.breakerThreshold ? configuration.probeCount : configuration.batchCount
        return min(count, largestCount)
    }

    /// Takes the newest data in memory, all of one namespace and together no more than fit into one request.
    private mutating func takeNewest() -> [QueuedDatum] {
        guard let namespace = fresh.last?.datum.identity.namespace else { return [] }
        var taken: [QueuedDatum] = []
        var bytes = 0
        for index in fresh.indices.reversed() where fresh[index].datum.identity.namespace == namespace {
            let size = configuration.largestSize(fresh[index].datum)
            guard taken.isEmpty || taken.count < requestCount && bytes + size <= configuration.batchBytes else { break }
            bytes += size
            taken.append(fresh.remove(at: index))
        }
        return taken.reversed()
    }

    /// Dates data and makes a request of them; drops those that the service does not accept because of their date.
    private mutating func ship(_ queuedData: [QueuedDatum], at now: Moment) -> Batch? {
        var data: [QueuedDatum] = []
        for var queuedDatum in queuedData {
            switch date(queuedDatum.datum, now: now) {
            case .success(let time):
                queuedDatum.timestamp = TimeGrid.stamp(of: time, interval: queuedDatum.datum.identity.interval)
                queuedDatum.correction = .seconds(
                    Int64((queuedDatum.datum.wall.duration(to: time) / .seconds(1)).rounded()))
                data.append(queuedDatum)
            case .failure(let refusal):
                drop(queuedDatum, because: refusal.reason)
            }
        }
        guard let namespace = data.first?.datum.identity.namespace else { return nil }
        batches &+= 1
        var timeout = configuration.requestTimeout
        if let deadline = flush.deadline {
            timeout = max(.milliseconds(200), min(timeout, now.boot.duration(to: deadline)))
        }
        let batch = Batch(
            number: batches, namespace: namespace, data: data,
            time: clock.wall(at: now.boot, now: now), isTimeConfirmed: clock.isConfirmed, timeout: timeout)
        flying = batch
        status.requests &+= 1
        return batch
    }

    func isOver(_ now: Moment) -> Bool {
        flush.deadline.map { now.boot >= $0 } ?? false
    }

    private func nextEvent(isReady: Bool, now: Moment) -> BootInstant {
        var next = BootInstant(nanoseconds: .max)
        for openInterval in openIntervals.values where !openInterval.isEmpty {
            next = min(next, openInterval.end(now: now, clock: clock).advanced(by: phase(of: openInterval)))
        }
        if !closedIntervals.isEmpty { next = min(next, minutesDue) }
        if !held.isEmpty { next = min(next, heldUntil) }
        if !isReady { next = min(next, notBefore) }
        if let deadline = flush.deadline {
            for end in [deadline, deadline.advanced(by: configuration.lastPause)] where end > now.boot {
                next = min(next, end)
            }
        }
        if configuration.hasSpool {
            let waitsForDisk =
                !isSpoolOpen || !removed.isEmpty || !released.isEmpty || !unstoredRescue.isEmpty
                || !fresh.isEmpty && prefersSpool(at: now)
            if waitsForDisk { next = min(next, max(nextStore, now.boot.advanced(by: .milliseconds(10)))) }
            let looks = flush.deadline == nil && !flush.isLast && flying == nil
            if looks { next = min(next, max(nextLook, notBefore, nextStore)) }
        }
        return next
    }
}

/// The next step of the sender's thread.
package enum SenderStep: Sendable {
    /// Make data of closed intervals.
    case condense([ClosedInterval])
    /// Open the spool.
    case open
    /// Put data in the spool.
    case store([QueuedDatum])
    /// Remove data from the spool, and release others.
    case settle(removed: [Int64], released: [(row: Int64, isUncertain: Bool)])
    /// Take the newest data from the spool.
    case claim(count: Int)
    /// Extend the lease of data from the spool.
    case renew([Int64])
    /// Store the right time at boot, for data in the spool that may outlive this boot.
    case remember(WallTime)
    /// Send, and report the outcome when it is known.
    case deliver(Batch)
    /// Do nothing until then, or until something is published.
    case wait(until: BootInstant)
    /// End: everything is sent or in the spool.
    case finish
}
