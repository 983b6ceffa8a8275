import Testing
import Timepiece

@testable import TimepieceMeters

@Suite("The totals of a tick")
struct TickTotalsTests {
    private struct Silent: TickReporter {
        var isReady: Bool { true }
        func report(_ window: Window) {}
        func report(_ event: StallDetector.Event, lastPosition: UInt64) {}
    }

    private func meter() throws -> TickMeter {
        let meter = try #require(
            TickMeter(settings: .init(interval: 0), maxIntervals: 1, pipeline: 0, reporter: Silent()))
        meter.keepTotals()
        meter.release(at: 0)
        _ = meter.play(at: 0)
        return meter
    }

    private func tick(_ meter: TickMeter, at now: UInt64) {
        meter.writer.tick(at: now, events: 1, bytes: 10, discontinuity: false, position: .max)
    }

    @Test func `are reset by no window and no reader`() throws {
        let meter = try meter()
        for now in [10, 30, 60] as [UInt64] { tick(meter, at: now) }
        #expect(meter.totals(at: 70).intervals.count == 2)
        meter.tachometer.closeWindow(at: MonotonicInstant(nanoseconds: 80))
        tick(meter, at: 100)
        for _ in 0..<2 {
            let totals = meter.totals(at: 110)
            #expect(totals.tally.events == 4)
            #expect(totals.tally.bytes == 40)
            #expect(totals.intervals.sum == .nanoseconds(90))
            #expect(totals.intervals.max == .nanoseconds(40))
            #expect(totals.sinceLastBuffer == 10)
        }
        meter.stop(at: 120)
        #expect(meter.totals(at: 130).intervals.count == 3)
    }

    @Test func `leave out intervals that began before a pause, and count their buffers`() throws {
        let meter = try meter()
        tick(meter, at: 10)
        meter.pause(at: 20)
        tick(meter, at: 25)
        meter.release(at: 30)
        _ = meter.play(at: 30)
        tick(meter, at: 40)
        tick(meter, at: 47)
        let totals = meter.totals(at: 50)
        #expect(totals.tally.events == 4)
        #expect(totals.intervals.count == 1)
        #expect(totals.intervals.sum == .nanoseconds(7))
        meter.stop(at: 60)
    }

    @Test func `have the rate of the caps`() throws {
        let meter = try meter()
        #expect(meter.totals(at: 1).nominalRate == 0)
        meter.setNominalRate(29.97)
        #expect(meter.totals(at: 1).nominalRate == 29.97)
        meter.stop(at: 60)
    }
}
