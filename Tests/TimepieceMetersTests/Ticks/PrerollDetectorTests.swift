import Testing
import Timepiece

@testable import TimepieceMeters

@Suite("A pipeline that does not reach PLAYING")
struct PrerollDetectorTests {
    private var detector = PrerollDetector()

    private mutating func check(_ now: UInt64, isExpected: Bool = true) -> StallDetector.Event? {
        detector.check(isExpected: isExpected, timeout: 100, interval: 50, at: now)
    }

    @Test mutating func `is a stall after the timeout, reported again at each interval, and over when it plays`() {
        detector.start(at: 1_000)
        #expect(check(1_099) == nil)
        #expect(check(1_100) == .stalled(.standstill, since: .nanoseconds(100)))
        #expect(check(1_140) == nil)
        #expect(detector.nextCheck(timeout: 100, at: 1_140) == 1_150)
        #expect(check(1_150) == .stalled(.standstill, since: .nanoseconds(150)))
        #expect(detector.rest(at: 1_200) == .resumed(.standstill, after: .nanoseconds(200)))
        #expect(check(2_000) == nil)
    }

    @Test mutating func `is not a stall while the target is PAUSED, and counts from when it is to play`() {
        detector.start(at: 1_000)
        #expect(check(1_500, isExpected: false) == nil)
        #expect(check(1_599) == nil)
        #expect(check(1_600) == .stalled(.standstill, since: .nanoseconds(100)))
        #expect(check(1_640, isExpected: false) == .resumed(.standstill, after: .nanoseconds(140)))
    }

    @Test mutating func `is not a stall before it is prepared`() {
        #expect(detector.nextCheck(timeout: 100, at: 5) == .max)
        #expect(check(5_000) == nil)
        detector.start(at: 10)
        #expect(detector.nextCheck(timeout: nil, at: 10) == .max)
        #expect(detector.nextCheck(timeout: 100, at: 10) == 35)
    }
}
