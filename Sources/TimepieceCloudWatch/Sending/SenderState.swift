package import Timepiece

/// All that a sender knows, and what it does next: pure, so that an hour of outage is tested in no time.
///
/// Instants, answers and random numbers are parameters. A thread asks for the next step, does it, and reports the
/// outcome; publishers and those who close put their part in between. The order of things:
///
/// 1. Fresh data go out first, the newest of them first, as many as fit into one request.
/// 2. After a failure everything in hand goes to the spool, and one request at a time asks whether the service is back.
/// 3. When one succeeded, the spool is emptied at a bounded rate, newest first, behind whatever is fresh.
package struct SenderState: Sendable {
    package let configuration: SenderConfiguration
    package internal(set) var status = CloudWatchStatus()
    package internal(set) var clock = ClockEstimate()

    var openIntervals: [UInt64: OpenInterval] = [:]
    private var lastPublisher: UInt64 = 0
    /// Intervals that are over and not made into data yet.
    var closedIntervals: [ClosedInterval] = []
    /// When the first of them is to go out.
    ///
    /// A series whose next interval has begun waits for the others, so that all of them share requests.
    var minutesDue = BootInstant(nanoseconds: .max)
    /// Data in memory that are not under way, oldest first.
    var fresh: [QueuedDatum] = []
    /// Data that are to go out in one request each, the next one last.
    var parts: [[QueuedDatum]] = []
    var flying: Batch?
    /// Data being stored.
    var storing: [QueuedDatum] = []
    var isCondensing = false
    /// Data of the spool that are done with, and those to be let go.
    var removed: Set<Int64> = []
    var released: [Int64: Bool] = [:]
    /// What the right time was when the machine was booted, for earlier boots.
    var epochs: [String: WallTime] = [:]
    var rememberedEpoch: WallTime?

    var failures = 0
    var notBefore = BootInstant(nanoseconds: .min)
    var nextLook = BootInstant(nanoseconds: .min)
    var nextStore = BootInstant(nanoseconds: .min)
    var claimedAt = BootInstant(nanoseconds: .min)
    var hasTriedAgainAtOnce = false
    var batches: UInt64 = 0
    var flushers = 0
    var flushDeadline: BootInstant?
    /// Whether there is a deadline that nobody waits for.
    var isHastened = false
    var isClosing = false
    /// The request that was under way when the deadline was over, and under which numbers its data were stored then.
    var rescuedShipment: UInt64?
    var rescuedRows: [Int64]?
    var hasRescuedArrived = false
    var isRescued = false

    package init(_ configuration: SenderConfiguration) {
        self.configuration = configuration
    }

    /// Makes room for one more series; returns its number.
    package mutating func open(_ identity: MetricIdentity) -> UInt64 {
        lastPublisher &+= 1
        openIntervals[lastPublisher] = OpenInterval(identity: identity)
        return lastPublisher
    }

    /// How many series are published.
    package var publisherCount: Int { openIntervals.count }

    /// The length of the shortest interval among the series, in seconds.
    package var shortestInterval: Int64? { openIntervals.values.map(\.identity.interval).min() }

    /// Takes a closed window; returns whether the thread has to be told, because it may wait for longer than it should.
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

    /// Takes what a series has gathered so far, to be sent at once; the series goes on.
    package mutating func take(_ publisher: UInt64) {
        if let closedInterval = openIntervals[publisher]?.take(boot: configuration.boot) {
            keep(closedInterval, until: BootInstant(nanoseconds: .min))
        }
    }

    /// Takes what a series has gathered so far, and ends it.
    package mutating func close(_ publisher: UInt64) {
        guard var openInterval = openIntervals.removeValue(forKey: publisher) else { return }
        if let closedInterval = openInterval.take(boot: configuration.boot) {
            keep(closedInterval, until: BootInstant(nanoseconds: .min))
        }
    }

    /// Keeps an interval that is over; if the thread does not come to take them, memory stays bounded.
    private mutating func keep(_ closedInterval: ClosedInterval, until due: BootInstant) {
        closedIntervals.append(closedInterval)
        minutesDue = min(minutesDue, due)
        guard closedIntervals.count > configuration.memoryLimit else { return }
        let oldest = closedIntervals.removeFirst()
        status.drop(SampleTally(data: 1, samples: oldest.statistics.count), because: .memoryFull)
    }

    /// Takes what all series have gathered so far, and ends them.
    package mutating func closeAll() {
        for publisher in openIntervals.keys.sorted() { close(publisher) }
    }

    /// True if nothing that was published is only in memory.
    package var isFlushed: Bool {
        closedIntervals.isEmpty && !isCondensing && fresh.isEmpty && parts.isEmpty && flying == nil && storing.isEmpty
            && removed.isEmpty && released.isEmpty
    }

    var canStoreEver: Bool { configuration.hasSpool }
}
