/// What a set of durations looks like: count, extremes, sum and spread exactly, percentiles from a histogram.
///
/// A plain value: copies are independent, and two can be merged in any order with the same result. All figures are zero
/// when nothing was recorded. Sums stay at the largest representable number rather than wrap.
public struct Statistics: Sendable, Equatable {
    /// How many durations were recorded.
    public private(set) var count: UInt64 = 0
    /// The distribution, for percentiles and for services that take one.
    public private(set) var histogram = Histogram()

    package private(set) var minNanoseconds: UInt64 = 0
    package private(set) var maxNanoseconds: UInt64 = 0
    package private(set) var sumNanoseconds: UInt64 = 0
    private var squares: UInt128 = 0

    /// Makes statistics of nothing.
    public init() {}

    package init(
        count: UInt64, min: UInt64, max: UInt64, sum: UInt64, squares: UInt128, histogram: Histogram
    ) {
        self.count = count
        minNanoseconds = min
        maxNanoseconds = max
        sumNanoseconds = sum
        self.squares = squares
        self.histogram = histogram
    }

    /// The shortest duration.
    public var min: Duration { Duration(clampingNanoseconds: minNanoseconds) }
    /// The longest duration.
    public var max: Duration { Duration(clampingNanoseconds: maxNanoseconds) }
    /// All durations together.
    public var sum: Duration { Duration(clampingNanoseconds: sumNanoseconds) }
    /// The arithmetic mean, to the nanosecond.
    public var mean: Duration { Duration(clampingNanoseconds: meanNanoseconds) }
    /// The standard deviation of the population, √(Σx²/n − (Σx/n)²), from exact integer sums.
    public var standardDeviation: Duration { Duration(clampingNanoseconds: standardDeviationNanoseconds) }

    /// How many durations fit into a second: count / sum.
    ///
    /// Of n events in a row the n − 1 intervals between them are recorded, so this is (n − 1) / (last − first).
    public var rate: Double {
        sumNanoseconds == 0 ? 0 : Double(count) * 1e9 / Double(sumNanoseconds)
    }

    /// Returns the duration that the given share of the recorded ones does not exceed, at most 0.55 % off.
    ///
    /// - Parameter percentile: from 0 to 100; what lies outside is taken as the nearer end.
    /// - Returns: zero when nothing was recorded.
    public func percentile(_ percentile: Double) -> Duration {
        Swift.min(Swift.max(histogram.percentile(percentile), min), max)
    }

    /// Counts a duration; a negative one counts as zero.
    public mutating func record(_ duration: Duration) {
        record(nanoseconds: duration.clampedNanoseconds)
    }

    /// Counts a duration in nanoseconds.
    package mutating func record(nanoseconds: UInt64) {
        minNanoseconds = count == 0 ? nanoseconds : Swift.min(minNanoseconds, nanoseconds)
        maxNanoseconds = Swift.max(maxNanoseconds, nanoseconds)
        sumNanoseconds.addSaturating(nanoseconds)
        // The square of 64 bits fits into 128, so the product needs no check.
        squares.addSaturating(UInt128(nanoseconds) &* UInt128(nanoseconds))
        count.addSaturating(1)
        histogram.record(nanoseconds: nanoseconds)
    }

    /// Adds what other statistics counted.
    public mutating func merge(_ other: Statistics) {
        guard other.count > 0 else { return }
        minNanoseconds = count == 0 ? other.minNanoseconds : Swift.min(minNanoseconds, other.minNanoseconds)
        maxNanoseconds = Swift.max(maxNanoseconds, other.maxNanoseconds)
        sumNanoseconds.addSaturating(other.sumNanoseconds)
        squares.addSaturating(other.squares)
        count.addSaturating(other.count)
        histogram.merge(other.histogram)
    }

    package var meanNanoseconds: UInt64 {
        count == 0 ? 0 : sumNanoseconds / count
    }

    package var standardDeviationNanoseconds: UInt64 {
        guard count > 0 else { return 0 }
        // Σ(x − mean)² = Σx² − (Σx)²/n, in integers so that nothing cancels; a saturated sum cannot go below zero.
        let sum = UInt128(sumNanoseconds)
        let (quotient, remainder) = (sum * sum).quotientAndRemainder(dividingBy: UInt128(count))
        let whole = squares >= quotient ? squares - quotient : 0
        let spread = Swift.max(0, Double(whole) - Double(remainder) / Double(count))
        return UInt64((spread / Double(count)).squareRoot().rounded())
    }
}
