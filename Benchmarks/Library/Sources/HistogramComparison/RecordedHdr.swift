import Histogram

/// HdrHistogram's histogram of the same values, with a range of 78 hours.
struct RecordedHdr {
    private let histogram: Histogram<UInt64>

    init(_ values: [UInt64]) {
        var histogram = Histogram<UInt64>(
            lowestDiscernibleValue: 1, highestTrackableValue: 1 << 48, numberOfSignificantValueDigits: .three)
        for value in values { _ = histogram.record(value) }
        self.histogram = histogram
    }

    func merge(times: Int) {
        // It has no call to merge: each value is recorded with its count.
        for _ in 0..<times {
            var sum = histogram
            for value in histogram.recordedValues() { _ = sum.record(value.value, count: value.count) }
        }
    }

    func percentile(times: Int) {
        for _ in 0..<times { _ = histogram.valueAtPercentile(99) }
    }
}
