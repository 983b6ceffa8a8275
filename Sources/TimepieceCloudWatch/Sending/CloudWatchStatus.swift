public import Timepiece

/// What became of the metrics for one destination, shared by all elements of the process that publish there.
public struct CloudWatchStatus: Sendable, Equatable {
    /// What the service has confirmed.
    public package(set) var sent = SampleTally()
    /// What was sent again after an attempt that the service may have taken; part of `sent`.
    ///
    /// CloudWatch knows no repetition. A request whose answer is lost is sent again, because a gap in a metric looks like
    /// a stream that stopped, while a doubled minute changes `SampleCount` and `Sum` of that minute and no percentile.
    /// Once nothing is spooled, the samples at the service are those of `sent`, and at most those of `uncertain` more.
    public package(set) var uncertain = SampleTally()
    /// What will never be sent, by reason.
    public package(set) var dropped: [DropReason: SampleTally] = [:]
    /// Requests that were made.
    public package(set) var requests: UInt64 = 0
    /// Requests that failed and whose data were kept to be sent again.
    public package(set) var retried: UInt64 = 0
    /// Requests that the service answered with throttling; part of `retried`.
    public package(set) var throttled: UInt64 = 0
    /// Data that lie in the spool now.
    public package(set) var spooled = 0
    /// When the oldest datum in the spool was gathered.
    public package(set) var oldest: WallTime?
    /// When the service last took something.
    public package(set) var lastSuccess: WallTime?
    /// How far the service's time is ahead of the machine's clock; zero while that is held to be right.
    public package(set) var skew: Duration = .zero
    /// Whether nothing can be sent for now: the last attempt failed, or what it needs is not there.
    public package(set) var isFailing = false
    /// The last failure as one sentence without secrets.
    public package(set) var lastError: String?

    /// Makes the status of a destination that nothing was sent to.
    public init() {}

    /// All that will never be sent.
    public var droppedInAll: SampleTally {
        dropped.values.reduce(into: SampleTally()) { $0.add($1) }
    }

    /// Whether a failure is counted or told here that is not in another status.
    package func tellsMoreFailures(than other: CloudWatchStatus) -> Bool {
        retried != other.retried || dropped != other.dropped || uncertain != other.uncertain
            || spooled != other.spooled || lastError != other.lastError || skew != other.skew
            || isFailing != other.isFailing
    }

    package mutating func drop(_ tally: SampleTally, because reason: DropReason) {
        guard tally.data > 0 else { return }
        dropped[reason, default: SampleTally()].add(tally)
    }
}

/// Why data will never reach the service.
public enum DropReason: String, Sendable, CaseIterable {
    /// The service refused this very datum; the last error says what it said.
    case refused
    /// Older than the 14 days that CloudWatch takes.
    case tooOld = "too-old"
    /// The spool was full, and this was the oldest.
    case spoolFull = "spool-full"
    /// The file of the spool was removed or damaged while it was in use, or this datum in it was.
    case spoolLost = "spool-lost"
    /// There is no spool, or it cannot be written, and memory held as much as it may.
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

    /// Takes another tally away, down to nothing.
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
