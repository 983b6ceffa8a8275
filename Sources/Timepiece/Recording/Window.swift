/// What a ``Tachometer`` saw in one stretch of time: an immutable snapshot.
public struct Window: Sendable, Hashable, Codable {
    /// When the window was closed, or read.
    public let closedAt: MonotonicInstant
    /// How long it was open; time spent paused does not count.
    public let duration: Duration
    /// What passed in the window.
    public let tally: Tally
    /// What passed since the tachometer was made.
    public let total: Tally
    /// The intervals that ended in the window.
    public let statistics: Statistics
    /// The last intervals, oldest first, at most as many as the tachometer keeps.
    public let intervals: [Duration]
    /// How long ago the last tick was, or the start if none came yet; time spent paused does not count.
    public let sinceLastTick: Duration
    /// The position that came with the last tick, in the ticking program's own terms.
    package let lastPosition: UInt64?

    /// Bits per second: the bytes of the ticks that ended an interval, and of headers between them, by the sum of the
    /// intervals.
    ///
    /// So it is made of the same ticks and the same time as the rate. It is 0 where the intervals together are shorter than
    /// a millisecond, which means nothing.
    public var bitrate: Double {
        let nanoseconds = statistics.sumNanoseconds
        guard nanoseconds >= 1_000_000, tally.bytes >= tally.apartBytes else { return 0 }
        return Double(tally.bytes - tally.apartBytes) * 8e9 / Double(nanoseconds)
    }
}

/// What is counted of ticks beside their intervals.
public struct Tally: Sendable, Hashable, Codable {
    /// How many events passed; a tick may stand for several.
    public internal(set) var events: UInt64 = 0
    /// How many bytes passed with them.
    public internal(set) var bytes: UInt64 = 0
    /// How many ticks said that something is missing before them.
    public internal(set) var discontinuities: UInt64 = 0
    /// How many ticks carried an instant before the one of the tick before; they made no interval.
    public internal(set) var backwards: UInt64 = 0
    /// How many times it was said that nothing is to come for a while.
    public internal(set) var gaps: UInt64 = 0
    /// How many of the events were headers, which end no interval.
    public internal(set) var headers: UInt64 = 0
    /// How many jumps of the media's time there were.
    public internal(set) var jumps: UInt64 = 0
    /// How many intervals a viewer sees as a freeze: at least three times the mean of the last 30 intervals, and 150 ms
    /// above it.
    public internal(set) var freezes: UInt64 = 0
    /// How long those were together.
    public var freezeDuration: Duration { Duration(clampingNanoseconds: freezeNanoseconds) }
    package internal(set) var freezeNanoseconds: UInt64 = 0
    /// The bytes of what is in no interval: the first ticks of rows, and headers before them.
    package internal(set) var apartBytes: UInt64 = 0

    init() {}

    /// Whether nothing at all was counted.
    package var isEmpty: Bool { self == Tally() }

    init(events: UInt64, bytes: UInt64, discontinuities: UInt64, backwards: UInt64) {
        self.events = events
        self.bytes = bytes
        self.discontinuities = discontinuities
        self.backwards = backwards
    }

    mutating func add(_ other: Tally) {
        events.addSaturating(other.events)
        bytes.addSaturating(other.bytes)
        discontinuities.addSaturating(other.discontinuities)
        backwards.addSaturating(other.backwards)
        gaps.addSaturating(other.gaps)
        headers.addSaturating(other.headers)
        jumps.addSaturating(other.jumps)
        freezes.addSaturating(other.freezes)
        freezeNanoseconds.addSaturating(other.freezeNanoseconds)
        apartBytes.addSaturating(other.apartBytes)
    }
}

/// What has been gathered for the window that is still open, on the reading side.
struct OpenWindow: Sendable {
    var tally = Tally()
    var statistics = Statistics()
    /// The last intervals in nanoseconds, oldest first.
    var recent: [UInt64] = []
    /// The intervals of the stretch that was emptied last, in order, the oldest first: the last 1,024, or all.
    var fresh: [UInt64] = []
    var hasAllFresh = true

    /// Looks for freezes among the fresh intervals, unless that has been done.
    mutating func findFreezes(_ detector: inout FreezeDetector) {
        for interval in fresh {
            guard detector.isFreeze(interval), hasAllFresh else { continue }
            tally.freezes.addSaturating(1)
            tally.freezeNanoseconds.addSaturating(interval)
        }
        fresh = []
    }

    /// Takes back that ticks ended intervals, and returns what they did; the ticks stay counted.
    mutating func takeIntervals() -> OpenWindow {
        var taken = self
        let bytes = tally.bytes - min(tally.bytes, tally.apartBytes)
        taken.tally = Tally()
        (taken.tally.freezes, taken.tally.freezeNanoseconds) = (tally.freezes, tally.freezeNanoseconds)
        taken.returnedBytes = bytes
        (tally.freezes, tally.freezeNanoseconds) = (0, 0)
        tally.apartBytes.addSaturating(bytes)
        (statistics, recent) = (Statistics(), [])
        return taken
    }

    /// Adds what ``takeIntervals()`` returned.
    mutating func returnIntervals(_ taken: OpenWindow, keeping limit: Int) {
        merge(taken, keeping: limit)
        tally.apartBytes -= min(tally.apartBytes, taken.returnedBytes)
    }

    /// The bytes of the ticks whose intervals were taken back.
    private var returnedBytes: UInt64 = 0

    /// Adds what came after.
    mutating func merge(_ later: OpenWindow, keeping limit: Int) {
        tally.add(later.tally)
        returnedBytes.addSaturating(later.returnedBytes)
        statistics.merge(later.statistics)
        recent.append(contentsOf: later.recent)
        recent.removeFirst(max(0, recent.count - limit))
    }
}
