import Timepiece

extension SenderState {
    /// Takes the outcome of a request.
    package mutating func delivered(_ report: DeliveryReport, of number: UInt64, now: Moment) {
        guard let batch = flying, batch.number == number else { return }
        flying = nil
        if let time = report.serviceTime {
            clock.learn(date: time, sent: report.began, received: report.ended)
            status.skew = clock.skew
        }
        if number == rescuedShipment { return rescueReturned(batch, report.verdict, now: now) }
        switch report.verdict {
        case .accepted:
            accept(batch, now: now)
        case .throttled(let error, let asked):
            status.throttled &+= 1
            fail(batch.data, error, asked: asked, now: now)
        case .failed(let error, let isUncertain, let asked):
            var queuedData = batch.data
            if isUncertain { for index in queuedData.indices { queuedData[index].isUncertain = true } }
            fail(queuedData, error, asked: asked, now: now)
        case .unauthorized(let error), .wrongTime(let error):
            guard !hasTriedAgainAtOnce else { return fail(batch.data, error, asked: nil, now: now) }
            // New keys or the right time are at hand now: no reason to wait, once.
            hasTriedAgainAtOnce = true
            status.retried &+= 1
            status.lastError = error
            parts.append(batch.data)
        case .refused(let error):
            refuse(batch.data, error)
        }
    }

    /// Takes it that data are in the spool, and what was dropped there to make room.
    package mutating func stored(dropped: SampleTally, now: Moment) {
        storing = []
        status.drop(dropped, because: .spoolFull)
        nextLook = min(nextLook, max(notBefore, now.boot))
    }

    /// Takes it that the spool could not be written: the data stay in memory.
    package mutating func couldNotStore(_ error: String, now: Moment) {
        fresh = (storing + fresh).sorted { $0.datum.instant < $1.datum.instant }
        storing = []
        couldNotUseSpool(error, now: now)
        bound()
    }

    /// Takes it that the spool could not be used for now.
    package mutating func couldNotUseSpool(_ error: String, now: Moment) {
        status.lastError = error
        nextStore = now.boot.advanced(by: configuration.storePause)
    }

    /// Takes it that the spool has what it was told about data that are done with.
    package mutating func settled(removed done: [Int64], released free: [Int64]) {
        removed.subtract(done)
        for row in free { released[row] = nil }
    }

    /// Takes data from the spool, to be sent.
    package mutating func claimed(_ data: [QueuedDatum], now: Moment) {
        claimedAt = now.boot
        nextLook = now.boot.advanced(by: data.isEmpty ? configuration.lookPause : configuration.backfillPause)
        // What is done with may still lie there if it could not be removed.
        let open = data.filter { queuedDatum in queuedDatum.row.map { !removed.contains($0) } ?? true }
        if !open.isEmpty { parts.append(open) }
    }

    /// Takes it that some data of the spool are still held; others were taken by another process.
    package mutating func renewed(_ held: Set<Int64>, now: Moment) {
        claimedAt = now.boot
        for index in parts.indices {
            parts[index].removeAll { queuedDatum in queuedDatum.row.map { !held.contains($0) } ?? false }
        }
        parts.removeAll(where: \.isEmpty)
    }

    /// Takes what lies in the spool now.
    package mutating func learn(_ summary: SpoolSummary) {
        status.spooled = summary.count
        status.oldest = summary.oldest
    }

    mutating func accept(_ batch: Batch, now: Moment) {
        failures = 0
        hasTriedAgainAtOnce = false
        notBefore = BootInstant(nanoseconds: .min)
        status.lastSuccess = clock.wall(at: now.boot, now: now)
        for queuedDatum in batch.data {
            status.sent.add(queuedDatum.datum)
            if queuedDatum.isUncertain { status.uncertain.add(queuedDatum.datum) }
            if let row = queuedDatum.row { removed.insert(row) }
        }
    }

    mutating func fail(_ queuedData: [QueuedDatum], _ error: String, asked: Duration?, now: Moment) {
        failures += 1
        status.retried &+= 1
        status.lastError = error
        let pause = Backoff.pause(after: failures, asked: asked, random: configuration.random())
        notBefore = now.boot.advanced(by: pause)
        nextLook = notBefore
        for queuedDatum in queuedData + parts.joined() {
            if let row = queuedDatum.row { released[row] = queuedDatum.isUncertain } else { fresh.append(queuedDatum) }
        }
        parts = []
        fresh.sort { $0.datum.instant < $1.datum.instant }
        bound()
    }

    /// Halves what was refused, until the one datum stands alone that the service will not take.
    private mutating func refuse(_ queuedData: [QueuedDatum], _ error: String) {
        failures = 0
        hasTriedAgainAtOnce = false
        status.lastError = error
        if let only = queuedData.first, queuedData.count == 1 {
            status.lastError = "\(error) It was about \(only.datum.identity), which is set aside."
            drop(only, because: .refused)
            return
        }
        let middle = queuedData.count / 2
        parts.append(Array(queuedData[middle...]))
        parts.append(Array(queuedData[..<middle]))
    }

    mutating func drop(_ queuedDatum: QueuedDatum, because reason: DropReason) {
        status.drop(SampleTally(data: 1, samples: queuedDatum.datum.count), because: reason)
        if let row = queuedDatum.row { removed.insert(row) }
    }

    /// Drops the oldest in memory if it is too much.
    mutating func bound() {
        while fresh.count > configuration.memoryLimit { drop(fresh.removeFirst(), because: .memoryFull) }
    }
}
