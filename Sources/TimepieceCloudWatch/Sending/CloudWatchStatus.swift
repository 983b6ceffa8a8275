public import Timepiece

/// The outcome for the metrics of one destination, shared by all elements of the process that publish there.
public struct CloudWatchStatus: Sendable, Equatable {
    /// The data that the service has confirmed.
    public package(set) var sent = SampleTally()
    /// The data that were sent again after an attempt that the service may have accepted; part of `sent`.
    ///
    /// CloudWatch cannot detect duplicates. A request whose response is lost is sent again, because a gap in a metric
    /// looks like a stream that stopped, while a duplicated minute changes `SampleCount` and `Sum` of that minute, and
    /// no percentile. Once nothing is spooled, the samples at the service are those of `sent`, and at most those of
    /// `uncertain` more.
    public package(set) var uncertain = SampleTally()
    /// The data that will never be sent, by reason.
    public package(set) var dropped: [DropReason: SampleTally] = [:]
    /// Requests that were made.
    public package(set) var requests: UInt64 = 0
    /// Requests that failed and whose data were kept to be sent again.
    public package(set) var retried: UInt64 = 0
    /// Requests that the service throttled; part of `retried`.
    public package(set) var throttled: UInt64 = 0
    /// Data that are in the spool now.
    public package(set) var spooled = 0
    /// When the oldest datum in the spool was gathered.
    public package(set) var oldest: WallTime?
    /// When the service last accepted data.
    public package(set) var lastSuccess: WallTime?
    /// How far the service's time is ahead of the machine's clock; zero while that is considered right.
    public package(set) var skew: Duration = .zero
    /// Whether nothing can be sent for now: the last attempt failed, or a prerequisite is missing.
    public package(set) var isFailing = false
    /// The last failure as one sentence without secrets.
    public package(set) var lastError: String?
    /// Why the spool is not used, so that data that cannot be sent stay in memory; nil while it is used, or if there is none.
    public package(set) var spoolError: String?

    /// Makes the status of a destination to which nothing was sent.
    public init() {}

    /// All data that will never be sent.
    public var droppedInAll: SampleTally {
        dropped.values.reduce(into: SampleTally()) { $0.add($1) }
    }

    /// Whether this status has a failure that is not in another one.
    package func tellsMoreFailures(than other: CloudWatchStatus) -> Bool {
        retried != other.retried || dropped != other.dropped || uncertain != other.uncertain
            || spooled != other.spooled || lastError != other.lastError || skew != other.skew
            || isFailing != other.isFailing || spoolError != other.spoolError
    }

    /// Adds the outcome for the same metrics in another protocol.
    package mutating func add(_ other: CloudWatchStatus) {
        sent.add(other.sent)
        uncertain.add(other.uncertain)
        for (reason, tally) in other.dropped { dropped[reason, default: SampleTally()].add(tally) }
        requests &+= other.requests
        retried &+= other.retried
        throttled &+= other.throttled
        spooled += other.spooled
        oldest = [oldest, other.oldest].compactMap(\.self).min()
        lastSuccess = [lastSuccess, other.lastSuccess].compactMap(\.self).max()
        if skew == .zero { skew = other.skew }
        lastError = isFailing || !other.isFailing ? lastError ?? other.lastError : other.lastError
        isFailing = isFailing || other.isFailing
        spoolError = spoolError ?? other.spoolError
    }

    package mutating func drop(_ tally: SampleTally, because reason: DropReason) {
        guard tally.data > 0 else { return }
        dropped[reason, default: SampleTally()].add(tally)
    }
}

/// Why data will never reach the service.
public enum DropReason: String, Sendable, CaseIterable {
    /// The service refused this datum; the last error has its message.
    case refused
    /// Older than the 14 days that CloudWatch accepts.
    case tooOld = "too-old"
    /// The spool was full, and this was the oldest.
    case spoolFull = "spool-full"
    /// The file of the spool was removed or damaged while it was in use, or this datum in it was.
    case spoolLost = "spool-lost"
    /// There is no spool, or it cannot be written, and the limit in memory was reached.
    case memoryFull = "memory-full"
    /// Gathered in an earlier run of a machine whose clock was never set, so that its time is unknown.
    case undatable
    /// Not sent when the element stopped, and there is no spool to keep it.
    case stopped
}

/// How many data, and how many measured samples in them.
public struct SampleTally: Sendable, Equatable {
    /// Data: one for each series and interval.
    public private(set) var data: UInt64
    /// The samples in the data, what CloudWatch shows as `SampleCount`.
    public private(set) var samples: UInt64

    /// Makes a tally.
    public init(data: UInt64 = 0, samples: UInt64 = 0) {
        self.data = data
        self.samples = samples
    }

    /// Subtracts another tally, down to zero.
    mutating func subtract(_ other: SampleTally) {
        data -= min(data, other.data)
        samples -= min(samples, other.samples)
    }

    /// Adds another tally.
    package mutating func add(_ other: SampleTally) {
        data = data &+ other.data
        samples = samples &+ other.samples
    }

    /// Counts one datum.
    package mutating func add(_ datum: Datum) {
        add(SampleTally(data: 1, samples: datum.count))
    }
}
