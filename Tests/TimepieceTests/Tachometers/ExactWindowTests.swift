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

    @Test func `has a bitrate of the ticks and the time that its rate is made of`() {
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

    @Test func `that is too short to tell has no bitrate`() {
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
        #expect(window.bitrate == 10 * 8e9 / 3_000_000)
    }
}
