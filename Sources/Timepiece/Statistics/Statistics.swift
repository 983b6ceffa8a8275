/// What a set of durations looks like: count, extremes, sum and spread exactly, percentiles from a histogram.
///
/// A plain value: copies are independent, and two can be merged in any order with the same result, also in another process
/// where they were sent encoded. All are zero when nothing was recorded. What is shown stays at the largest representable
/// number rather than wrap; mean and rate are those of the true sum.
public struct Statistics: Sendable, Hashable {
    /// How many durations were recorded.
    public private(set) var count: UInt64 = 0
    /// The distribution, for percentiles and for services that take one. Up to 1,000 durations that a ``Tachometer``
    /// measured are counted when it is read, in microseconds.
    public var histogram: Histogram { values.isEmpty ? tallied : Histogram(ascending: values) }

    package private(set) var minNanoseconds: UInt64 = 0
    package private(set) var maxNanoseconds: UInt64 = 0
    /// 2^64 values of 64 bits fit.
    private var total: UInt128 = 0
    private var squares: UInt128 = 0
    /// All durations in nanoseconds in ascending order, as long as they are kept one by one, or none.
    private var values: [UInt64] = []
    /// The distribution of all durations if they are not kept one by one.
    private var tallied = Histogram()

    /// Up to how many durations are kept one by one.
    package static var keptLimit: Int { 1000 }

    /// Makes statistics of nothing.
    public init() {}

    package init(
        count: UInt64, min: UInt64, max: UInt64, sum: UInt128, squares: UInt128, histogram: Histogram
    ) {
        self.count = count
        minNanoseconds = min
        maxNanoseconds = max
        total = sum
        self.squares = squares
        tallied = histogram
    }

    init(histogram: Histogram, gathered: Gathered) {
        self.init(
            count: histogram.count, min: histogram.count == 0 ? 0 : gathered.min, max: gathered.max,
            sum: gathered.sum, squares: gathered.squares, histogram: histogram)
    }

    /// Makes statistics of durations in nanoseconds, which are kept one by one if so many are.
    init(of values: [UInt64]) {
        let ascending = values.sorted()
        var gathered = Gathered()
        for value in ascending { gathered.add(value) }
        let isKept = values.count <= Self.keptLimit
        self.init(
            count: UInt64(values.count), min: values.isEmpty ? 0 : gathered.min, max: gathered.max, sum: gathered.sum,
            squares: gathered.squares, histogram: isKept ? Histogram() : Histogram(ascending: ascending))
        if isKept { self.values = ascending }
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
        total == 0 ? 0 : Double(count) * 1e9 / Double(total)
    }

    /// Returns the duration that the given share of the recorded ones does not exceed.
    ///
    /// By the nearest rank: exactly for up to 1,000 durations that a ``Tachometer`` measured, else at most 0.55 % off, and
    /// within ``min`` and ``max``.
    ///
    /// - Parameter percentile: from 0 to 100; what lies outside is taken as the nearer end.
    /// - Returns: zero when nothing was recorded.
    public func percentile(_ percentile: Double) -> Duration {
        if !values.isEmpty {
            let share = Swift.min(Swift.max(percentile.isNaN ? 0 : percentile, 0), 100) / 100
            let rank = Int((share * Double(values.count)).rounded(.up))
            return Duration(clampingNanoseconds: values[Swift.min(Swift.max(rank, 1), values.count) - 1])
        }
        return roughPercentile(percentile)
    }

    private func roughPercentile(_ percentile: Double) -> Duration {
        Swift.min(Swift.max(tallied.percentile(percentile), min), max)
    }

    /// Counts a duration; a negative one counts as zero.
    public mutating func record(_ duration: Duration) {
        record(nanoseconds: duration.clampedNanoseconds)
    }

    /// Counts a duration in nanoseconds.
    package mutating func record(nanoseconds: UInt64) {
        minNanoseconds = count == 0 ? nanoseconds : Swift.min(minNanoseconds, nanoseconds)
        maxNanoseconds = Swift.max(maxNanoseconds, nanoseconds)
        total.addSaturating(UInt128(nanoseconds))
        // The square of 64 bits fits into 128, so the product needs no check.
        squares.addSaturating(UInt128(nanoseconds) &* UInt128(nanoseconds))
        count.addSaturating(1)
        if !values.isEmpty { tally() }
        tallied.record(nanoseconds: nanoseconds)
    }

    /// Keeps the durations one by one no longer.
    @inline(never)
    private mutating func tally() {
        tallied = histogram
        values = []
    }

