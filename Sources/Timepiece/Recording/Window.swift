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

    /// Bits per second over the window's duration.
    public var bitrate: Double {
        let seconds = duration.inSeconds
        return seconds > 0 ? Double(tally.bytes) * 8 / seconds : 0
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

    init() {}

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
    }
}

/// What has been gathered for the window that is still open, on the reading side.
struct OpenWindow: Sendable {
    var tally = Tally()
    var statistics = Statistics()
    /// The last intervals in nanoseconds, oldest first.
    var recent: [UInt64] = []

    /// Adds what came after.
    mutating func merge(_ later: OpenWindow, keeping limit: Int) {
        tally.add(later.tally)
        statistics.merge(later.statistics)
        recent.append(contentsOf: later.recent)
        recent.removeFirst(max(0, recent.count - limit))
    }
}
