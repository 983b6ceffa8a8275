package import Timepiece

extension SenderState {
    /// Takes the outcome of a request.
    package mutating func delivered(_ report: DeliveryReport, of number: UInt64, now: Moment) {
        guard let batch = flying, batch.number == number else { return }
        flying = nil
        if let time = report.serviceTime {
            clock.learn(date: time, sent: report.began, received: report.ended)
            status.skew = clock.skew
        }
        if number == rescue?.batch { return rescueReturned(batch, report.verdict, now: now) }
        switch report.verdict {
        case .accepted:
            accept(batch, now: now)
        case .acceptedWithout(let refused, let error):
            accept(batch, without: refused, error, now: now)
        case .acceptedPartly(let rejected, let said):
            accept(batch, rejected: rejected, said, now: now)
        case .rejected(let error):
            reject(batch.data, error)
        case .throttled(let error, let asked):
            status.throttled &+= 1
            fail(batch.data, error, asked: asked, now: now)
        case .failed(let error, let isUncertain, let asked):
            var queuedData = batch.data
            if isUncertain { for index in queuedData.indices { queuedData[index].isUncertain = true } }
            fail(queuedData, error, asked: asked, now: now)
        case .unauthorized(let error), .wrongTime(let error):
            guard !hasTriedAgainAtOnce else { return fail(batch.data, error, asked: nil, now: now) }
            // New keys or the right time are available now: no reason to wait, once.
            hasTriedAgainAtOnce = true
            status.retried &+= 1
            status.lastError = error
            parts.append(batch.data)
        case .refused(let error):
            guard batch.isTimeConfirmed || !clock.isConfirmed else {
                // Dated by a clock that may have been wrong; the response had the right time.
                status.retried &+= 1
                status.lastError = error
                return parts.append(batch.data)
            }
            refuse(batch.data, error)
        case .tooLong(let error):
            guard batch.data.count > 1 else { return fail(batch.data, error, asked: nil, now: now) }
            status.retried &+= 1
            status.lastError = error
            largestCount = batch.data.count / 2
            halve(batch.data)
        }
    }

    /// Notes that the spool is open, and its data about earlier boots.
    package mutating func opened(epochs known: [String: WallTime], samples: UInt64) {
        isSpoolOpen = true
        spooled = SampleTally(data: 0, samples: samples)
        spoolProblem = nil
        epochs = known
    }

    /// Notes that the file was removed, replaced or damaged, with all that was in it.
    ///
    /// Its data in memory are treated as if they had never been stored; the rest is counted. The file is opened again.
    package mutating func lostSpool(_ error: String, now: Moment) {
        isSpoolOpen = false
        if flush.look == .underWay { flush.look = .wanted }
        var lost = spooled
        // Settled, or still in memory.
        var kept = SampleTally()
        if let rescue, rescue.rows != nil, rescue.batch == flying?.number {
            for queuedDatum in rescue.data { kept.add(queuedDatum.datum) }
        }
        rescued(nil)
        for samples in removed.values { kept.add(SampleTally(data: 1, samples: samples)) }
        for index in parts.indices { Self.forgetRows(of: &parts[index], &kept) }
        if var batch = flying {
            Self.forgetRows(of: &batch.data, &kept)
            flying = batch
        }
        lost.subtract(kept)
        status.drop(lost, because: .spoolLost)
        removed = [:]
        released = [:]
        rescue = nil
        spooled = SampleTally()
        status.spooled = 0
        status.oldest = nil
        fresh = (storing + fresh).sorted { $0.datum.instant < $1.datum.instant }
        storing = []
        status.lastError = error
        nextStore = now.boot
        bound()
    }

    private static func forgetRows(of data: inout [QueuedDatum], _ kept: inout SampleTally) {
        for index in data.indices where data[index].row != nil {
            data[index].row = nil
            kept.add(data[index].datum)
        }
    }

    /// Notes that data are in the spool, their numbers, and the data that were dropped there to make room.
    package mutating func stored(_ rows: [Int64], dropped: SampleTally, now: Moment) {
        for queuedDatum in storing { spooled.add(queuedDatum.datum) }
        spooled.subtract(dropped)
        storing = []
        rescued(rows)
        status.drop(dropped, because: .spoolFull)
        nextLook = min(nextLook, max(notBefore, now.boot))
    }

    /// Notes that other senders have dropped data of this destination in the spool to make room.
    package mutating func evicted(_ tally: SampleTally) {
        status.drop(tally, because: .spoolFull)
        spooled.subtract(tally)
    }

    /// Notes that the spool could not be written: the data stay in memory.
    package mutating func couldNotStore(_ error: SpoolError, now: Moment) {
        rescued(nil)
        fresh = (storing + fresh).sorted { $0.datum.instant < $1.datum.instant }
        storing = []
        couldNotUseSpool(error, now: now)
        bound()
    }

    /// Notes that the spool could not be used for now: data that cannot be sent stay in memory, and the spool is tried
    /// again.
    package mutating func couldNotUseSpool(_ error: SpoolError, now: Moment) {
        let problem = error.description
        let sentence = "\(problem) Metrics that cannot be sent stay in memory."
        if spoolProblem != problem { status.lastError = sentence }
        spoolProblem = problem
        // Another process releases its lock soon; what lasts is reported even if another failure follows at once.
        if error.kind != .busy { status.spoolError = sentence }
        let pause = error.kind == .busy ? configuration.busyPause : configuration.storePause
        // While a thread waits, there is no time for long pauses.
        let isUrgent = error.kind == .busy && flush.deadline != nil
        nextStore = now.boot.advanced(by: isUrgent ? pause / 10 : pause)
    }

