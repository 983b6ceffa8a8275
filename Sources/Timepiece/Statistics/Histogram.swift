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
        /// All values of the range together in nanoseconds.
        package let sum: UInt64
        /// The arithmetic mean of the values that fell into the range, which stands for them where they are added up.
        public var mean: Duration {
            Duration(clampingNanoseconds: count == 0 ? 0 : sum / count)
        }
    }

    /// What is kept of a range.
    struct Cell: Sendable {
        var count: UInt64 = 0
        /// The values together in nanoseconds, at most the largest number.
        var sum: UInt64 = 0

        @inline(__always)
        mutating func add(_ count: UInt64, _ sum: UInt64) {
            self.count.addSaturating(count)
            self.sum.addSaturating(sum)
        }
    }

    /// How many values were recorded.
    public private(set) var count: UInt64 = 0
    private var first = 0
    private var cells: [Cell] = []

    /// Makes an empty histogram.
    public init() {}

    /// The buckets that are not empty, ascending.
    public var buckets: [Bucket] {
        cells.indices.compactMap { offset in
            let cell = cells[offset]
            return cell.count == 0 ? nil : Bucket(index: first + offset, count: cell.count, sum: cell.sum)
        }
    }

    /// Counts a value; a negative one counts as zero. See ``HistogramRecorder`` for the quicker way.
    public mutating func record(_ value: Duration, count: UInt64 = 1) {
        record(nanoseconds: value.clampedNanoseconds, count: count)
    }

    /// Adds what another histogram counted.
    public mutating func merge(_ other: Histogram) {
        guard let last = other.cells.indices.last else { return }
        cover(other.first...(other.first + last))
        for offset in other.cells.indices where other.cells[offset].count != 0 {
            cells[other.first + offset - first].add(other.cells[offset].count, other.cells[offset].sum)
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
        for offset in cells.indices {
            seen.addSaturating(cells[offset].count)
            if Double(seen) >= rank {
                return HistogramScale.middleDuration(of: first + offset)
            }
        }
        return HistogramScale.middleDuration(of: first + cells.count - 1)
    }

    /// Counts a value in nanoseconds.
    @inline(__always)
    package mutating func record(nanoseconds: UInt64, count increment: UInt64 = 1) {
        let bucket = HistogramScale.bucket(of: nanoseconds)
        let offset = bucket &- first
        // One comparison for both ends.
        guard increment == 1, UInt(bitPattern: offset) < UInt(bitPattern: cells.count) else {
            return add(increment, sum: nanoseconds.multipliedSaturating(by: increment), toBucket: bucket)
        }
        cells[offset].add(1, nanoseconds)
        count.addSaturating(1)
    }

    /// Counts values by the number of their bucket; a number outside the scale counts in the bucket at that end.
    ///
    /// - Parameter sum: the values together in nanoseconds; where it is not known each is taken for the bucket's middle.
    @inline(never)
    package mutating func add(_ increment: UInt64, sum: UInt64? = nil, toBucket bucket: Int) {
        guard increment > 0 else { return }
        let bucket = max(0, min(bucket, HistogramScale.bucketCount - 1))
        cover(bucket...bucket)
        let middles = UInt64(exactly: (HistogramScale.middle(of: bucket) * Double(increment)).rounded()) ?? .max
        cells[bucket - first].add(increment, sum ?? middles)
        count.addSaturating(increment)
    }

    /// Makes a histogram of neighboring buckets, of which the first is given.
    init(first: Int, cells: [Cell]) {
        self.first = first
        self.cells = cells
        for added in cells { count.addSaturating(added.count) }
    }

    /// Makes a histogram of values in nanoseconds, in ascending order.
    init(ascending values: [UInt64]) {
        guard let least = values.first, let most = values.last else { return }
        first = HistogramScale.bucket(of: least)
        cells = Array(repeating: Cell(), count: HistogramScale.bucket(of: most) - first + 1)
        for value in values { cells[HistogramScale.bucket(of: value) - first].add(1, value) }
        count = UInt64(values.count)
    }

    /// Makes room so that the range of buckets can be indexed.
    private mutating func cover(_ range: ClosedRange<Int>) {
        if cells.isEmpty {
            first = range.lowerBound
            cells = Array(repeating: Cell(), count: range.count)
            return
        }
        if range.lowerBound < first {
            cells.insert(contentsOf: repeatElement(Cell(), count: first - range.lowerBound), at: 0)
            first = range.lowerBound
        }
        let missing = range.upperBound - (first + cells.count - 1)
        if missing > 0 { cells.append(contentsOf: repeatElement(Cell(), count: missing)) }
    }

    /// Two histograms are equal that counted the same in each range, whatever room they keep.
    public static func == (left: Histogram, right: Histogram) -> Bool {
        left.count == right.count
            && left.buckets.elementsEqual(right.buckets) { $0.index == $1.index && $0.count == $1.count }
    }

    /// Feeds what was counted to a hasher.
    public func hash(into hasher: inout Hasher) {
        for bucket in buckets {
            hasher.combine(bucket.index)
            hasher.combine(bucket.count)
        }
    }
}

extension Histogram: Codable {
    private enum CodingKeys: String, CodingKey {
        case first, counts, sums
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
        // Those of an earlier version have none.
        let sums = try values.decodeIfPresent([UInt64].self, forKey: .sums) ?? []
        for (offset, count) in counts.enumerated() {
            add(count, sum: offset < sums.count ? sums[offset] : nil, toBucket: first + offset)
        }
    }

    /// Encodes the counts between the first and the last bucket that is not empty, with the index of the first, and what
    /// fell into each together in nanoseconds.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        let used = cells.indices.filter { cells[$0].count != 0 }
        let kept = used.isEmpty ? [] : cells[used[0]...used[used.count - 1]]
        try values.encode(first + (used.first ?? 0), forKey: .first)
        try values.encode(kept.map(\.count), forKey: .counts)
        try values.encode(kept.map(\.sum), forKey: .sums)
    }
}
