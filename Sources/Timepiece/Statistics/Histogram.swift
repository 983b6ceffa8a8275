/// Counts of durations in exponential buckets, for percentiles that can be merged.
///
/// The buckets are fixed, 2^(1/64) wide (see ``Bucket``), so merging is adding and the order of merging does not matter.
/// Only the buckets between the smallest and the largest value seen are stored.
public struct Histogram: Sendable, Equatable {
    /// A range of values and how many fell into it.
    public struct Bucket: Sendable, Equatable {
        /// The place on OpenTelemetry's exponential scale 6 of nanoseconds: values from 2^(index/64) to 2^((index+1)/64).
        public let index: Int
        /// How many values fell into the range.
        public let count: UInt64
        /// The value that stands for the range, to a part of a nanosecond: no value in it is more than 0.55 % away.
        public var middle: Duration { HistogramScale.middleDuration(of: index) }
    }

    /// How many values were recorded.
    public private(set) var count: UInt64 = 0
    private var first = 0
    private var counts: [UInt64] = []

    /// Makes an empty histogram.
    public init() {}

    /// The buckets that are not empty, ascending.
    public var buckets: [Bucket] {
        counts.indices.compactMap { offset in
            counts[offset] == 0 ? nil : Bucket(index: first + offset, count: counts[offset])
        }
    }

    /// Counts a value; a negative one counts as zero.
    public mutating func record(_ value: Duration, count: UInt64 = 1) {
        record(nanoseconds: UInt64(max(0, value.nanoseconds)), count: count)
    }

    /// Adds what another histogram counted.
    public mutating func merge(_ other: Histogram) {
        guard let last = other.counts.indices.last else { return }
        cover(other.first...(other.first + last))
        for offset in other.counts.indices where other.counts[offset] != 0 {
            counts[other.first + offset - first].addSaturating(other.counts[offset])
        }
        count.addSaturating(other.count)
    }

    /// Returns the value that the given share of the recorded values does not exceed (nearest rank), at most 0.55 % off.
    ///
    /// - Parameter percentile: from 0 to 100; what lies outside is taken as the nearer end.
    /// - Returns: zero when nothing was recorded.
    public func percentile(_ percentile: Double) -> Duration {
        guard count > 0 else { return .zero }
        let share = percentile.isNaN ? 0 : min(max(percentile, 0), 100) / 100
        // Multiplied out, 99 % of 100 values is 99.00000000000001; a rank is whole, so shave what rounding added.
        let rank = max(1, (share * Double(count) * (1 - 4 * Double.ulpOfOne)).rounded(.up))
        var seen: UInt64 = 0
        for offset in counts.indices {
            seen.addSaturating(counts[offset])
            if Double(seen) >= rank {
                return HistogramScale.middleDuration(of: first + offset)
            }
        }
        return HistogramScale.middleDuration(of: first + counts.count - 1)
    }

    /// Counts a value in nanoseconds.
    package mutating func record(nanoseconds: UInt64, count increment: UInt64 = 1) {
        guard increment > 0 else { return }
        // The scale answers with 0 ..< bucketCount for every value.
        let bucket = HistogramScale.shared.bucket(of: nanoseconds)
        if !counts.indices.contains(bucket &- first) { cover(bucket...bucket) }
        counts[bucket &- first].addSaturating(increment)
        count.addSaturating(increment)
    }

    /// Counts values by the number of their bucket; a number outside the scale counts in the bucket at that end.
    package mutating func add(_ increment: UInt64, toBucket bucket: Int) {
        guard increment > 0 else { return }
        let bucket = max(0, min(bucket, HistogramScale.bucketCount - 1))
        cover(bucket...bucket)
        counts[bucket - first].addSaturating(increment)
        count.addSaturating(increment)
    }

    /// Makes room so that the range of buckets can be indexed.
    package mutating func cover(_ range: ClosedRange<Int>) {
        if counts.isEmpty {
            first = range.lowerBound
            counts = Array(repeating: 0, count: range.count)
            return
        }
        if range.lowerBound < first {
            counts.insert(contentsOf: repeatElement(0, count: first - range.lowerBound), at: 0)
            first = range.lowerBound
        }
        let missing = range.upperBound - (first + counts.count - 1)
        if missing > 0 { counts.append(contentsOf: repeatElement(0, count: missing)) }
    }

    /// Two histograms are equal that counted the same, whatever room they keep.
    public static func == (left: Histogram, right: Histogram) -> Bool {
        left.count == right.count && left.buckets == right.buckets
    }
}
