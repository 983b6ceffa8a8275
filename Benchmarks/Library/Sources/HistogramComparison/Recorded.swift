import Timepiece

/// Timepiece's histogram of some values.
struct Recorded {
    private let histogram: Timepiece.Histogram

    init(_ values: [UInt64]) {
        var histogram = Timepiece.Histogram()
        for value in values { histogram.record(.nanoseconds(Int64(value))) }
        self.histogram = histogram
    }

    func merge(times: Int) {
        var sum = histogram
        for _ in 0..<times { sum.merge(histogram) }
    }

    func percentile(times: Int) {
        for _ in 0..<times { _ = histogram.percentile(99) }
    }
}
