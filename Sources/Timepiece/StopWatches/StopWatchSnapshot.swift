/// What a stopwatch and the tree below it had measured at a moment: plain values that do not change.
public struct StopWatchSnapshot: Sendable, Hashable, Codable {
    /// The name of the stopwatch.
    public let name: String
    /// The names from the root down to the stopwatch, separated by dots.
    public let fullName: String
    /// Statistics of the intervals.
    public let statistics: Statistics
    /// The share of the parent's sum, usually from 0 to 1; 1 without a parent, 0 if that measured nothing.
    public let share: Double
    /// The children in the order in which they were made.
    public let children: [StopWatchSnapshot]

    /// The sum less the sums of the children: the time spent in none of them.
    ///
    /// Zero if the children sum up to more, as they can where work runs side by side.
    public var selfTime: Duration {
        children.reduce(statistics.sum) { max(.zero, $0 - $1.statistics.sum) }
    }
}

extension StopWatch {
    /// What this stopwatch and the tree below it have measured since the last reset.
    public var snapshot: StopWatchSnapshot {
        snapshot(ofParent: parent?.statistics.sumNanoseconds) { $0.statistics }
    }

    /// Hands out what this stopwatch and the tree below it have measured, and resets all their statistics.
    ///
    /// An interval that is recorded meanwhile is in this snapshot or in the next, never in both and never in neither.
    public func takeSnapshot() -> StopWatchSnapshot {
        snapshot(ofParent: parent?.statistics.sumNanoseconds) { $0.takeStatistics() }
    }

    /// The sum less the sums of the children, see ``StopWatchSnapshot/selfTime``.
    public var selfTime: Duration { snapshot.selfTime }

    /// The share of the parent's sum, see ``StopWatchSnapshot/share``.
    public var share: Double { snapshot.share }

    private func snapshot(
        ofParent parentSum: UInt64?, statistics read: (StopWatch) -> Statistics
    ) -> StopWatchSnapshot {
        let statistics = read(self)
        let share =
            switch parentSum {
            case nil: 1.0
            case 0?: 0.0
            case let sum?: Double(statistics.sumNanoseconds) / Double(sum)
            }
        return StopWatchSnapshot(
            name: name, fullName: fullName, statistics: statistics, share: share,
            children: children.map { $0.snapshot(ofParent: statistics.sumNanoseconds, statistics: read) })
    }
}
