import Testing

@testable import Timepiece

@Suite("A window")
struct ExactWindowTests {
    private static let second: UInt64 = 1_000_000_000

    private static func instant(_ nanoseconds: UInt64) -> MonotonicInstant {
        MonotonicInstant(nanoseconds: nanoseconds)
    }

    private static func nearestRank(_ values: [UInt64], _ percentile: Double) -> UInt64 {
        let sorted = values.sorted()
        return sorted[max(1, Int((percentile / 100 * Double(sorted.count)).rounded(.up))) - 1]
    }

    @Test(arguments: [24, 25, 30, 48, 50, 60, 120, 144, 240, 1000] as [UInt64])
    func `of an exact rate has its frame time as the median, to the nanosecond`(rate: UInt64) {
        let tachometer = Tachometer()
        for frame in 0...rate { tachometer.tick(at: 1 + frame * Self.second / rate) }
        let window = tachometer.closeWindow(at: Self.instant(Self.second + 1))
        let intervals = (1...rate).map { $0 * Self.second / rate - ($0 - 1) * Self.second / rate }
        for percentile in [0, 1, 50, 90, 99, 99.9, 100] as [Double] {
            #expect(
                window.statistics.percentile(percentile)
                    == .nanoseconds(Int64(Self.nearestRank(intervals, percentile))))
        }
    }

    /// As a transport stream repeats its tables.
    @Test func `has in its bitrate the headers between ticks, and not those before a row`() {
        let tachometer = Tachometer()
        let frame = Self.second / 25
        var now: UInt64 = 1
        for row in 0..<2 {
            if row > 0 { tachometer.interrupt() }
            tachometer.writer.note(headers: 3, bytes: 100_000)
            for _ in 0...25 as ClosedRange<Int> {
                tachometer.writer.tick(at: now, events: 1, bytes: 900, discontinuity: false, position: .max)
                tachometer.writer.note(headers: 1, bytes: 100)
                now += frame
            }
            let window = tachometer.closeWindow(at: Self.instant(now))
            #expect(window.tally.bytes == 100_000 + 26 * 1_000)
            // The last header is of an interval that has not ended.
            #expect(window.bitrate == Double(25 * 1_000 + 100) * 8)
        }
    }

    @Test(arguments: [1, 2, 3, 99, 640, 999, 1_000])
    func `has the percentiles of the nearest rank for up to 1,000 intervals, read in any pieces`(number: Int) {
        let tachometer = Tachometer()
        var now: UInt64 = 1
        var intervals: [UInt64] = []
        tachometer.tick(at: now)
        for index in 1...number {
            let interval = UInt64((index * 7_919) % 10_007) * 999_983 + 1
            intervals.append(interval)
            now += interval
            tachometer.tick(at: now)
            if index % 101 == 0 { _ = tachometer.read(at: Self.instant(now)) }
        }
        let statistics = tachometer.closeWindow(at: Self.instant(now)).statistics
        for percentile in [0, 10, 50, 90, 99, 100] as [Double] {
            #expect(
                statistics.percentile(percentile) == .nanoseconds(Int64(Self.nearestRank(intervals, percentile))))
        }
    }

    @Test(arguments: [1_001, 2_000, 20_000])
    func `with more intervals has percentiles within 0.55 % and the extremes`(number: Int) {
        let tachometer = Tachometer()
        var now: UInt64 = 1
        var intervals: [UInt64] = []
        tachometer.tick(at: now)
        for index in 1...number {
            let interval = UInt64((index * 7_919) % 10_007) * 99_983 + 1
            intervals.append(interval)
            now += interval
            tachometer.tick(at: now)
        }
        let statistics = tachometer.closeWindow(at: Self.instant(now)).statistics
        for percentile in [0, 10, 50, 90, 99, 100] as [Double] {
            let exact = Double(Self.nearestRank(intervals, percentile))
            let shown = statistics.percentile(percentile)
            #expect(shown >= statistics.min && shown <= statistics.max)
            #expect(abs(Double(shown.nanoseconds) - exact) <= exact * 0.0055 + 1)
        }
    }

    /// How many fell into each bucket, and what they are together.
    private static func buckets(_ values: [UInt64]) -> [Int: (count: UInt64, sum: UInt64)] {
        values.reduce(into: [:]) { buckets, value in
            let bucket = HistogramScale.bucket(of: value)
            let (count, sum) = buckets[bucket] ?? (0, 0)
            buckets[bucket] = (count + 1, sum + value)
        }
    }

    @Test(arguments: [3, 640, 1_000, 1_001, 1_024, 1_025, 1_100, 2_048, 20_000])
    func `keeps the sum of each bucket, read in any pieces, also if an interval takes longer than 4.3 s`(
        number: Int
    ) {
        for (longest, divisor) in [(900, 0), (700_000_000, 0), (9_000_000_000, 3), (4_294_967_296, 1)] {
            let tachometer = Tachometer()
            tachometer.tap()
            var now: UInt64 = 1
            var intervals: [UInt64] = []
            tachometer.tick(at: now)
            for index in 1...number {
                let isLong = divisor > 0 && index % (divisor * 97) == 5
                let interval = isLong ? UInt64(longest) : UInt64((index * 7_919) % min(longest, 700_000_000))
                intervals.append(interval)
                now += interval
                tachometer.tick(at: now)
                if index % 1_777 == 0 { _ = tachometer.read(at: Self.instant(now)) }
            }
            let statistics = tachometer.closeWindow(at: Self.instant(now)).statistics
            var expected = Statistics()
            for interval in intervals { expected.record(nanoseconds: interval) }
            #expect(statistics == expected)
            #expect(statistics.standardDeviation == expected.standardDeviation)
            let exact = Self.buckets(intervals)
            #expect(statistics.histogram.buckets.count == exact.count)
            for bucket in statistics.histogram.buckets {
                #expect(bucket.count == exact[bucket.index]?.count)
                #expect(bucket.sum == exact[bucket.index]?.sum)
            }
            #expect(tachometer.takeTapped() == expected)
        }
    }

    @Test func `has no intervals of an earlier one, neither long nor short ones`() {
        let tachometer = Tachometer(maxIntervals: 2_000)
        var now: UInt64 = 1
        tachometer.tick(at: now)
        for length in [5_000_000_000, 40, 6_000_000_000, 40] as [UInt64] {
            // Both slots, one after the other.
            for _ in 0..<1_500 {
                now += length
                tachometer.tick(at: now)
            }
            let window = tachometer.closeWindow(at: Self.instant(now))
            #expect(window.statistics.count == 1_500)
            #expect(window.statistics.sumNanoseconds == 1_500 * length)
            #expect(window.statistics.histogram.buckets.map(\.sum) == [1_500 * length])
            #expect(window.intervals == Array(repeating: .nanoseconds(Int64(length)), count: 1_500))
        }
    }

    @Test func `lists the last intervals, as many as requested, more and fewer than are kept`() {
        for (limit, number) in [(3, 2), (10, 2_000), (1_024, 1_500), (1_025, 1_500), (5_000, 1_500)] {
            let tachometer = Tachometer(maxIntervals: limit)
            var now: UInt64 = 1
            tachometer.tick(at: now)
            for index in 1...UInt64(number) {
                now += index
                tachometer.tick(at: now)
                if index == 700 { _ = tachometer.read(at: Self.instant(now)) }
            }
            let window = tachometer.closeWindow(at: Self.instant(now))
            let last = (1...number).suffix(limit)
            #expect(window.intervals == last.map { Duration.nanoseconds(Int64($0)) })
        }
    }

    @Test func `has a bitrate of the same ticks and time as its rate`() {
        let tachometer = Tachometer()
        // A burst before the first interval, as of a preroll.
        tachometer.pause(at: Self.instant(0))
        for _ in 0..<50 { tachometer.tick(at: Self.instant(5), bytes: 2_000) }
        tachometer.resume(at: Self.instant(10))
        for frame in 0...25 as ClosedRange<UInt64> {
            tachometer.tick(at: Self.instant(10 + frame * 40_000_000), bytes: 2_000)
        }
        let window = tachometer.closeWindow(at: Self.instant(3 * Self.second))
        #expect(window.statistics.rate == 25)
        #expect(window.bitrate == 25 * 2_000 * 8)
        #expect(window.tally.bytes == 76 * 2_000)
    }

    @Test func `that is too short has no bitrate`() {
        let tachometer = Tachometer()
        for tick in 1...10 as ClosedRange<UInt64> { tachometer.tick(at: Self.instant(tick * 10_000), bytes: 100_000) }
        #expect(tachometer.closeWindow(at: Self.instant(200_000)).bitrate == 0)
    }

    @Test func `of a pause holds what the last release let begin, if it plays then`() {
        let tachometer = Tachometer()
        tachometer.pause(at: Self.instant(0))
        tachometer.tick(at: Self.instant(10), bytes: 1)
        tachometer.release()
        tachometer.tick(at: Self.instant(20), bytes: 1)
        tachometer.tick(at: Self.instant(35), bytes: 1)
        #expect(tachometer.read(at: Self.instant(36)).statistics.count == 0)
        tachometer.release()
        tachometer.tick(at: Self.instant(9_000_000), bytes: 5)
        tachometer.tick(at: Self.instant(11_000_000), bytes: 5)
        tachometer.resume(at: Self.instant(11_500_000))
        tachometer.tick(at: Self.instant(12_000_000), bytes: 5)
        let window = tachometer.closeWindow(at: Self.instant(13_000_000))
        #expect(window.intervals == [.nanoseconds(2_000_000), .nanoseconds(1_000_000)])
        #expect(window.tally.events == 6)
        let bits = 80.0
        #expect(window.bitrate == bits * 1e9 / 3_000_000)
    }
}
