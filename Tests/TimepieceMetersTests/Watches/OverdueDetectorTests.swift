import Timepiece
import Testing

@testable import TimepieceMeters

@Suite("An overdue buffer")
struct OverdueDetectorTests {
    private var detector = OverdueDetector(timeout: 100)

    @Test mutating func `is reported when the oldest exceeds the timeout, again at reports, and when it arrived`() {
        #expect(detector.check(oldest: 1_000, at: 1_099) == nil)
        #expect(detector.check(oldest: 1_000, at: 1_100) == .stalled(.inFlight, since: .nanoseconds(100)))
        #expect(detector.reported(at: 1_100) == nil)
        #expect(detector.reported(at: 1_300) == .stalled(.inFlight, since: .nanoseconds(300)))
        // Another one is overdue.
        #expect(detector.check(oldest: 1_200, at: 1_400) == nil)
        #expect(detector.check(oldest: 1_350, at: 1_410) == .resumed(.inFlight, after: .nanoseconds(410)))
        #expect(detector.reported(at: 1_500) == nil)
    }

    @Test mutating func `is over when nothing is in flight, and with the setting`() {
        _ = detector.check(oldest: 0, at: 100)
        #expect(detector.check(oldest: .max, at: 150) == .resumed(.inFlight, after: .nanoseconds(150)))
        _ = detector.check(oldest: 200, at: 400)
        detector.timeout = 0
        #expect(detector.reported(at: 450) == nil)
        #expect(detector.check(oldest: 200, at: 450) == .resumed(.inFlight, after: .nanoseconds(250)))
        #expect(detector.check(oldest: 200, at: 900) == nil)
    }

    @Test mutating func `is checked for when a buffer can be overdue and no earlier`() {
        #expect(detector.nextCheck(oldest: .max, at: 500) == 600)
        #expect(detector.nextCheck(oldest: 450, at: 500) == 550)
        detector.timeout = 0
        #expect(detector.nextCheck(oldest: 450, at: 500) == .max)
    }

    @Test mutating func `is not caused by a pause`() {
        detector.start(at: 1_000)
        #expect(detector.check(oldest: 100, at: 1_050) == nil)
        #expect(detector.nextCheck(oldest: 100, at: 1_050) == 1_100)
        #expect(detector.check(oldest: 100, at: 1_100) == .stalled(.inFlight, since: .nanoseconds(100)))
        #expect(detector.reported(at: 1_300) == .stalled(.inFlight, since: .nanoseconds(300)))
        #expect(detector.check(oldest: .max, at: 1_400) == .resumed(.inFlight, after: .nanoseconds(400)))
    }

    @Test mutating func `is over with a pause or the end of the stream`() {
        #expect(detector.rest(at: 50) == nil)
        _ = detector.check(oldest: 0, at: 100)
        #expect(detector.rest(at: 120) == .resumed(.inFlight, after: .nanoseconds(120)))
    }
}
