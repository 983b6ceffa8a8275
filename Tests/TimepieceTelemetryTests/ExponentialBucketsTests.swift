import Testing

@testable import Timepiece
@testable import TimepieceTelemetry

@Suite("Exponential buckets")
struct ExponentialBucketsTests {
    private func histogram(_ values: [Duration]) -> Histogram {
        var histogram = Histogram()
        for value in values { histogram.record(value) }
        return histogram
    }

    @Test func `have the indexes of OpenTelemetry at scale 6 in seconds`() {
        let buckets = ExponentialBuckets(
            histogram([.zero, .seconds(1), .seconds(1), .seconds(2), .nanoseconds(1_000_000_001)]), limit: .span(160))
        #expect(buckets.scale == 6)
        #expect(buckets.zeroCount == 1)
        // 2^(i/64) < s <= 2^((i+1)/64)
        #expect(buckets.buckets == [.init(index: -1, count: 2), .init(index: 0, count: 1), .init(index: 63, count: 1)])
    }

    @Test func `join until they are few enough, and lose no count`() {
        let values = (0..<1000).map { Duration.microseconds(1000 + $0 * 100) }
        let whole = ExponentialBuckets(histogram(values), limit: .populated(10_000))
        let span = ExponentialBuckets(histogram(values), limit: .span(160))
        #expect(whole.scale == 6)
        #expect(span.scale == 4)
        let (first, last) = (span.buckets.first?.index ?? 0, span.buckets.last?.index ?? 0)
        #expect(last - first < 160)
        #expect(span.buckets.map(\.count).reduce(0, +) == 1000)
        var joined: [Int: UInt64] = [:]
        for bucket in whole.buckets { joined[bucket.index >> 2, default: 0] += bucket.count }
        #expect(span.buckets == joined.sorted { $0.key < $1.key }.map { .init(index: $0.key, count: $0.value) })
        #expect(ExponentialBuckets(histogram(values), limit: .populated(0)).buckets.count == 1)
        #expect(ExponentialBuckets(Histogram(), limit: .span(160)).buckets.isEmpty)
    }
}
