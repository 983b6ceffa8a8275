/// The measurements of a stopwatch and the tree below it at a moment: plain values that do not change.
public struct StopWatchSnapshot: Sendable, Hashable, Codable {
    /// The name of the stopwatch.
    public let name: String
    /// The names from the root down to the stopwatch, separated by dots.
    public let fullName: String
    /// Statistics of the intervals.
    public let statistics: Statistics
    /// The share of the parent's sum, usually from 0 to 1; 1 without a parent, 0 if the parent measured nothing.
    public let share: Double
    /// The children in the order in which they were made.
    public let children: [StopWatchSnapshot]

    /// The sum less the sums of the children: the time spent outside all of them.
    ///
    /// Zero if the children sum up to more, as they can if work runs in parallel.
    public var selfTime: Duration {
        children.reduce(statistics.sum) { max(.zero, $0 - $1.statistics.sum) }
    }
}

extension StopWatch {
    /// The measurements of this stopwatch and the tree below it since the last reset.
    public var snapshot: StopWatchSnapshot {
        snapshot(ofParent: parent?.statistics.sumNanoseconds) { $0.statistics }
    }

    /// Returns the measurements of this stopwatch and the tree below it, and resets all their statistics.
    ///
    /// An interval that is recorded meanwhile is in exactly one of this snapshot and the next.
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
