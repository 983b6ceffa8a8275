import Timepiece

/// A histogram in few enough values for a service, whose percentiles, extremes and sum stay accurate.
///
/// - The smallest and the largest value are the exact ones, with a count of one each.
/// - A value is the mean of its bucket. So an exact 30 fps reads 33.33 ms, and the values add up to the exact sum: a
///   service that uses the values only (as some do if it receives values and a statistic set together) reports the
///   right mean.
/// - Neighbors are merged while there are too many, first those whose merging moves the fewest samples the least; the
///   values that contain p50, p90, p95, p99 and p99.9 are not merged, so those stay within their bucket, which is 1.09
///   % wide.
struct Distribution: Sendable, Equatable {
    private(set) var values: [Datum.Value]

    /// The usual percentiles of dashboards.
    private static let kept = [0.5, 0.9, 0.95, 0.99, 0.999]

    init(_ statistics: Statistics, limit: Int) {
        let low = Double(statistics.minNanoseconds)
        let high = Double(statistics.maxNanoseconds)
        let lowest = HistogramScale.bucket(of: statistics.minNanoseconds)
        let highest = HistogramScale.bucket(of: statistics.maxNanoseconds)
        guard statistics.count > 2, low < high else {
            values = Self.extremes(of: statistics)
            return
        }
        var inner = statistics.histogram.buckets.map { bucket in
            // One each of the extremes is a value of its own.
            var (count, sum) = (bucket.count, bucket.sum)
            if bucket.index == lowest { Self.take(statistics.minNanoseconds, from: &count, &sum) }
            if bucket.index == highest { Self.take(statistics.maxNanoseconds, from: &count, &sum) }
            let mean = count == 0 ? 0 : Double(sum) / Double(count)
            return Datum.Value(nanoseconds: Swift.min(Swift.max(mean, low), high), count: count)
        }
        inner.removeAll { $0.count == 0 }
        inner = Self.merged(inner, limit: Swift.max(1, limit - 2))
        values = Self.unique(
            [Datum.Value(nanoseconds: low, count: 1)] + inner + [Datum.Value(nanoseconds: high, count: 1)])
    }

    /// Returns values with neighbors merged until there are no more than the limit.
    static func merged(_ values: [Datum.Value], limit: Int) -> [Datum.Value] {
        guard values.count > limit, limit > 0 else { return values }
        var groups = values.map { Group($0) }
        protect(&groups)
        while groups.count > limit, groups.count > 1 {
            var best = 0
            var bestCost = Double.infinity
            for index in 0..<(groups.count - 1) {
                let cost = groups[index].cost(ofMergingWith: groups[index + 1])
                if cost < bestCost {
                    best = index
                    bestCost = cost
                }
            }
            groups[best].merge(groups[best + 1])
            groups.remove(at: best + 1)
        }
        return groups.map(\.value)
    }

    private static func extremes(of statistics: Statistics) -> [Datum.Value] {
        let low = Datum.Value(nanoseconds: Double(statistics.minNanoseconds), count: statistics.count)
        guard statistics.count == 2, statistics.minNanoseconds < statistics.maxNanoseconds else {
            return statistics.count == 0 ? [] : [low]
        }
        return [
            Datum.Value(nanoseconds: low.nanoseconds, count: 1),
            Datum.Value(nanoseconds: Double(statistics.maxNanoseconds), count: 1),
        ]
    }

    /// Merges equal neighbors, such as a value that was limited to an extreme: the service requires each value once.
    private static func unique(_ values: [Datum.Value]) -> [Datum.Value] {
        values.reduce(into: []) { result, value in
            if let last = result.last, last.nanoseconds == value.nanoseconds {
                result[result.count - 1].count.addSaturating(value.count)
            } else {
                result.append(value)
            }
        }
    }

    private static func take(_ value: UInt64, from count: inout UInt64, _ sum: inout UInt64) {
        count -= Swift.min(count, 1)
        sum -= Swift.min(sum, value)
    }

    private static func protect(_ groups: inout [Group]) {
        let total = groups.reduce(0.0) { $0 + Double($1.value.count) }
        for share in kept {
            // Readers differ on the rank (nearest, interpolated); its neighbors on either side cover them all.
            let rank = share * total
            var seen = 0.0
            for index in groups.indices {
                let next = seen + Double(groups[index].value.count)
                if next >= rank - 2, seen <= rank + 2 { groups[index].isProtected = true }
                seen = next
            }
        }
    }

    /// Neighboring values that were merged.
    private struct Group {
        var value: Datum.Value
        var low: Double
        var high: Double
        var isProtected = false

        init(_ value: Datum.Value) {
            self.value = value
            low = value.nanoseconds
            high = value.nanoseconds
        }

        /// The samples that move, times how far they may.
        func cost(ofMergingWith next: Group) -> Double {
            guard !isProtected, !next.isProtected else { return .greatestFiniteMagnitude }
            let width = next.high / Swift.max(low, 1) - 1
            return (Double(value.count) + Double(next.value.count)) * width
        }

        mutating func merge(_ next: Group) {
            let own = Double(value.count)
            let other = Double(next.value.count)
            value.nanoseconds = (value.nanoseconds * own + next.value.nanoseconds * other) / (own + other)
            value.count.addSaturating(next.value.count)
            high = next.high
            isProtected = isProtected || next.isProtected
        }
    }
}
