/// Finds the intervals that a viewer sees as a freeze, as WebRTC's statistics define it.
///
/// A freeze is an interval of at least three times the mean of the last 30 intervals, itself included, and at least 150 ms
/// above that mean, from the fifth interval on: `freezeCount` and `totalFreezesDuration` of
/// https://www.w3.org/TR/webrtc-stats/, as libwebrtc's VideoQualityObserver computes them.
struct FreezeDetector: Sendable {
    /// The number of intervals in the mean.
    static var span: UInt64 { 30 }
    /// The least number of intervals.
    static var fewest: UInt64 { 5 }
    /// How much longer than the mean a freeze is at least, and so its least length.
    static var shortest: UInt64 { 150_000_000 }

    private var last = InlineArray<30, UInt64>(repeating: 0)
    private var next = 0
    private var known: UInt64 = 0
    private var sum: UInt64 = 0

    /// The mean of the last 30 intervals in nanoseconds; zero if there were none.
    var mean: UInt64 { known == 0 ? 0 : sum / known }

    /// Adds an interval in nanoseconds, and returns whether it was a freeze.
    mutating func isFreeze(_ interval: UInt64) -> Bool {
        let limited = Self.limited(interval)
        sum = sum &- last[next] &+ limited
        last[next] = limited
        next = next + 1 == 30 ? 0 : next + 1
        known = min(known + 1, Self.span)
        return Self.isFreeze(interval, amid: sum, of: known)
    }

    /// Whether an interval is a freeze if the given number of intervals, including it, have the given sum.
    static func isFreeze(_ interval: UInt64, amid sum: UInt64, of known: UInt64) -> Bool {
        guard known >= fewest else { return false }
        let mean = sum / known
        return limited(interval) >= max(mean &* 3, mean &+ shortest)
    }

    /// An interval of at most 2^56 ns (2.3 years), so that 30 can be added.
    @inline(__always)
    static func limited(_ interval: UInt64) -> UInt64 { min(interval, 1 << 56) }
}

/// The number of freezes, and their total length.
struct Freezes: Sendable, Equatable {
    var count: UInt64 = 0
    var nanoseconds: UInt64 = 0

    mutating func add(_ interval: UInt64) {
        count &+= 1
        nanoseconds.addSaturating(interval)
    }
}
