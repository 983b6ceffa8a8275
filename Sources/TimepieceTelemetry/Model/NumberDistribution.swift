import Timepiece

/// The distribution of a set of numbers: count, sum and extremes, and the count in each bucket of scale 6.
///
/// For any number from zero on, whereas ``Statistics`` is for durations up to 73 hours.
package struct NumberDistribution: Sendable, Hashable {
    package private(set) var count: UInt64 = 0
    package private(set) var sum: Double = 0
    /// Nil where it is not known.
    package private(set) var min: Double?
    /// Nil where it is not known.
    package private(set) var max: Double?
    package private(set) var zeroCount: UInt64 = 0
    /// By OpenTelemetry's index.
    private var counts: [Int: UInt64] = [:]

    package init() {}

    /// Counts a number.
    ///
    /// - Returns: false if it is negative, infinite or not a number, and is not counted.
    package mutating func record(_ number: Double) -> Bool {
        guard number >= 0, number.isFinite else { return false }
        count.addSaturating(1)
        sum += number
        min = Swift.min(min ?? number, number)
        max = Swift.max(max ?? number, number)
        if number == 0 {
            zeroCount.addSaturating(1)
        } else {
            counts[Self.index(of: number), default: 0].addSaturating(1)
        }
        return true
    }

    /// The buckets that are not empty, ascending.
    package var buckets: [ExponentialBuckets.Bucket] {
        counts.sorted { $0.key < $1.key }.map { ExponentialBuckets.Bucket(index: $0.key, count: $0.value) }
    }

    package mutating func merge(_ other: NumberDistribution) {
        count.addSaturating(other.count)
        sum += other.sum
        min = [min, other.min].compactMap(\.self).min()
        max = [max, other.max].compactMap(\.self).max()
        zeroCount.addSaturating(other.zeroCount)
        counts.merge(other.counts) { $0.addingSaturating($1) }
    }

    /// The difference to an earlier state; nil if that is not an earlier state of the same distribution.
    ///
    /// Only new extremes are known.
    func part(since former: NumberDistribution) -> NumberDistribution? {
        guard count >= former.count, zeroCount >= former.zeroCount else { return nil }
        var part = NumberDistribution()
        for (index, count) in counts {
            let known = former.counts[index] ?? 0
            guard count >= known else { return nil }
            if count > known { part.counts[index] = count - known }
        }
        guard former.counts.keys.allSatisfy({ counts[$0] != nil }) else { return nil }
        part.count = count - former.count
        part.sum = sum - former.sum
        part.zeroCount = zeroCount - former.zeroCount
        guard part.count > 0 else { return part }
        part.min = min == former.min ? nil : min
        part.max = max == former.max ? nil : max
        return part
    }

    /// The bucket of a number above zero: above 2^(index / 64), up to and including 2^((index + 1) / 64).
    static func index(of number: Double) -> Int {
        let significand = number.significand
        var (low, high) = (0, bounds.count)
        while low < high {
            let middle = (low + high) / 2
            if bounds[middle] < significand { low = middle + 1 } else { high = middle }
        }
        return Int(number.exponent) * HistogramScale.bucketsPerOctave + low - 1
    }

    /// 2^(k / 64) for k from 0 to 63.
    private static let bounds = (0..<HistogramScale.bucketsPerOctave).map { step in
        HistogramScale.upperBound(of: HistogramScale.bucketOfOneSecond - 1 + step) / 1e9
    }
}
