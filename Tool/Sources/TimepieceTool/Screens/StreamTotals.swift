import TimepieceMessages

/// The totals of a stream since the start of a run, in memory that does not grow.
struct StreamTotals {
    private(set) var intervals: UInt64 = 0
    private(set) var sum = Duration.zero
    private(set) var longest = Duration.zero
    /// When the longest was reported.
    private(set) var longestAt = Duration.zero
    private(set) var buffers: UInt64 = 0
    private(set) var discontinuities: UInt64 = 0
    /// The elements' own count if they have one.
    private(set) var freezes: UInt64 = 0
    private(set) var gapEvents: UInt64 = 0
    private(set) var jumps: UInt64 = 0
    private(set) var nominalRate = 0.0
    /// The medians of the windows, the last ones.
    private var medians: [Duration] = []
    private var detector = FreezeDetector()
    private var gaps = GapDetector(period: 0)

    private static let mostMedians = 3600

    mutating func add(_ message: TickMessage, _ fields: MessageFields, at now: Duration) {
        intervals = intervals +| message.intervals.count
        sum += message.intervals.sum
        if message.intervals.max > longest {
            longest = message.intervals.max
            longestAt = now
        }
        buffers = message.totalBufferCount
        discontinuities = discontinuities +| message.discontinuityCount
        if message.nominalRate > 0, message.nominalRate != nominalRate {
            nominalRate = message.nominalRate
            gaps = GapDetector(period: 1000 / nominalRate)
        }
        if message.intervals.count > 0 {
            if medians.count == Self.mostMedians { medians.removeFirst(Self.mostMedians / 2) }
            medians.append(message.intervals.p50)
        }
        let before = detector.count
        for interval in message.recentIntervals {
            detector.add(interval.milliseconds)
            gaps.add(interval.milliseconds)
        }
        freezes = freezes +| (fields.count("num-freezes") ?? UInt64(detector.count - before))
        jumps = jumps +| (fields.count("num-jumps") ?? 0)
        gapEvents = gapEvents +| (fields.count("num-gaps") ?? 0)
    }

    var rate: Double { sum > .zero ? Double(intervals) / sum.seconds : 0 }
    var mean: Duration { intervals > 0 ? .seconds(sum.seconds / Double(intervals)) : .zero }
    var median: Duration {
        let sorted = medians.sorted()
        return sorted.isEmpty ? .zero : sorted[sorted.count / 2]
    }
    /// Buffers that are missing, by the intervals.
    var missing: UInt64 { gaps.missing }
}
