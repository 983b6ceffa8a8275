import Testing

@testable import Timepiece

@Suite struct StallDetectorTests {
    private typealias Event = StallDetector.Event

    private static let millisecond: UInt64 = 1_000_000

    /// A detector with a stream: the calls of a meter, in milliseconds.
    private struct Stream {
        var detector: StallDetector
        var lastTick: UInt64 = 0
        var firstTickAfter: UInt64?

        init(_ timeout: Int? = 100, onStart: Bool = false, minimumRate: Double = 0, startedAt start: UInt64? = 1000) {
            detector = StallDetector(
                settings: StallSettings(
                    timeout: timeout.map { .milliseconds($0) }, onStart: onStart, minimumRate: minimumRate))
            if let start { detector.start(at: .init(nanoseconds: start * millisecond)) }
        }

        mutating func tick(_ milliseconds: UInt64) {
            lastTick = milliseconds * millisecond
            if detector.stalled == .standstill, firstTickAfter == nil { firstTickAfter = lastTick }
        }

        mutating func check(_ milliseconds: UInt64) -> Event? {
            let event = detector.check(
                at: milliseconds * millisecond, lastTick: lastTick, firstTickAfter: firstTickAfter)
            if case .stalled = event { firstTickAfter = nil }
            return event
        }

        mutating func close(
            _ milliseconds: UInt64, events: UInt64, earlier: UInt64 = 1, duration: Int = 1000
        ) -> Event? {
            detector.closed(
                at: milliseconds * millisecond, rate: events == 0 ? nil : Double(events) * 1000 / Double(duration),
                lastTick: lastTick, isExcused: earlier == 0, duration: .milliseconds(duration))
        }

        func nextCheck(at milliseconds: UInt64) -> UInt64 {
            detector.nextCheck(lastTick: lastTick, at: milliseconds * millisecond)
        }
    }

