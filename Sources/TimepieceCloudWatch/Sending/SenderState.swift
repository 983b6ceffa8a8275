package import Timepiece

/// The state of a sender, and its next step: pure, so that an hour of outage is tested in no time.
///
/// Instants, responses and random numbers are parameters. A thread gets the next step, performs it, and reports the
/// outcome; the outcome of a request arrives later than others. Publishers and closing calls change the state in
/// between. The order:
///
/// 1. Fresh data are sent first, the newest of them first, as many as fit into one request.
/// 2. After a failure everything in memory is spooled, and one request at a time probes whether the service is back.
/// 3. When one succeeded, the spool is emptied at a bounded rate, newest first, behind fresh data.
package struct SenderState: Sendable {
    package let configuration: SenderConfiguration
    package internal(set) var status = CloudWatchStatus()
    package internal(set) var clock = ClockEstimate()

    var openIntervals: [UInt64: OpenInterval] = [:]
    private var lastPublisher: UInt64 = 0
    /// Closed intervals that are not converted to data yet.
    var closedIntervals: [ClosedInterval] = []
    /// When the first of them has to be sent.
    ///
    /// A series whose next interval has begun waits for the others, so that all of them share requests.
    var minutesDue = BootInstant(nanoseconds: .max)
    /// Data that wait for those of other series, so that all of them share requests, and until when.
    var held: [Datum] = []
    var heldUntil = BootInstant(nanoseconds: .max)
    /// Data in memory that are not being sent, oldest first.
    var fresh: [QueuedDatum] = []
    /// Data that have to be sent in one request each, the next one last.
    var parts: [[QueuedDatum]] = []
    var flying: Batch?
    /// Data being stored.
    var storing: [QueuedDatum] = []
    var isCondensing = false
    /// Settled data of the spool, with their samples, and those to be released.
    var removed: [Int64: UInt64] = [:]
    var released: [Int64: Bool] = [:]
    /// Whether the thread has the spool open.
    var isSpoolOpen = false
    /// The known contents of the spool for this destination.
    var spooled = SampleTally()
    /// Why the spool cannot be used; nil while it can.
    var spoolProblem: String? { didSet { if spoolProblem == nil { status.spoolError = nil } } }
    /// The right time at boot, for earlier boots.
    var epochs: [String: WallTime] = [:]
    var rememberedEpoch: WallTime?

    var failures = 0
    /// The most data of a request, less than the service accepts if an intermediary accepts no more.
    var largestCount = Int.max
    var notBefore = BootInstant(nanoseconds: .min)
    var nextLook = BootInstant(nanoseconds: .min)
    var nextStore = BootInstant(nanoseconds: .min)
    var claimedAt = BootInstant(nanoseconds: .min)
    var hasTriedAgainAtOnce = false
    var batches: UInt64 = 0
    var flush = Flush()
    /// The request that was pending when the time for a flush was over; nil if there was none.
    var rescue: Rescue?
    /// The most series that were published at once.
    var mostSeries = 0

    package init(_ configuration: SenderConfiguration) {
        self.configuration = configuration
    }

    /// Makes room for one more series; returns its number.
    package mutating func open(_ identity: MetricIdentity) -> UInt64 {
        lastPublisher &+= 1
        openIntervals[lastPublisher] = OpenInterval(identity: identity)
        mostSeries = max(mostSeries, openIntervals.count)
        return lastPublisher
    }

    /// Makes room for a series that passes complete data; returns its number.
    package mutating func open() -> UInt64 {
        lastPublisher &+= 1
        return lastPublisher
    }

    /// Takes complete data, to be sent with those of others after a pause that is drawn once for the sender.
    package mutating func publish(_ data: [Datum], at now: Moment) {
        guard !data.isEmpty else { return }
        let interval = data.map(\.identity.interval).min() ?? 1
        if held.isEmpty { heldUntil = now.boot.advanced(by: phase(ofInterval: interval)) }
        held.append(contentsOf: data)
        mostSeries = max(mostSeries, held.count)
        let excess = held.count - memoryLimit
        guard excess > 0 else { return }
        for datum in held.prefix(excess) {
            status.drop(SampleTally(data: 1, samples: datum.count), because: .memoryFull)
        }
        held.removeFirst(excess)
    }

    /// How many series are published.
    package func publishes(_ identity: MetricIdentity) -> Bool {
        openIntervals.values.contains { openInterval in
            let other = openInterval.identity
            return other.namespace == identity.namespace && other.name == identity.name
                && Set(other.dimensions) == Set(identity.dimensions)
        }
    }

    package var publisherCount: Int { openIntervals.count }

    /// The length of the shortest interval among the series, in seconds.
    package var shortestInterval: Int64? { openIntervals.values.map(\.identity.interval).min() }

    /// Takes a closed window; returns whether the thread has to be woken, because it may wait for longer than it should.
    package mutating func publish(_ window: Statistics, of publisher: UInt64, at moment: Moment) -> Bool {
        guard var openInterval = openIntervals[publisher] else { return false }
        let wasEmpty = openInterval.isEmpty
        // Taken out while it is changed, so that the histogram's storage is not copied.
        openIntervals[publisher] = nil
        let due = openInterval.end(now: moment, clock: clock).advanced(by: phase(of: openInterval))
        let complete = openInterval.add(window, at: moment, clock: clock, boot: configuration.boot)
        openIntervals[publisher] = openInterval
        if let complete { keep(complete, until: due) }
        return wasEmpty || complete != nil
    }

    /// Takes the data that a series has gathered so far, to be sent immediately; the series continues.
    package mutating func take(_ publisher: UInt64) {
        if let closedInterval = openIntervals[publisher]?.take(boot: configuration.boot) {
            keep(closedInterval, until: BootInstant(nanoseconds: .min))
        }
    }

    /// Takes the data that a series has gathered so far, and ends it.
    package mutating func close(_ publisher: UInt64) {
        guard var openInterval = openIntervals.removeValue(forKey: publisher) else { return }
        if let closedInterval = openInterval.take(boot: configuration.boot) {
            keep(closedInterval, until: BootInstant(nanoseconds: .min))
        }
    }

    /// Keeps a closed interval; if the thread does not take them in time, memory stays bounded.
    private mutating func keep(_ closedInterval: ClosedInterval, until due: BootInstant) {
        closedIntervals.append(closedInterval)
        minutesDue = min(minutesDue, due)
        guard closedIntervals.count > memoryLimit else { return }
        let oldest = closedIntervals.removeFirst()
        status.drop(SampleTally(data: 1, samples: oldest.statistics.count), because: .memoryFull)
    }

    /// Takes the data that all series have gathered so far, and ends them.
    package mutating func closeAll() {
        for publisher in openIntervals.keys.sorted() { close(publisher) }
    }

    /// True if no published data are only in memory, and the check of the spool is complete.
    package var isFlushed: Bool {
        closedIntervals.isEmpty && !isCondensing && held.isEmpty && fresh.isEmpty && parts.isEmpty && storing.isEmpty
            && (flying == nil || rescue?.rows != nil) && removed.isEmpty && released.isEmpty && flush.look == .none
    }

    /// The most data that are held in memory: there is always room for two intervals of all series, so that intervals
    /// that have just ended are sent or stored before anything is dropped.
    var memoryLimit: Int { max(configuration.memoryLimit, 2 * mostSeries) }
}
