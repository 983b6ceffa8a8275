import Foundation
import TestEnvironment
import Testing
import Timepiece

@Suite struct StatisticsTests {
    private func statistics(_ nanoseconds: some Sequence<UInt64>) -> Statistics {
        var statistics = Statistics()
        for value in nanoseconds { statistics.record(.nanoseconds(Int64(value))) }
        return statistics
    }

    private func merged(_ left: Statistics, _ right: Statistics) -> Statistics {
        var result = left
        result.merge(right)
        return result
    }

    @Test func `Empty statistics are zero`() {
        let nothing = Statistics()
        #expect(nothing.count == 0)
        for value in [nothing.min, nothing.max, nothing.sum, nothing.mean, nothing.standardDeviation] {
            #expect(value == .zero)
        }
        #expect(nothing.percentile(99) == .zero)
        #expect(nothing.rate == 0)
    }

    @Test func `Count, extremes, sum and mean are exact`() {
        let figures = statistics([5, 3, 9, 3])
        #expect(figures.count == 4)
        #expect(figures.min == .nanoseconds(3))
        #expect(figures.max == .nanoseconds(9))
        #expect(figures.sum == .nanoseconds(20))
        #expect(figures.mean == .nanoseconds(5))
        #expect(figures.rate == 4e9 / 20)
    }

    @Test func `Zero and negative durations count as zero`() {
        var figures = statistics([7])
        figures.record(.zero)
        figures.record(.seconds(-3))
        #expect(figures.min == .zero)
        #expect(figures.max == .nanoseconds(7))
        #expect(figures.count == 3)
    }

    /// The nearest whole number to √((nΣx² − (Σx)²) / n²), found by whole numbers alone.
    ///
    /// It is the largest s with (2s − 1)² n² ≤ 4 (nΣx² − (Σx)²); the values are small enough for 128 bits.
    private func exactDeviation(_ values: [UInt64]) -> UInt64 {
        let n = UInt128(values.count)
        let sum = values.reduce(UInt128(0)) { $0 + UInt128($1) }
        let squares = values.reduce(UInt128(0)) { $0 + UInt128($1) * UInt128($1) }
        let spread = 4 * (n * squares - sum * sum)
        var low: UInt128 = 0
        var high: UInt128 = 1 << 42
        while low + 1 < high {
            let middle = (low + high) / 2
            let odd = 2 * middle - 1
            if odd * odd * n * n <= spread { low = middle } else { high = middle }
        }
        return UInt64(low)
    }

    @Test(arguments: [1, 2, 3, 4, 7, 10, 100, 1000])
    func `The standard deviation is that of exact whole-number arithmetic`(number: Int) {
        var random = SeededGenerator(seed: UInt64(number))
        for largest in [1, 2, 3, 10, 1000, 33_000_000, 40_000_000_000] as [UInt64] {
            for base in [0, 1_000_000_000_000] as [UInt64] {
                let values = (0..<number).map { _ in base + UInt64.random(in: 0...largest, using: &random) }
                let found = statistics(values).standardDeviation
                #expect(found == .nanoseconds(Int64(exactDeviation(values))), "\(values.prefix(10))")
            }
        }
    }

    @Test func `A deviation of half a nanosecond is rounded up and less is rounded down`() {
        #expect(statistics([0, 1]).standardDeviation == .nanoseconds(1))
        #expect(statistics([0, 0, 0, 1]).standardDeviation == .zero)
    }

    @Test func `Merging in any grouping gives what recording in one gives`() {
        var random = SeededGenerator(seed: 5)
        let values = (0..<900).map { _ in UInt64.random(in: 0...100_000_000, using: &random) }
        let whole = statistics(values)
        let parts = [values[..<300], values[300..<600], values[600...]].map { statistics($0) }
        #expect(merged(merged(parts[0], parts[1]), parts[2]) == whole)
        #expect(merged(parts[0], merged(parts[1], parts[2])) == whole)
        #expect(merged(parts[2], merged(parts[0], parts[1])) == whole)
        #expect(merged(whole, Statistics()) == whole)
        #expect(merged(Statistics(), whole) == whole)
    }

    @Test func `Sums stay at the largest number and nothing traps`() {
        let figures = statistics(repeatElement(UInt64(Int64.max), count: 5))
        #expect(figures.sum == .nanoseconds(Int64.max))
        #expect(figures.max == .nanoseconds(Int64.max))
        #expect(figures.standardDeviation >= .zero)
        let twice = merged(figures, figures)
        #expect(twice.count == 10)
        #expect(twice.rate > 0)
        #expect(twice.standardDeviation >= .zero)
        #expect(twice.mean == .nanoseconds(Int64.max))
        #expect(abs(twice.rate / (1e9 / Double(Int64.max)) - 1) < 1e-12)
    }

    @Test func `Statistics and histograms that were encoded and decoded are the same, and merge`() throws {
        var random = SeededGenerator(seed: 13)
        for count in [0, 1, 2, 2_000] {
            let original = statistics((0..<count).map { _ in UInt64.random(in: 0...(1 << 62), using: &random) })
            let again = try JSONDecoder().decode(Statistics.self, from: JSONEncoder().encode(original))
            #expect(again == original)
            #expect(again.hashValue == original.hashValue)
            #expect(merged(again, original) == merged(original, original))
        }
        let wide = statistics(repeatElement(UInt64(Int64.max), count: 5))
        #expect(try JSONDecoder().decode(Statistics.self, from: JSONEncoder().encode(wide)) == wide)
    }

    @Test(arguments: [
        #"{"first": -1, "counts": [1]}"#, #"{"first": 3072, "counts": []}"#, #"{"first": 3071, "counts": [1, 1]}"#,
    ])
    func `A histogram that is not on the scale is not decoded`(text: String) {
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(Histogram.self, from: Data(text.utf8)) }
    }

    @Test func `Statistics that contradict themselves are not decoded`() {
        let text =
            #"{"count": 2, "min": 1, "max": 1, "sum": [0, 1], "squares": [0, 1], "#
            + #""histogram": {"first": 6, "counts": [1]}}"#
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(Statistics.self, from: Data(text.utf8)) }
    }

    @Test(arguments: [0, 50.0, 100])
    func `A percentile is between the extremes`(percentile: Double) {
        #expect(statistics([1_000_003, 1_000_003]).percentile(percentile) == .nanoseconds(1_000_003))
    }

    @Test func `Thirty frames a second have that rate`() {
        let instants = (0...30).map { UInt64($0) * 1_000_000_000 / 30 }
        #expect(statistics(zip(instants.dropFirst(), instants).map { $0 - $1 }).rate == 30)
    }
}