    @Test func `A stream stands still when the timeout has passed since the last tick, and not a moment earlier`() {
        var stream = Stream()
        stream.tick(1010)
        #expect(stream.nextCheck(at: 1010) == 1110 * Self.millisecond)
        #expect(
            stream.detector.check(at: 1110 * Self.millisecond - 1, lastTick: stream.lastTick, firstTickAfter: nil)
                == nil)
        #expect(stream.check(1110) == .stalled(.standstill, since: .milliseconds(100)))
        #expect(stream.detector.stalled == .standstill)
    }

    @Test func `A window that is closed as the stall is reported does not report it twice`() {
        var stream = Stream()
        stream.tick(1010)
        #expect(stream.check(2000) == .stalled(.standstill, since: .milliseconds(990)))
        #expect(stream.close(2000, events: 1) == nil)
        #expect(stream.close(3000, events: 0) == .stalled(.standstill, since: .milliseconds(1990)))
    }

    @Test func `A late check reports how long the stall has really lasted`() {
        var stream = Stream()
        stream.tick(1010)
        #expect(stream.check(1400) == .stalled(.standstill, since: .milliseconds(390)))
    }

    @Test func `A stall is reported once, and then with each window with a longer time`() {
        var stream = Stream()
        stream.tick(1010)
        #expect(stream.check(1110) != nil)
        #expect(stream.check(1130) == nil)
        #expect(stream.close(2000, events: 1) == .stalled(.standstill, since: .milliseconds(990)))
        #expect(stream.check(2500) == nil)
        #expect(stream.close(3000, events: 0) == .stalled(.standstill, since: .milliseconds(1990)))
    }

    @Test func `A resumption reports the time from the last tick before to the first tick after`() {
        var stream = Stream()
        stream.tick(1010)
        #expect(stream.check(1110) != nil)
        stream.tick(2345)
        stream.tick(2350)
        #expect(stream.check(2360) == .resumed(.standstill, after: .milliseconds(1335)))
        #expect(stream.detector.stalled == nil)
        #expect(stream.check(2361) == nil)
    }

    @Test func `If the first tick was not noted the last one counts`() {
        var stream = Stream()
        stream.tick(1010)
        #expect(stream.check(1110) != nil)
        stream.tick(2345)
        stream.firstTickAfter = nil
        #expect(stream.check(2360) == .resumed(.standstill, after: .milliseconds(1335)))
    }

    @Test func `A stalled stream is checked every 20 ms, a flowing one once a timeout`() {
        var stream = Stream()
        stream.tick(1010)
        #expect(stream.nextCheck(at: 1100) == 1110 * Self.millisecond)
        #expect(stream.check(1110) != nil)
        #expect(stream.nextCheck(at: 1110) == 1130 * Self.millisecond)
    }

    @Test func `After a resumption the stream can stand still again`() {
        var stream = Stream()
        stream.tick(1010)
        #expect(stream.check(1110) != nil)
        stream.tick(1500)
        #expect(stream.check(1510) != nil)
        #expect(stream.check(1599) == nil)
        #expect(stream.check(1600) == .stalled(.standstill, since: .milliseconds(100)))
    }

    @Test func `The wait for the first tick is not a stall`() {
        var stream = Stream()
        #expect(stream.nextCheck(at: 1000) == .max)
        #expect(stream.check(60_000) == nil)
    }

    @Test func `The wait for the first tick is a stall with onStart, counted from the start`() {
        var stream = Stream(onStart: true)
        #expect(stream.check(1099) == nil)
        #expect(stream.check(1100) == .stalled(.standstill, since: .milliseconds(100)))
        stream.tick(1800)
        #expect(stream.check(1810) == .resumed(.standstill, after: .milliseconds(800)))
    }

    @Test func `Nothing is a stall before the start`() {
        var stream = Stream(onStart: true, startedAt: nil)
        stream.tick(1)
        #expect(stream.nextCheck(at: 5000) == .max)
        #expect(stream.check(5000) == nil)
    }

    @Test func `Nothing is a stall at rest`() {
        var stream = Stream()
        stream.tick(1010)
        stream.detector.rest()
        #expect(stream.nextCheck(at: 1011) == .max)
        #expect(stream.check(9000) == nil)
        #expect(stream.close(9000, events: 0) == nil)
    }

    @Test func `A rest ends a stall without a report`() {
        var stream = Stream()
        stream.tick(1010)
        #expect(stream.check(1110) != nil)
        stream.detector.rest()
        #expect(stream.detector.stalled == nil)
        #expect(stream.close(2000, events: 0) == nil)
    }

    @Test func `A new start counts from itself, not from the tick before it`() {
        var stream = Stream()
        stream.tick(1010)
        stream.detector.rest()
        stream.detector.start(at: .init(nanoseconds: 5000 * Self.millisecond))
        #expect(stream.check(5099) == nil)
        #expect(stream.check(5100) == .stalled(.standstill, since: .milliseconds(100)))
    }

    @Test func `Without a timeout a standstill is not reported`() {
        var stream = Stream(nil)
        stream.tick(1010)
        #expect(stream.nextCheck(at: 1011) == .max)
        #expect(stream.check(60_000) == nil)
        #expect(stream.close(60_000, events: 0) == nil)
    }

    @Test func `A timeout at the end of time is never over`() {
        var stream = Stream()
        stream.detector.settings.timeout = .nanoseconds(Int64.max)
        stream.lastTick = .max - 1
        #expect(stream.nextCheck(at: 1) == .max)
    }

    @Test func `Fewer events than the minimum rate requires are a trickle, as many are not`() {
        var stream = Stream(nil, minimumRate: 10)
        #expect(stream.close(2000, events: 10) == nil)
        #expect(stream.close(3000, events: 9) == .stalled(.trickle, since: .seconds(1)))
    }

    @Test func `A trickle is reported with each window, and its end counts whole windows`() {
        var stream = Stream(nil, minimumRate: 10)
        #expect(stream.close(2000, events: 3) == .stalled(.trickle, since: .seconds(1)))
        #expect(stream.close(3000, events: 0) == .stalled(.trickle, since: .seconds(2)))
        #expect(stream.close(4000, events: 9) == .stalled(.trickle, since: .seconds(3)))
        #expect(stream.close(5000, events: 30) == .resumed(.trickle, after: .seconds(3)))
        #expect(stream.close(6000, events: 30) == nil)
    }

    @Test func `The rate counts the events of the window's own length`() {
        var stream = Stream(nil, minimumRate: 10)
        #expect(stream.close(2000, events: 5, duration: 500) == nil)
        #expect(stream.close(2500, events: 4, duration: 500) != nil)
    }

    @Test func `The window in which the stream begins is not judged`() {
        var stream = Stream(nil, minimumRate: 10)
        #expect(stream.close(2000, events: 1, earlier: 0) == nil)
        #expect(stream.close(3000, events: 1, earlier: 1) != nil)
    }

    @Test func `The window in which the stream begins is judged with onStart`() {
        var stream = Stream(nil, onStart: true, minimumRate: 10)
        #expect(stream.close(2000, events: 1, earlier: 0) == .stalled(.trickle, since: .seconds(1)))
    }

    @Test func `A window that contains a flush is not judged`() {
        var stream = Stream(nil, minimumRate: 10)
        stream.detector.start(at: .init(nanoseconds: 1500 * Self.millisecond))
        #expect(stream.close(2000, events: 1) == nil)
        #expect(stream.close(3000, events: 1) != nil)
    }

    @Test func `A window without a length is not judged`() {
        var stream = Stream(nil, minimumRate: 10)
        #expect(stream.close(2000, events: 0, duration: 0) == nil)
    }

    @Test func `A trickle becomes a standstill when no tick arrives, and again a trickle`() {
        var stream = Stream(1500, minimumRate: 10)
        stream.tick(1900)
        #expect(stream.close(2000, events: 1) == .stalled(.trickle, since: .seconds(1)))
        #expect(stream.close(3000, events: 0) == .stalled(.trickle, since: .seconds(2)))
        #expect(stream.check(3400) == .stalled(.standstill, since: .milliseconds(1500)))
        #expect(stream.close(4000, events: 0) == .stalled(.standstill, since: .milliseconds(2100)))
        stream.tick(4200)
        #expect(stream.check(4210) == .resumed(.standstill, after: .milliseconds(2300)))
        // The window with the long interval has been reported.
        #expect(stream.close(5000, events: 1) == nil)
        #expect(stream.close(6000, events: 1) == .stalled(.trickle, since: .seconds(1)))
    }

    @Test(arguments: [0.5, 2, 12.5, 29.97, 1000])
    func `A window is judged by its rate, and without an interval by the wait that still lasts`(rate: Double) {
        var detector = StallDetector(settings: StallSettings(minimumRate: rate))
        detector.start(at: .init(nanoseconds: 0))
        let second: UInt64 = 1_000_000_000
        func closed(_ rate: Double?, wait: Double) -> Event? {
            detector.closed(
                at: 100 * second, rate: rate, lastTick: 100 * second - UInt64(wait * 1e9), isExcused: false,
                duration: .seconds(1))
        }
        #expect(closed(rate, wait: 0) == nil)
        #expect(closed(rate * 1.001, wait: 5 / rate) == nil)
        #expect(closed(nil, wait: 0.99 / rate) == nil)
        #expect(closed(nil, wait: 1.01 / rate) == .stalled(.trickle, since: .seconds(1)))
        #expect(closed(rate * 0.999, wait: 0) != nil)
    }

    @Test func `A shorter timeout takes effect at the next check`() {
        var stream = Stream(1000)
        stream.tick(1010)
        #expect(stream.check(1200) == nil)
        stream.detector.settings.timeout = .milliseconds(100)
        #expect(stream.check(1200) == .stalled(.standstill, since: .milliseconds(190)))
    }

    @Test func `A stall whose timeout is disabled is no longer reported but still ended`() {
        var stream = Stream()
        stream.tick(1010)
        #expect(stream.check(1110) != nil)
        stream.detector.settings.timeout = nil
        #expect(stream.close(2000, events: 0) == nil)
        stream.tick(2100)
        #expect(stream.check(2110) == .resumed(.standstill, after: .milliseconds(1090)))
        #expect(stream.nextCheck(at: 2111) == .max)
    }

    @Test func `A trickle whose minimum rate is disabled ends at the next window`() {
        var stream = Stream(nil, minimumRate: 10)
        #expect(stream.close(2000, events: 1) != nil)
        stream.detector.settings.minimumRate = 0
        #expect(stream.close(3000, events: 0) == .resumed(.trickle, after: .seconds(1)))
        #expect(stream.close(4000, events: 0) == nil)
    }
}
