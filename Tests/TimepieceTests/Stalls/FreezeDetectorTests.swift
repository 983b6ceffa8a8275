import Testing

@testable import Timepiece

@Suite("A freeze")
struct FreezeDetectorTests {
    private static let millisecond: UInt64 = 1_000_000

    /// Which of intervals in milliseconds are freezes.
    private static func freezes(_ intervals: [UInt64]) -> [UInt64] {
        var detector = FreezeDetector()
        return intervals.filter { detector.isFreeze($0 * millisecond) }
    }

    @Test(arguments: [10, 20, 33, 40, 66] as [UInt64])
    func `is three times the mean of the last 30 and 150 ms above it`(frame: UInt64) {
        let row = Array(repeating: frame, count: 60)
        // With itself: (29 f + x) / 30.
        let factor = Double(3 * 29 * frame) / 27
        let plus = (Double(29 * frame) + 30 * 150) / 29
        let least = UInt64(max(factor, plus).rounded(.up))
        #expect(Self.freezes(row + [least + 1]) == [least + 1])
        #expect(Self.freezes(row + [least - 1]).isEmpty)
    }

    @Test func `is not detected before the fifth interval`() {
        #expect(Self.freezes([20, 20, 20, 2_000]).isEmpty)
        #expect(Self.freezes([20, 20, 20, 20, 2_000]) == [2_000])
    }

    @Test func `raises the mean for the next`() {
        #expect(Self.freezes(Array(repeating: 33, count: 30) + [1_000, 200]) == [1_000])
        #expect(Self.freezes(Array(repeating: 33, count: 30) + [1_000, 300, 1_000]) == [1_000, 300, 1_000])
    }

    @Test(arguments: [700, 1_000, 1_001, 1_500, 5_000])
    func `is found with any number of intervals in a window`(number: Int) {
        let tachometer = Tachometer()
        var now: UInt64 = 1_000
        var expected: [UInt64] = []
        var detector = FreezeDetector()
        tachometer.tick(at: now)
        for index in 1...number {
            let interval: UInt64 = index % 300 == 50 ? 400 * Self.millisecond : Self.millisecond
            now += interval
            if detector.isFreeze(interval) { expected.append(interval) }
            tachometer.tick(at: now)
        }
        let window = tachometer.closeWindow(at: MonotonicInstant(nanoseconds: now))
        #expect(!expected.isEmpty)
        #expect(window.tally.freezes == UInt64(expected.count))
        #expect(window.tally.freezeNanoseconds == expected.reduce(0, +))
    }

    @Test func `is found at the border of two windows`() {
        let tachometer = Tachometer()
        for frame in 0...40 as ClosedRange<UInt64> { tachometer.tick(at: 1 + frame * 33 * Self.millisecond) }
        let end = 1 + 40 * 33 * Self.millisecond
        #expect(tachometer.closeWindow(at: MonotonicInstant(nanoseconds: end)).tally.freezes == 0)
        tachometer.tick(at: end + 500 * Self.millisecond)
        let window = tachometer.closeWindow(at: MonotonicInstant(nanoseconds: end + 600 * Self.millisecond))
        #expect(window.tally.freezes == 1 && window.tally.freezeDuration == .milliseconds(500))
    }

    @Test func `of any length does not overflow`() {
        var detector = FreezeDetector()
        for _ in 0..<100 { _ = detector.isFreeze(.max) }
        for _ in 0..<100 { _ = detector.isFreeze(1) }
        let last = detector.isFreeze(.max)
        #expect(last)
    }
}
