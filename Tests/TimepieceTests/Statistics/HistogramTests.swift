import Foundation
import TestEnvironment
import Testing

@testable import Timepiece

@Suite struct HistogramTests {
    private func histogram(_ values: some Sequence<UInt64>) -> Histogram {
        var histogram = Histogram()
        for value in values { histogram.record(.nanoseconds(Int64(value))) }
        return histogram
    }

    /// The value that nearest rank gives, from all values in order.
    private func exactPercentile(_ percent: UInt64, of sorted: [UInt64]) -> UInt64 {
        let rank = (UInt64(sorted.count) * percent + 99) / 100
        return sorted[Int(max(1, rank)) - 1]
    }

    @Test(arguments: Distribution.allCases, [1, 2, 99, 100, 5000])
    func `No percentile is more than 0.55 % off`(distribution: Distribution, number: Int) {
        var random = SeededGenerator(seed: UInt64(number))
        let values = distribution.values(number, using: &random)
        let histogram = histogram(values)
        let sorted = values.sorted()
        for percent in [0, 1, 10, 50, 75, 90, 95, 99, 100] as [UInt64] {
            let exact = Double(exactPercentile(percent, of: sorted))
            let found = histogram.percentile(Double(percent)).inSeconds * 1e9
            #expect(abs(found - exact) <= 0.0055 * exact, "p\(percent) of \(distribution): \(found) for \(exact)")
        }
    }

    @Test func `Every whole number of nanoseconds up to 20,000 is at most 0.55 % from its bucket's middle`() {
        for value in 1...20_000 as ClosedRange<UInt64> {
            let middle = histogram([value]).buckets[0].middle.inSeconds * 1e9
            if abs(middle - Double(value)) > 0.0055 * Double(value) { Issue.record("\(value) counts as \(middle)") }
        }
    }

    @Test func `A value is within the boundaries of its bucket, including the upper one`() {
        var random = SeededGenerator(seed: 3)
        for _ in 0..<50_000 {
            let value = UInt64.random(in: 1...(1 << UInt64.random(in: 1...47, using: &random)), using: &random)
            let bucket = HistogramScale.bucket(of: value)
            let isAbove = Double(value) > HistogramScale.upperBound(of: bucket - 1)
            let isWithin = Double(value) <= HistogramScale.upperBound(of: bucket)
            if !isAbove || !isWithin { Issue.record("\(value) is in bucket \(bucket)") }
        }
    }

    /// Indices of OpenTelemetry's scale 6 in seconds, ⌈64 log2(value / 10^9)⌉ − 1 computed with 60 digits.
    @Test(
        arguments: [
            (1, -1914), (2, -1850), (93, -1495), (94, -1494), (999_999_999, -1), (1_000_000_000, -1),
            (1_000_000_001, 0),
            (33_333_333, -315), (16_683_333, -378), (40_000_000, -298), (2_000_000_000, 63), (2_000_000_001, 64),
            (500_000_000, -65), (1_953_125, -577), (1_953_126, -576), (86_400_000_000_000, 1049),
            (262_143_999_999_999, 1151), (262_144_000_000_000, 1151),
        ] as [(Int64, Int)])
    func `An index less 1920 is that of OpenTelemetry's scale 6 in seconds`(nanoseconds: Int64, index: Int) {
        var histogram = Histogram()
        histogram.record(.nanoseconds(nanoseconds))
        #expect(histogram.buckets.map { $0.index - 1920 } == [index])
    }

    @Test func `The value below a boundary and the value above it are in neighboring buckets, at every boundary`() {
        // A boundary above this is not known to the nanosecond: its last bits are rounded.
        for bucket in 500..<2600 {
            let last = UInt64(HistogramScale.upperBound(of: bucket).rounded(.down))
            let buckets = [HistogramScale.bucket(of: last), HistogramScale.bucket(of: last + 1)]
            if buckets != [bucket, bucket + 1] { Issue.record("\(last) and the next are in \(buckets)") }
        }
    }

    @Test func `Values beyond the scale are counted at its ends`() {
        #expect(HistogramScale.bucket(of: 0) == 0)
        #expect(HistogramScale.bucket(of: 1) == 6)
        #expect(HistogramScale.bucket(of: .max) == HistogramScale.bucketCount - 1)
        var histogram = Histogram()
        histogram.record(.seconds(-5))
        histogram.record(.seconds(Int64.max))
        #expect(histogram.buckets.map(\.index) == [0, HistogramScale.bucketCount - 1])
    }

    @Test func `Zero has a separate bucket`() {
        let histogram = histogram([0, 0, 0, 1])
        #expect(histogram.buckets.map(\.count) == [3, 1])
        #expect(histogram.percentile(75) == .zero)
        #expect(histogram.percentile(100) == .nanoseconds(1))
    }

