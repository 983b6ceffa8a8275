package import Timepiece

/// A distribution in the exponential buckets of OpenTelemetry and of Prometheus' native histograms, in seconds.
///
/// At scale s the bounds are 2^(i / 2^s) seconds. A bucket of OpenTelemetry with the index i lies above bound i, up to and
/// including bound i + 1; Prometheus counts the same bucket as i + 1. The library's own buckets are those of scale 6;
/// if they are too many, pairs of neighbors are merged, which is scale 5, and so on.
package struct ExponentialBuckets: Sendable, Equatable {
    package struct Bucket: Sendable, Equatable {
        /// The index by OpenTelemetry's count; Prometheus' is one more.
        package var index: Int
        package var count: UInt64
    }

    /// OpenTelemetry's `scale`, which is Prometheus' `schema`: 6 or less.
    package let scale: Int
    /// The number of zero values.
    package let zeroCount: UInt64
    /// The buckets that are not empty, ascending.
    package let buckets: [Bucket]

    /// The number that is limited.
    package enum Limit: Sendable {
        /// The buckets from the first to the last, as OpenTelemetry sends them.
        case span(Int)
        /// The buckets that are not empty, as Prometheus sends them.
        case populated(Int)
    }

    /// - Parameter limit: how many buckets there may be; with 0, one remains.
    package init(_ histogram: Histogram, limit: Limit) {
        let all = histogram.buckets
        let zeroes = all.first.map { $0.index == 0 ? $0.count : 0 } ?? 0
        self.init(
            all.filter { $0.index > 0 }.map {
                Bucket(index: $0.index - HistogramScale.bucketOfOneSecond, count: $0.count)
            }, zeroes: zeroes, limit: limit)
    }

    /// - Parameter limit: how many buckets there may be; with 0, one remains.
    package init(_ numbers: NumberDistribution, limit: Limit) {
        self.init(numbers.buckets, zeroes: numbers.zeroCount, limit: limit)
    }

    private init(_ all: [Bucket], zeroes: UInt64, limit: Limit) {
        var buckets = all
        var scale = 6
        while buckets.count > 1, Self.exceeds(buckets, limit), scale > -10 {
            buckets = Self.halve(buckets)
            scale -= 1
        }
        self.scale = scale
        zeroCount = zeroes
        self.buckets = buckets
    }

    private static func exceeds(_ buckets: [Bucket], _ limit: Limit) -> Bool {
        switch limit {
        case .populated(let limit): buckets.count > limit
        case .span(let limit): (buckets.last?.index ?? 0) - (buckets.first?.index ?? 0) >= limit
        }
    }

    private static func halve(_ buckets: [Bucket]) -> [Bucket] {
        buckets.reduce(into: []) { halved, bucket in
            // Rounded down, also below zero.
            let index = bucket.index >> 1
            if let last = halved.indices.last, halved[last].index == index {
                halved[last].count.addSaturating(bucket.count)
            } else {
                halved.append(Bucket(index: index, count: bucket.count))
            }
        }
    }
}
