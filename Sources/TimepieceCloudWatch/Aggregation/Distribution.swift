import Timepiece

/// A histogram in few enough values for a service, made so that its percentiles, extremes and sum stay true.
///
/// - The smallest and the largest value are the exact ones, with a count of one each.
/// - Neighbors are merged while there are too many, those first that move the fewest samples the least; the values that
///   hold p50, p90, p95, p99 and p99.9 are left alone, so those stay as near as the histogram has them (0.55 %).
/// - What is between the extremes is scaled by less than 0.45 %, so that the values add up to the exact sum. A service
///   that looks at the values only (as some do when values and a statistic set come together) reports the right mean.
struct Distribution: Sendable, Equatable {
    private(set) var values: [Datum.Value]

    /// How far values may be scaled: with the 0.54 % of a bucket's middle it stays under 1 %.
    private static let largestScaling = 0.0045
    /// The percentiles people put on dashboards.
    private static let kept = [0.5, 0.9, 0.95, 0.99, 0.999]

    init(_ statistics: Statistics, limit: Int) {
        let low = Double(statistics.minNanoseconds)
        let high = Double(statistics.maxNanoseconds)
        guard statistics.count > 2, low < high else {
            values = Self.extremes(of: statistics)
            return
        }
        var inner = statistics.histogram.buckets.map {
            Datum.Value(
                nanoseconds: Swift.min(Swift.max(HistogramScale.middle(of: $0.index), low), high), count: $0.count)
        }
        Self.takeOne(from: &inner, at: 0)
        Self.takeOne(from: &inner, at: inner.count - 1)
        inner = Self.merged(inner, limit: Swift.max(1, limit - 2))
        Self.scale(
            &inner, toSum: Double(statistics.sumNanoseconds) - low - high, between: low, and: high)
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

    /// Puts equal neighbors together, as a value that was held at an extreme: the service wants each value once.
    private static func unique(_ values: [Datum.Value]) -> [Datum.Value] {
        values.reduce(into: []) { result, value in
            if let last = result.last, last.nanoseconds == value.nanoseconds {
                result[result.count - 1].count.addSaturating(value.count)
            } else {
                result.append(value)
            }
        }
    }

    private static func takeOne(from values: inout [Datum.Value], at index: Int) {
        guard values.indices.contains(index) else { return }
        if values[index].count > 1 {
            values[index].count -= 1
        } else {
            values.remove(at: index)
        }
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

    /// Scales the values so that together they make the sum, as far as they may be and between the extremes.
    private static func scale(
        _ values: inout [Datum.Value], toSum target: Double, between low: Double, and high: Double
    ) {
        let limit = values.count == 1 ? Double.infinity : largestScaling
        let middles = values.map(\.nanoseconds)
        var factor = 1.0
        // A value that is held at an extreme leaves its part to the others; a few rounds settle that.
        for _ in 0..<8 {
            let sum = values.reduce(0.0) { $0 + $1.nanoseconds * Double($1.count) }
            let free = values.reduce(0.0) {
                $0 + ($1.nanoseconds > low && $1.nanoseconds < high ? $1.nanoseconds * Double($1.count) : 0)
            }
            guard free > 0, sum != target else { return }
            factor = Swift.min(Swift.max(factor * (1 + (target - sum) / free), 1 - limit), 1 + limit)
            for index in values.indices {
                values[index].nanoseconds = Swift.min(Swift.max(middles[index] * factor, low), high)
            }
        }
    }

    /// Neighboring values that have become one.
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
