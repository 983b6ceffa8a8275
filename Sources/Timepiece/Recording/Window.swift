/// What a ``Tachometer`` saw in one stretch of time: an immutable snapshot.
public struct Window: Sendable {
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
