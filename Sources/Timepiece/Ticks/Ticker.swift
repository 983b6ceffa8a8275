/// The times between recurring events, and their statistics.
///
/// Tick it at every event, for example at every frame:
///
/// ```swift
/// var ticker = Ticker()
/// for frame in frames {
///     ticker.tick()
///     process(frame)
/// }
/// print(ticker)  // <Ticker intervals=[0.0899, 0.0632, 0.0543] min=0.0543 mean=0.0691 max=0.0899>
/// ```
///
/// It keeps the last ``maxIntervals`` intervals, and all statistics cover only those: they describe the present, not
/// the time since the start. For the latter, with percentiles, see ``Statistics`` and ``Tachometer``. A plain value:
/// copies are independent. A tick costs a few nanoseconds in addition to reading the clock, and a statistic one pass
/// over the intervals.
public struct Ticker: Sendable {
    private var ring: IntervalRing
    private var last: MonotonicInstant?

    /// The number of ticks that were earlier than the previous one.
    ///
    /// Such a tick does not make an interval; the next interval starts at it.
    public private(set) var backwardsCount: UInt64 = 0

    /// Makes a ticker that keeps ten intervals.
    public init() {
        ring = IntervalRing()
    }

    /// Makes a ticker that keeps the given number of intervals.
    ///
    /// - Parameter maxIntervals: less than 1 is replaced by 1. Memory grows with the intervals, 8 bytes each.
    public init(maxIntervals: Int) {
        ring = IntervalRing(capacity: maxIntervals)
    }

    /// How many intervals are kept at most.
    public var maxIntervals: Int { ring.capacity }
    /// The intervals that are kept, the oldest first.
    public var intervals: [Duration] { ring.ordered.map { Duration(clampingNanoseconds: $0) } }
    /// How many intervals are kept: one less than there were ticks, up to ``maxIntervals``.
    public var count: Int { ring.count }
    /// The shortest interval; zero if there is none.
    public var min: Duration { Duration(clampingNanoseconds: ring.min) }
    /// The longest interval; zero if there is none.
    public var max: Duration { Duration(clampingNanoseconds: ring.max) }
    /// All intervals together; zero if there is none.
    public var sum: Duration { Duration(clampingNanoseconds: UInt64(clamping: ring.sum)) }
    /// The arithmetic mean, truncated to the nanosecond; zero if there is no interval.
    public var mean: Duration { Duration(clampingNanoseconds: ring.mean) }

    /// How many intervals fit into a second, count / sum; zero if there is none.
    public var frequency: Double {
        let sum = ring.sum
        return sum == 0 ? 0 : Double(ring.count) * 1e9 / Double(sum)
    }

    /// Ends an interval and starts the next one.
    ///
    /// - Parameter instant: when.
    public mutating func tick(at instant: MonotonicInstant = .now()) {
        defer { last = instant }
        guard let last else { return }
        guard instant >= last else {
            backwardsCount.addSaturating(1)
            return
        }
        ring.append(instant.nanoseconds &- last.nanoseconds)
    }

    /// Removes all intervals and the last tick; the next tick is the first again.
    public mutating func reset() {
        ring.removeAll()
        last = nil
        backwardsCount = 0
    }
}

extension Ticker: CustomStringConvertible {
    /// One line in seconds with four decimals, at most five intervals: `<Ticker intervals=[…] min=… mean=… max=…>`, and
    /// `<Ticker>` without an interval.
    public var description: String {
        "<Ticker\(ring.summary)>"
    }
}
