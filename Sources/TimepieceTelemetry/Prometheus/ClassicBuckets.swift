import Timepiece

/// The buckets of a classic histogram, whose bounds are the same for every series of a unit.
///
/// All are bounds of the library's own buckets, so that each count is exact.
package struct ClassicBuckets: Sendable {
    /// For times: powers of two of a second, from 122 µs to 64 s, with the geometric mean in between from 3.9 ms to 2
    /// s.
    ///
    /// Between 3.9 ms and 2 s a bucket is 41 % wide; native histograms have percentiles to one percent.
    package static let times = ClassicBuckets(
        halfOctaves: stride(from: -13 * 2, through: 6 * 2, by: 1).filter { $0 % 2 == 0 || $0 > -8 * 2 && $0 < 1 * 2 })
    /// For other numbers: powers of two, from 1/1024 to 2^33.
    package static let numbers = ClassicBuckets(halfOctaves: Array(stride(from: -10 * 2, through: 33 * 2, by: 2)))

    /// The OpenTelemetry indexes of the buckets whose upper bounds are those of the classic ones, ascending.
    private let indexes: [Int]
    /// The upper bounds in the unit.
    package let bounds: [Double]

    package static func of(_ unit: Metric.Unit) -> ClassicBuckets { unit == .seconds ? times : numbers }

    private init(halfOctaves: [Int]) {
        indexes = halfOctaves.map { $0 * HistogramScale.bucketsPerOctave / 2 - 1 }
        bounds = halfOctaves.map { step in
            let octave = Double(sign: .plus, exponent: step >> 1, significand: 1)
            return step & 1 == 0 ? octave : octave * 2.0.squareRoot()
        }
    }

    /// The number of values that are not above each of the bounds.
    package func counts(_ whole: ExponentialBuckets) -> [UInt64] {
        var rest = whole.buckets[...]
        var count = whole.zeroCount
        return indexes.map { index in
            while let bucket = rest.first, bucket.index <= index {
                count.addSaturating(bucket.count)
                rest.removeFirst()
            }
            return count
        }
    }
}

/// A distribution for Prometheus, of times or of numbers.
struct PrometheusHistogram {
    let count: UInt64
    let sum: Double
    /// The classic buckets, each with its upper bound.
    let classic: [(bound: Double, count: UInt64)]
    private let value: MetricValue

    /// Nil if the value is not a distribution.
    init?(_ value: MetricValue, _ unit: Metric.Unit) {
        self.value = value
        let whole: ExponentialBuckets
        switch value {
        case .distribution(let statistics):
            count = statistics.count
            sum = Double(statistics.sumNanoseconds) / 1e9
            whole = ExponentialBuckets(statistics.histogram, limit: .populated(.max))
        case .numbers(let numbers):
            count = numbers.count
            sum = numbers.sum
            whole = ExponentialBuckets(numbers, limit: .populated(.max))
        case .count, .nanoseconds, .gauge: return nil
        }
        let buckets = ClassicBuckets.of(unit)
        classic = zip(buckets.bounds, buckets.counts(whole)).map { ($0, $1) } + [(.infinity, count)]
    }

    /// The native histogram.
    ///
    /// - Parameter limit: how many buckets may be filled; beyond that, pairs of neighbors are merged.
    func native(limit: Int) -> ExponentialBuckets {
        switch value {
        case .distribution(let statistics): ExponentialBuckets(statistics.histogram, limit: .populated(limit))
        case .numbers(let numbers): ExponentialBuckets(numbers, limit: .populated(limit))
        case .count, .nanoseconds, .gauge: ExponentialBuckets(Histogram(), limit: .populated(limit))
        }
    }
}
