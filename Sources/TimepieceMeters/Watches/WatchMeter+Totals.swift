package import Timepiece

/// The totals of a watch since it was made, which no window resets.
package struct WatchTotals: Sendable {
    /// The laps since ``WatchMeter/keepTotals()``.
    package let laps: Statistics
    package let losses: TransitLosses
    /// For a stop: the buffers in flight to it, and nanoseconds since the oldest passed its start, or since the stream
    /// flows if that was later.
    package let underWay: UInt64
    package let oldest: UInt64
    package let stalls: StallTotals
}

extension WatchMeter {
    /// Keeps the laps for ``totals(at:)`` from now on.
    package func keepTotals() {
        scope.keepTotal(self)
    }

    /// Reads the totals, and takes nothing from the windows; nil for a start, which has no laps. Any thread; waits for
    /// a copy of the numbers at most.
    package func totals(at now: UInt64) -> WatchTotals? {
        if case .start = role { return nil }
        let total = readTotal()
        let underWay = isStopped ? TransitOrigin.UnderWay() : total.underWay
        return WatchTotals(
            laps: total.statistics, losses: total.losses, underWay: underWay.count,
            oldest: age(of: underWay, at: now), stalls: readStalls(at: now))
    }

    /// Whether it is the end of something that began elsewhere.
    package var isStop: Bool {
        if case .stop = role { true } else { false }
    }

    /// The names from the root of the tree, separated by dots.
    package var name: String { path.text }
}