    /// Adds what other statistics counted.
    public mutating func merge(_ other: Statistics) {
        guard other.count > 0 else { return }
        let isKept = (count == 0 || !values.isEmpty) && !other.values.isEmpty
        if isKept, values.count + other.values.count <= Self.keptLimit {
            values = values.isEmpty ? other.values : (values + other.values).sorted()
        } else {
            if !values.isEmpty { tally() }
            tallied.merge(other.histogram)
        }
        minNanoseconds = count == 0 ? other.minNanoseconds : Swift.min(minNanoseconds, other.minNanoseconds)
        maxNanoseconds = Swift.max(maxNanoseconds, other.maxNanoseconds)
        total.addSaturating(other.total)
        squares.addSaturating(other.squares)
        count.addSaturating(other.count)
    }

    package var sumNanoseconds: UInt64 { UInt64(clamping: total) }

    package var meanNanoseconds: UInt64 {
        guard count > 0 else { return 0 }
        // A division of 128 bits takes a hundred instructions.
        return total <= UInt64.max ? sumNanoseconds / count : UInt64(clamping: total / UInt128(count))
    }

    package var standardDeviationNanoseconds: UInt64 {
        guard count > 0 else { return 0 }
        guard total <= UInt64.max, squares < .max else { return roughStandardDeviation }
        // Σ(x − mean)² = Σx² − (Σx)²/n, in integers so that nothing cancels.
        let sum = total
        let (quotient, remainder) = (sum * sum).quotientAndRemainder(dividingBy: UInt128(count))
        let whole = squares >= quotient ? squares - quotient : 0
        let spread = Swift.max(0, Double(whole) - Double(remainder) / Double(count))
        return UInt64((spread / Double(count)).squareRoot().rounded())
    }

    /// Where the sums need more than their bits (584 years in all), to 15 digits, and never more than half the range.
    private var roughStandardDeviation: UInt64 {
        let mean = Double(total) / Double(count)
        let spread = Double(squares) / Double(count) - mean * mean
        let rounded = UInt64(exactly: spread.squareRoot().rounded()) ?? .max
        return Swift.min(rounded, (maxNanoseconds - minNanoseconds) / 2)
    }
}

extension Statistics: Codable {
    private enum CodingKeys: String, CodingKey {
        case count, min, max, sum, squares, histogram
    }

    /// Decodes statistics.
    ///
    /// - Throws: `DecodingError` if the numbers contradict each other.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            count: try values.decode(UInt64.self, forKey: .count), min: try values.decode(UInt64.self, forKey: .min),
            max: try values.decode(UInt64.self, forKey: .max),
            sum: UInt128(halves: try values.decode([UInt64].self, forKey: .sum)),
            squares: UInt128(halves: try values.decode([UInt64].self, forKey: .squares)),
            histogram: try values.decode(Histogram.self, forKey: .histogram))
        guard histogram.count == count, minNanoseconds <= maxNanoseconds else {
            throw DecodingError.dataCorruptedError(
                forKey: .count, in: values,
                debugDescription: "The count is not that of the histogram, or the minimum is above the maximum.")
        }
    }

    /// Encodes the statistics in whole nanoseconds; sums as two numbers of 64 bits, the higher first.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(count, forKey: .count)
        try values.encode(minNanoseconds, forKey: .min)
        try values.encode(maxNanoseconds, forKey: .max)
        try values.encode(total.halves, forKey: .sum)
        try values.encode(squares.halves, forKey: .squares)
        try values.encode(histogram, forKey: .histogram)
    }
}

extension UInt128 {
    /// The number in two of 64 bits, the higher first, which every encoder takes.
    fileprivate var halves: [UInt64] { [UInt64(truncatingIfNeeded: self >> 64), UInt64(truncatingIfNeeded: self)] }

    fileprivate init(halves: [UInt64]) {
        self = halves.prefix(2).reduce(0) { $0 << 64 | UInt128($1) }
    }
}

extension Statistics {
    /// Whether the same durations were recorded, as far as counts, sums and the distribution show.
    public static func == (one: Statistics, other: Statistics) -> Bool {
        one.count == other.count && one.minNanoseconds == other.minNanoseconds
            && one.maxNanoseconds == other.maxNanoseconds && one.total == other.total
            && one.squares == other.squares && one.histogram == other.histogram
    }

    /// Feeds everything that ``==(_:_:)`` compares into a hasher.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(count)
        hasher.combine(total)
        hasher.combine(squares)
        hasher.combine(histogram)
    }
}
