/// Counts of durations in exponential buckets, for percentiles that can be merged.
///
/// The buckets are fixed, 2^(1/64) wide (see ``Bucket``), so merging is adding and the order of merging does not matter.
/// Only the buckets between the smallest and the largest value seen are stored.
public struct Histogram: Sendable, Hashable {
    /// A range of values and how many fell into it.
    public struct Bucket: Sendable, Hashable {
        /// The place of the range: `index` − 1920 is the index on OpenTelemetry's exponential scale 6 in seconds.
        ///
        /// With i = `index` − 1920 these are the values above 2^(i/64) s, up to and including 2^((i+1)/64) s; index 0 is
        /// zero alone, and the last index, 3071, has all values above 2^(1151/64) s (72 hours).
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

    /// Counts a value; a negative one counts as zero. See ``HistogramRecorder`` for the quicker way.
    public mutating func record(_ value: Duration, count: UInt64 = 1) {
        record(nanoseconds: value.clampedNanoseconds, count: count)
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
    @inline(__always)
    package mutating func record(nanoseconds: UInt64, count increment: UInt64 = 1) {
        let bucket = HistogramScale.bucket(of: nanoseconds)
        let offset = bucket &- first
        // One comparison for both ends.
        guard UInt(bitPattern: offset) < UInt(bitPattern: counts.count) else {
            return add(increment, toBucket: bucket)
        }
        counts[offset].addSaturating(increment)
        count.addSaturating(increment)
    }

    /// Counts values by the number of their bucket; a number outside the scale counts in the bucket at that end.
    @inline(never)
    package mutating func add(_ increment: UInt64, toBucket bucket: Int) {
        guard increment > 0 else { return }
        let bucket = max(0, min(bucket, HistogramScale.bucketCount - 1))
        cover(bucket...bucket)
        counts[bucket - first].addSaturating(increment)
        count.addSaturating(increment)
    }

    /// Makes a histogram of the counts of neighboring buckets, of which the first is given.
    @unsafe init(first: Int, counts: UnsafeBufferPointer<UInt64>) {
        guard let low = unsafe counts.firstIndex(where: { $0 != 0 }),
            let high = unsafe counts.lastIndex(where: { $0 != 0 })
        else { return }
        self.first = first + low
        self.counts = unsafe Array(counts[low...high])
        for added in self.counts { count.addSaturating(added) }
    }

    /// Makes room so that the range of buckets can be indexed.
    private mutating func cover(_ range: ClosedRange<Int>) {
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

    /// Feeds what was counted to a hasher.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(buckets)
    }
}

extension Histogram: Codable {
    private enum CodingKeys: String, CodingKey {
        case first, counts
    }

    /// Decodes a histogram.
    ///
    /// - Throws: `DecodingError` if a bucket is not on the scale.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        let first = try values.decode(Int.self, forKey: .first)
        let counts = try values.decode([UInt64].self, forKey: .counts)
        guard (0..<HistogramScale.bucketCount).contains(first), counts.count <= HistogramScale.bucketCount - first
        else {
            throw DecodingError.dataCorruptedError(
                forKey: .counts, in: values,
                debugDescription: "Buckets have to be within 0 ..< \(HistogramScale.bucketCount).")
        }
        for (offset, count) in counts.enumerated() { add(count, toBucket: first + offset) }
    }

    /// Encodes the counts between the first and the last bucket that is not empty, with the index of the first.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        let used = counts.indices.filter { counts[$0] != 0 }
        try values.encode(first + (used.first ?? 0), forKey: .first)
        try values.encode(used.isEmpty ? [] : Array(counts[used[0]...used[used.count - 1]]), forKey: .counts)
    }
}