    /// Notes that the spool has stored the changes for settled data.
    package mutating func settled(removed done: [Int64], released free: [Int64]) {
        for row in done { spooled.subtract(SampleTally(data: 1, samples: removed.removeValue(forKey: row) ?? 0)) }
        for row in free { released[row] = nil }
    }

    /// Takes data from the spool, to be sent, and the tally of those removed because they could not be read.
    package mutating func claimed(_ data: [QueuedDatum], unreadable: SampleTally = SampleTally(), now: Moment) {
        status.drop(unreadable, because: .spoolLost)
        spooled.subtract(unreadable)
        claimedAt = now.boot
        if flush.look == .underWay { flush.look = .none }
        nextLook = now.boot.advanced(by: data.isEmpty ? configuration.lookPause : configuration.backfillPause)
        // Settled data may still be there if they could not be removed.
        let open = data.filter { queuedDatum in queuedDatum.row.map { !removed.keys.contains($0) } ?? true }
        if !open.isEmpty { parts.append(open) }
    }

    /// Notes that some data of the spool are still held; others were taken by another process.
    package mutating func renewed(_ held: Set<Int64>, now: Moment) {
        claimedAt = now.boot
        for index in parts.indices {
            parts[index].removeAll { queuedDatum in queuedDatum.row.map { !held.contains($0) } ?? false }
        }
        parts.removeAll(where: \.isEmpty)
    }

    /// Takes the present contents of the spool.
    package mutating func learn(_ summary: SpoolSummary) {
        spooled = SampleTally(data: UInt64(clamping: summary.count), samples: summary.count == 0 ? 0 : spooled.samples)
        status.spooled = summary.count
        status.oldest = summary.oldest
        spoolProblem = nil
    }

    /// Notes that a batch has arrived except for some of its data, which are dropped.
    mutating func accept(_ batch: Batch, without refused: [Int], _ error: String, now: Moment) {
        var rest = batch
        rest.data = []
        for (index, queuedDatum) in batch.data.enumerated() {
            if refused.contains(index) { setAside(queuedDatum, error) } else { rest.data.append(queuedDatum) }
        }
        if !rest.data.isEmpty { accept(rest, now: now) }
    }

    /// Notes that a batch has arrived except for a number of its data, which the service will never accept and did not
    /// name.
    mutating func accept(_ batch: Batch, rejected: UInt64, _ said: String, now: Moment) {
        accept(batch, now: now)
        let lost = SampleTally(data: min(rejected, UInt64(batch.data.count)))
        status.sent.subtract(lost)
        status.drop(lost, because: .refused)
        status.lastError = said
    }

    /// Drops data that the service refused, all of them together.
    private mutating func reject(_ queuedData: [QueuedDatum], _ error: String) {
        failures = 0
        status.isFailing = true
        status.lastError = error
        for queuedDatum in queuedData { drop(queuedDatum, because: .refused) }
    }

    private mutating func setAside(_ queuedDatum: QueuedDatum, _ error: String) {
        status.lastError = "\(error) It was about \(queuedDatum.datum.identity), which is set aside."
        drop(queuedDatum, because: .refused)
    }

    mutating func accept(_ batch: Batch, now: Moment) {
        failures = 0
        status.isFailing = false
        hasTriedAgainAtOnce = false
        notBefore = BootInstant(nanoseconds: .min)
        status.lastSuccess = clock.wall(at: now.boot, now: now)
        for queuedDatum in batch.data {
            status.sent.add(queuedDatum.datum)
            if queuedDatum.isUncertain { status.uncertain.add(queuedDatum.datum) }
            if let row = queuedDatum.row { removed[row] = queuedDatum.datum.count }
        }
    }

    /// Notes that a prerequisite for sending is missing, before any data had to be sent.
    package mutating func lacks(_ sentence: String) {
        guard status.lastSuccess == nil else { return }
        status.isFailing = true
        status.lastError = sentence
    }

    mutating func fail(_ queuedData: [QueuedDatum], _ error: String, asked: Duration?, now: Moment) {
        failures += 1
        status.isFailing = true
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

    /// Halves refused data, until the single datum that the service does not accept is isolated.
    private mutating func refuse(_ queuedData: [QueuedDatum], _ error: String) {
        failures = 0
        hasTriedAgainAtOnce = false
        status.lastError = error
        if let only = queuedData.first, queuedData.count == 1 {
            return setAside(only, error)
        }
        halve(queuedData)
    }

    private mutating func halve(_ queuedData: [QueuedDatum]) {
        let middle = queuedData.count / 2
        parts.append(Array(queuedData[middle...]))
        parts.append(Array(queuedData[..<middle]))
    }

    mutating func drop(_ queuedDatum: QueuedDatum, because reason: DropReason) {
        status.drop(SampleTally(data: 1, samples: queuedDatum.datum.count), because: reason)
        if let row = queuedDatum.row { removed[row] = queuedDatum.datum.count }
    }

    /// Drops the oldest data in memory above the limit.
    mutating func bound() {
        let excess = fresh.count - memoryLimit
        guard excess > 0 else { return }
        for queuedDatum in fresh.prefix(excess) { drop(queuedDatum, because: .memoryFull) }
        fresh.removeFirst(excess)
    }
}
