import Timepiece

extension SenderState {
    /// Decides what the thread does next.
    package mutating func nextStep(at now: Moment) -> SenderStep {
        collect(at: now)
        if !closedIntervals.isEmpty, now.boot >= minutesDue || flushDeadline != nil || isClosing {
            defer { closedIntervals = [] }
            minutesDue = BootInstant(nanoseconds: .max)
            isCondensing = true
            return .condense(closedIntervals)
        }
        let canStore = canStoreEver && now.boot >= nextStore
        if canStore, !removed.isEmpty || !released.isEmpty {
            return .settle(
                removed: removed.sorted(), released: released.map { (row: $0.key, isUncertain: $0.value) })
        }
        let isReady = now.boot >= notBefore
        // What goes wrong again and again is not tried while somebody waits for the end.
        let givesUp = flushDeadline != nil && (failures > 0 || isOver(now))
        if canStore, !fresh.isEmpty, !isReady || givesUp {
            storing = fresh
            fresh = []
            return .store(storing)
        }
        endHaste(at: now)
        if isClosing, isFlushed || isRescued && flying == nil { return .finish }
        if isReady, let step = nextDelivery(at: now) { return step }
        return .wait(until: nextEvent(isReady: isReady, now: now))
    }

    /// Takes the data made of intervals that are over.
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
        min(configuration.longestPhase, .seconds(openInterval.identity.interval) * configuration.phase)
    }

    private mutating func nextDelivery(at now: Moment) -> SenderStep? {
        if let part = parts.last, flushDeadline == nil || fresh.isEmpty {
            let rows = parts.joined().compactMap(\.row)
            if !rows.isEmpty, claimedAt.duration(to: now.boot) > configuration.renewalAge { return .renew(rows) }
            parts.removeLast()
            if let batch = ship(part, at: now) { return .deliver(batch) }
            return nextStep(at: now)
        }
        if !fresh.isEmpty {
            if let batch = ship(takeNewest(), at: now) { return .deliver(batch) }
            return nextStep(at: now)
        }
        guard configuration.hasSpool, flushDeadline == nil, !isClosing, now.boot >= nextLook, now.boot >= nextStore
        else { return nil }
        return .claim(count: requestCount)
    }

    private var requestCount: Int {
        failures >= configuration.breakerThreshold ? configuration.probeCount : configuration.batchCount
    }

    /// Takes the newest data in memory, all of one namespace and together no more than one request holds.
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

    /// Dates data and makes a request's content of them; drops those that the service will not take for their date.
    private mutating func ship(_ queuedData: [QueuedDatum], at now: Moment) -> Batch? {
        var data: [QueuedDatum] = []
        for var queuedDatum in queuedData {
            switch date(queuedDatum.datum, now: now) {
            case .success(let time):
                queuedDatum.timestamp = TimeGrid.stamp(of: time, interval: queuedDatum.datum.identity.interval)
                data.append(queuedDatum)
            case .failure(let refusal):
                drop(queuedDatum, because: refusal.reason)
            }
        }
        guard let namespace = data.first?.datum.identity.namespace else { return nil }
        batches &+= 1
        var timeout = configuration.requestTimeout
        if let flushDeadline { timeout = max(.milliseconds(200), min(timeout, now.boot.duration(to: flushDeadline))) }
        let batch = Batch(
            number: batches, namespace: namespace, data: data,
            time: clock.wall(at: now.boot, now: now), timeout: timeout)
        flying = batch
        status.requests &+= 1
        return batch
    }

    func isOver(_ now: Moment) -> Bool {
        flushDeadline.map { now.boot >= $0 } ?? false
    }

    private func nextEvent(isReady: Bool, now: Moment) -> BootInstant {
        var next = BootInstant(nanoseconds: .max)
        for openInterval in openIntervals.values where !openInterval.isEmpty {
            next = min(next, openInterval.end(now: now, clock: clock).advanced(by: phase(of: openInterval)))
        }
        if !closedIntervals.isEmpty { next = min(next, minutesDue) }
        if !isReady { next = min(next, notBefore) }
        if isHastened, let flushDeadline { next = min(next, flushDeadline) }
        if configuration.hasSpool {
            let waitsForDisk = !removed.isEmpty || !released.isEmpty || !fresh.isEmpty
            if waitsForDisk { next = min(next, max(nextStore, now.boot.advanced(by: .milliseconds(10)))) }
            let looks = flushDeadline == nil && !isClosing
            if looks { next = min(next, max(nextLook, notBefore, nextStore)) }
        }
        return next
    }
}

/// What the sender's thread is to do next.
package enum SenderStep: Sendable {
    /// Make data of intervals that are over.
    case condense([ClosedInterval])
    /// Put data in the spool.
    case store([QueuedDatum])
    /// Remove data from the spool, and let go of others.
    case settle(removed: [Int64], released: [(row: Int64, isUncertain: Bool)])
    /// Take the newest data from the spool.
    case claim(count: Int)
    /// Prolong the lease of data from the spool.
    case renew([Int64])
    /// Send.
    case deliver(Batch)
    /// Do nothing until then, or until something is published.
    case wait(until: BootInstant)
    /// End: everything is sent or in the spool.
    case finish
}
