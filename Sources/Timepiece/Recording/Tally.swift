/// What is counted of ticks beside their intervals.
public struct Tally: Sendable, Equatable {
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