    @Test func `A recorder counts what a histogram counts, and starts from zero after it was taken`() {
        var random = SeededGenerator(seed: 7)
        var recorder = HistogramRecorder()
        for distribution in Distribution.allCases {
            let values = distribution.values(500, using: &random) + [0, .max]
            for value in values { recorder.record(nanoseconds: value) }
            var expected = Histogram()
            for value in values { expected.record(.nanoseconds(Int64(clamping: value))) }
            #expect(recorder.histogram == expected)
            #expect(recorder.count == 502)
            #expect(recorder.takeHistogram() == expected)
            #expect(recorder.histogram == Histogram())
            #expect(recorder.count == 0)
        }
        recorder.record(.milliseconds(-1))
        #expect(recorder.histogram == histogram([0]))
    }

    @Test func `A recorder keeps the sum of a bucket, also over 32 bits and after it made room`() {
        var buckets = Buckets()
        let values = [4_294_967_295, 4_294_967_296, 4_294_967_294, 4_290_000_000, 7, 7, 0] as [UInt64]
        for round in 1...50 as ClosedRange<UInt64> {
            for value in values { buckets.count(value) }
            if round % 7 == 0 { buckets.widen() }
        }
        var expected = Histogram()
        for value in values { expected.record(.nanoseconds(Int64(value)), count: 50) }
        let whole = 0...(HistogramScale.bucketCount - 1)
        for histogram in [buckets.histogram(of: whole), buckets.drain(whole)] {
            #expect(histogram.buckets == expected.buckets)
        }
        #expect(buckets.histogram(of: whole) == Histogram())
        buckets.count(9)
        #expect(buckets.drain(whole).buckets.map(\.sum) == [9])
    }

    @Test func `Merging in any order and grouping gives what recording in one gives`() {
        var random = SeededGenerator(seed: 11)
        let parts = Distribution.allCases.map { $0.values(300, using: &random) }
        let whole = histogram(parts.joined())
        let histograms = parts.map { histogram($0) }
        for _ in 0..<20 {
            var heap = histograms.shuffled(using: &random)
            while heap.count > 1 {
                let one = heap.remove(at: Int.random(in: 0..<heap.count, using: &random))
                heap[Int.random(in: 0..<heap.count, using: &random)].merge(one)
            }
            #expect(heap[0] == whole)
        }
        #expect(whole.count == 2700)
    }

    @Test func `Merging with an empty histogram changes nothing, either way`() {
        let one = histogram([5_000_000])
        var filled = Histogram()
        filled.merge(Histogram())
        #expect(filled == Histogram())
        filled.merge(one)
        filled.merge(Histogram())
        #expect(filled == one)
    }

    @Test func `Counts stay at the largest number`() {
        var histogram = Histogram()
        histogram.record(.seconds(1), count: .max)
        histogram.record(.seconds(1), count: 5)
        histogram.record(.seconds(2), count: 5)
        #expect(histogram.count == .max)
        #expect(histogram.percentile(50) < .seconds(1.01))
    }

    @Test(arguments: [-1.0, .nan, -.infinity])
    func `A share below 0 is replaced by 0`(percentile: Double) {
        #expect(histogram([1, 1_000_000_000]).percentile(percentile) == .nanoseconds(1))
    }

    @Test func `A share above 100 is replaced by 100, and an empty histogram gives zero`() {
        #expect(Histogram().percentile(50) == .zero)
        #expect(histogram([1, 4]).percentile(.infinity) == .nanoseconds(4))
    }

    @Test(arguments: Distribution.allCases)
    func `The mean of a bucket is that of its values`(distribution: Distribution) {
        var random = SeededGenerator(seed: 8)
        let values = distribution.values(3000, using: &random)
        let halves = [histogram(values[..<900]), histogram(values[900...])]
        var merged = halves[1]
        merged.merge(halves[0])
        let groups = Dictionary(grouping: values) { HistogramScale.bucket(of: $0) }
        for found in [histogram(values), merged] {
            #expect(found.buckets.count == groups.count)
            for bucket in found.buckets {
                let sum = groups[bucket.index]?.reduce(0, +) ?? 0
                #expect(bucket.mean == .nanoseconds(Int64(sum / bucket.count)))
            }
        }
    }

    @Test func `A recorder keeps the means, too`() {
        var recorder = HistogramRecorder()
        for value in [33_330_000, 33_340_000, 50_000_000] as [UInt64] { recorder.record(nanoseconds: value) }
        let means = [Duration.nanoseconds(33_335_000), .nanoseconds(50_000_000)]
        #expect(recorder.takeHistogram().buckets.map(\.mean) == means)
        #expect(recorder.histogram.buckets.isEmpty)
    }

    @Test func `A histogram is the same when it was encoded; one of an earlier version has the middles`() throws {
        let whole = histogram([33_330_000, 33_340_000, 50_000_000])
        let data = try JSONEncoder().encode(whole)
        #expect(try JSONDecoder().decode(Histogram.self, from: data) == whole)
        var object = try #require(JSONSerialization.jsonObject(with: data) as? [String: Any])
        object["sums"] = nil
        let earlier = try JSONDecoder().decode(Histogram.self, from: JSONSerialization.data(withJSONObject: object))
        #expect(earlier.count == 3)
        for bucket in earlier.buckets {
            #expect(abs(bucket.mean.inSeconds - bucket.middle.inSeconds) < 2e-9)
        }
    }
}
