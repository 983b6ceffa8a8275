import Testing
import Timepiece

@testable import TimepieceMeters

@Suite("The totals of a watch")
struct WatchTotalsTests {
    @Test func `are reset by no window, and stay when the watch has stopped`() throws {
        let watch = try WatchRig().watch("w")
        watch.meter.keepTotals()
        unsafe watch.lap(from: 0, to: 10)
        _ = watch.closeWindow(at: 20)
        unsafe watch.lap(from: 30, to: 45)
        for _ in 0..<2 {
            let totals = try #require(watch.meter.totals(at: 50))
            #expect(totals.laps.count == 2)
            #expect(totals.laps.sum == .nanoseconds(25))
        }
        watch.meter.stop(at: 60)
        #expect(watch.meter.totals(at: 70)?.laps.count == 2)
    }

    /// Buffers that wait in a paused player, before it plays or later, do not age in that time.
    @Test func `have the age of what is under way since the stream flows`() throws {
        let rig = WatchRig()
        let start = try rig.watch("w", label: "in", .start)
        let stop = try rig.watch("w", label: "out", .stop(.auto), from: 1_000)
        stop.meter.keepTotals()
        stop.meter.connect([start.identifier: []])
        _ = start.stamp(at: 100)
        #expect(stop.meter.totals(at: 1_050)?.oldest == 50)
        stop.meter.pause(at: 1_200)
        for now in [1_200, 5_000, 3_600_000] as [UInt64] { #expect(stop.meter.totals(at: now)?.oldest == 200) }
        _ = stop.meter.play(at: 9_000)
        _ = start.stamp(at: 9_050)
        #expect(stop.meter.totals(at: 9_100)?.oldest == 100)
        let shown = WatchLog()
        stop.meter.read(at: 9_300, shown)
        let window = try #require(shown.all.last)
        #expect(window.report.tree.underWay.age(in: window.time, at: window.closedAt) == 300)
        #expect(stop.meter.totals(at: 9_300)?.underWay == 2)
    }

    @Test func `account for each buffer between two points`() throws {
        let rig = WatchRig()
        let start = try rig.watch("w", label: "in", .start)
        let stop = try rig.watch("w", label: "out", .stop(.auto))
        stop.meter.keepTotals()
        let sequences = (0..<4).map { start.stamp(at: UInt64(10 * $0)) }
        stop.pass(at: 25, from: start, sequence: sequences[0], stampedAt: 0)
        let totals = try #require(stop.meter.totals(at: 50))
        #expect(totals.laps.count == 1)
        #expect(totals.underWay == 3)
        #expect(totals.oldest == 40)
        #expect(start.meter.totals(at: 50) == nil)

        stop.meter.end(at: 60)
        let ended = try #require(stop.meter.totals(at: 70))
        #expect(ended.losses.unmatched == 3)
        #expect(ended.underWay == 0)
        start.meter.stop(at: 80)
        stop.meter.stop(at: 80)
        #expect(stop.meter.totals(at: 90)?.losses.unmatched == 3)
    }
}
