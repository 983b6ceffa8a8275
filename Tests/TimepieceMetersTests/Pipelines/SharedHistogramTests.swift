import Testing
import Timepiece

@testable import TimepieceMeters

@Suite struct `A histogram that threads share` {
    @Test func `has percentiles within 0.55 %, never outside the smallest and the largest`() {
        let histogram = SharedHistogram()
        for value in 1...100 as ClosedRange<UInt64> { histogram.record(value * 1000) }
        let counted = histogram.drain()
        for (percent, exact) in [(50, 50_000), (90, 90_000), (100, 100_000)] as [(Double, Double)] {
            #expect(abs(Double(counted.percentile(percent)) - exact) < 0.0055 * exact)
        }
        #expect(counted.percentile(0) == 1000)
        #expect(counted.max == 100_000)
    }

    @Test func `is empty after it was drained`() {
        let histogram = SharedHistogram()
        histogram.record(5, count: 3)
        #expect(histogram.drain().histogram.count == 3)
        #expect(histogram.drain() == SharedHistogram.Distribution())
        #expect(histogram.drain().percentile(50) == 0)
    }
}
