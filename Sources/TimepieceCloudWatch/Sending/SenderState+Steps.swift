import Timepiece

extension SenderState {
    /// Decides what the thread does next.
    package mutating func nextStep(at now: Moment) -> SenderStep {
        collect(at: now)
        if !minutes.isEmpty, now.boot >= minutesDue || flushDeadline != nil || isClosing {
            defer { minutes = [] }
            minutesDue = BootInstant(nanoseconds: .max)
            isCondensing = true
            return .condense(minutes)
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
        fresh.append(contentsOf: data.map { Parcel(datum: $0) })
        bound()
    }

    private mutating func collect(at now: Moment) {
        for (publisher, var gathering) in gatherings where !gathering.isEmpty {
            let due = gathering.end(now: now, clock: clock).advanced(by: phase(of: gathering))
            guard now.boot >= due else { continue }
            guard let minute = gathering.takeIfOver(at: now, clock: clock, boot: configuration.boot) else { continue }
            gatherings[publisher] = gathering
            minutes.append(minute)
            minutesDue = min(minutesDue, due)
        }
    }

    func phase(of gathering: Gathering) -> Duration {
        min(configuration.longestPhase, .seconds(gathering.identity.interval) * configuration.phase)
    }

    private mutating func nextDelivery(at now: Moment) -> SenderStep? {
        if let part = parts.last, flushDeadline == nil || fresh.isEmpty {
            let rows = parts.joined().compactMap(\.row)
            if !rows.isEmpty, claimedAt.duration(to: now.boot) > configuration.renewalAge { return .renew(rows) }
            parts.removeLast()
            if let shipment = ship(part, at: now) { return .deliver(shipment) }
            return nextStep(at: now)
        }
        if !fresh.isEmpty {
            if let shipment = ship(takeNewest(), at: now) { return .deliver(shipment) }
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
    private mutating func takeNewest() -> [Parcel] {
        guard let namespace = fresh.last?.datum.identity.namespace else { return [] }
        var taken: [Parcel] = []
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
    private mutating func ship(_ parcels: [Parcel], at now: Moment) -> Shipment? {
        var good: [Parcel] = []
        var data: [StampedDatum] = []
        for parcel in parcels {
            switch date(parcel.datum, now: now) {
            case .success(let time):
                good.append(parcel)
                data.append(
                    StampedDatum(
                        datum: parcel.datum,
                        timestamp: TimeGrid.stamp(of: time, interval: parcel.datum.identity.interval)))
            case .failure(let refusal):
                drop(parcel, because: refusal.reason)
            }
        }
        guard let namespace = good.first?.datum.identity.namespace else { return nil }
        shipments &+= 1
        var timeout = configuration.requestTimeout
        if let flushDeadline { timeout = max(.milliseconds(200), min(timeout, now.boot.duration(to: flushDeadline))) }
        let shipment = Shipment(
            number: shipments, namespace: namespace, parcels: good, data: data,
            time: clock.wall(at: now.boot, now: now), timeout: timeout)
        flying = shipment
        status.requests &+= 1
        return shipment
    }

    func isOver(_ now: Moment) -> Bool {
        flushDeadline.map { now.boot >= $0 } ?? false
    }

    private func nextEvent(isReady: Bool, now: Moment) -> BootInstant {
        var next = BootInstant(nanoseconds: .max)
        for gathering in gatherings.values where !gathering.isEmpty {
            next = min(next, gathering.end(now: now, clock: clock).advanced(by: phase(of: gathering)))
        }
        if !minutes.isEmpty { next = min(next, minutesDue) }
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
    case condense([Minute])
    /// Put data in the spool.
    case store([Parcel])
    /// Remove data from the spool, and let go of others.
    case settle(removed: [Int64], released: [(row: Int64, isUncertain: Bool)])
    /// Take the newest data from the spool.
    case claim(count: Int)
    /// Prolong the lease of data from the spool.
    case renew([Int64])
    /// Send.
    case deliver(Shipment)
    /// Do nothing until then, or until something is published.
    case wait(until: BootInstant)
    /// End: everything is sent or in the spool.
    case finish
}
