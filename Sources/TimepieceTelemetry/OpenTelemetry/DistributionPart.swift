package import Timepiece

/// A distribution, or its growth in an interval.
package struct DistributionPart: Sendable, Equatable {
    package let count: UInt64
    /// In nanoseconds.
    package let sum: UInt64
    /// In nanoseconds; nil where it is not known.
    package let min: UInt64?
    /// In nanoseconds; nil where it is not known.
    package let max: UInt64?
    package let histogram: Histogram

    /// Takes all of it.
    package init(_ statistics: Statistics) {
        count = statistics.count
        sum = statistics.sumNanoseconds
        min = count == 0 ? nil : statistics.minNanoseconds
        max = count == 0 ? nil : statistics.maxNanoseconds
        histogram = statistics.histogram
    }

    /// Takes the difference to an earlier state; nil if that is not an earlier state of the same distribution.
    ///
    /// Counts and sum are exact. Only new extremes are known; if the interval's outermost bucket has no other value,
    /// none is invented.
    package init?(_ statistics: Statistics, since former: Statistics) {
        guard statistics.count >= former.count, statistics.sumNanoseconds >= former.sumNanoseconds else { return nil }
        var counts: [Int: UInt64] = [:]
        for bucket in former.histogram.buckets { counts[bucket.index] = bucket.count }
        var part = Histogram()
        for bucket in statistics.histogram.buckets {
            let known = counts.removeValue(forKey: bucket.index) ?? 0
            guard bucket.count >= known else { return nil }
            part.add(bucket.count - known, toBucket: bucket.index)
        }
        guard counts.isEmpty else { return nil }
        count = statistics.count - former.count
        sum = statistics.sumNanoseconds - former.sumNanoseconds
        let isFirst = former.count == 0
        min =
            count > 0 && (isFirst || statistics.minNanoseconds < former.minNanoseconds)
            ? statistics.minNanoseconds : nil
        max =
            count > 0 && (isFirst || statistics.maxNanoseconds > former.maxNanoseconds)
            ? statistics.maxNanoseconds : nil
        histogram = part
    }
}
