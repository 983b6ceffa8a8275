import Testing
import Timepiece
import TimepieceMeters

/// The reports of watches on laps with given instants: no clock, no pipeline, exact to the nanosecond.
@Suite("Watches")
struct WatchMeterTests {
    private let rig = WatchRig()

    @Test func `a lap lasts from its start to its end`() throws {
        let watch = try rig.watch("encode")
        unsafe watch.lap(from: 100, to: 350)
        unsafe watch.lap(from: 400, to: 500)
        let window = try #require(watch.closeWindow(at: 1_000))
        #expect(window.rows == [WatchRow(path: "encode", laps: 2, sum: 350, own: 350, share: 1)])
        #expect(window.duration == 1_000)
        #expect(window.position == 400)
    }

    @Test func `a watch inside another is its child and takes its time from the other's own`() throws {
        let (total, part) = (try rig.watch("total"), try rig.watch("part"))
        for round in 0..<4 as Range<UInt64> {
            let begin = round * 1_000
            unsafe total.lap(from: begin, to: begin + 100) { frame in
                unsafe part.lap(from: begin + 10, to: begin + 40, within: frame)
            }
        }
        let outer = try #require(total.closeWindow(at: 4_000))
        #expect(
            outer.rows == [
                WatchRow(path: "total", laps: 4, sum: 400, own: 280, share: 1),
                WatchRow(path: "total.part", laps: 4, sum: 120, own: 120, share: 0.3),
            ])
        let inner = try #require(part.closeWindow(at: 4_000))
        #expect(inner.rows == [WatchRow(path: "total.part", laps: 4, sum: 120, own: 120, share: 0.3)])
    }

    @Test func `a dotted path makes a watch the child of one further out and the watch between loses its time`() throws
    {
        let (a, b, c) = (try rig.watch("a"), try rig.watch("b"), try rig.watch("a.c"))
        unsafe a.lap(from: 0, to: 100) { outer in
            unsafe b.lap(from: 10, to: 90, within: outer) { middle in
                unsafe c.lap(from: 20, to: 50, within: middle)
            }
        }
        let window = try #require(a.closeWindow(at: 200))
        #expect(
            Set(window.rows.map(\.path)) == ["a", "a.b", "a.c"])
        #expect(window.rows.first { $0.path == "a.b" } == WatchRow(path: "a.b", laps: 1, sum: 50, own: 50, share: 0.5))
        #expect(window.rows.first { $0.path == "a.c" } == WatchRow(path: "a.c", laps: 1, sum: 30, own: 30, share: 0.3))
        #expect(window.rows.first == WatchRow(path: "a", laps: 1, sum: 100, own: 20, share: 1))
    }

    @Test func `a watch behind a funnel reports the buffers of both paths, and each path its part`() throws {
        let (left, right, joint) = (try rig.watch("left"), try rig.watch("right"), try rig.watch("joint"))
        unsafe left.lap(from: 0, to: 100) { unsafe joint.lap(from: 10, to: 30, within: $0) }
        unsafe right.lap(from: 200, to: 300) { unsafe joint.lap(from: 210, to: 280, within: $0) }
        #expect(try #require(joint.closeWindow(at: 300)).rows.map(\.sum) == [90])
        #expect(try #require(joint.log.all.last).rows.map(\.path) == ["joint"])
        #expect(try #require(left.closeWindow(at: 300)).rows.map(\.sum) == [100, 20])
        #expect(try #require(right.closeWindow(at: 300)).rows.map(\.sum) == [100, 70])
    }

    @Test func `a push that is refused immediately is not a lap`() throws {
        let watch = try rig.watch("w")
        unsafe watch.lap(from: 0, to: 10, passed: false)
        unsafe watch.lap(from: 20, to: 30)
        #expect(try #require(watch.closeWindow(at: 100)).rows.map(\.laps) == [1])
    }

    @Test func `a lap that a pause, a flush or an interruption breaks does not count`() throws {
        let watch = try rig.watch("w")
        unsafe watch.lap(from: 0, to: 10, flushed: true)
        unsafe watch.lap(from: 20, to: 30) { _ in watch.meter.interrupt() }
        unsafe watch.lap(from: 40, to: 90) { _ in
            watch.meter.pause(at: 50)
            _ = watch.meter.play(at: 80)
        }
        unsafe watch.lap(from: 100, to: 107)
        #expect(
            try #require(watch.closeWindow(at: 200)).rows == [WatchRow(path: "w", laps: 1, sum: 7, own: 7, share: 1)])
    }

    @Test func `a watch that is stopped inside its own push does not affect the laps of others`() throws {
        let (a, b, c) = (try rig.watch("a"), try rig.watch("b"), try rig.watch("c"))
        unsafe a.lap(from: 0, to: 100) { outer in
            unsafe b.lap(from: 10, to: 90, within: outer) { middle in
                unsafe c.lap(from: 20, to: 50, within: middle) { inner in
                    unsafe b.meter.hold(inner)
                    b.meter.stop(at: 30)
                    // Drains what is over, while the pushes are still under way.
                    #expect(a.closeWindow(at: 40)?.rows.map(\.laps) == [0, 0, 0])
                }
            }
        }
        unsafe a.lap(from: 200, to: 300) { outer in
            unsafe c.lap(from: 210, to: 220, within: outer)
        }
        let window = try #require(a.closeWindow(at: 400))
        #expect(window.rows.first == WatchRow(path: "a", laps: 2, sum: 200, own: 110, share: 1))
        #expect(window.rows.first { $0.path == "a.c" } == WatchRow(path: "a.c", laps: 1, sum: 10, own: 10, share: 0.05))
    }

    @Test func `a watch entered inside the push of a stopped watch is not below it`() throws {
        let (a, b) = (try rig.watch("a"), try rig.watch("b"))
        unsafe a.lap(from: 0, to: 100) { outer in
            unsafe b.lap(from: 10, to: 20, within: outer)
            unsafe a.meter.hold(outer)
            a.meter.stop(at: 30)
            #expect(b.closeWindow(at: 35)?.rows.map(\.path) == ["b"])
            unsafe b.lap(from: 40, to: 47, within: outer)
        }
        #expect(
            try #require(b.closeWindow(at: 200)).rows == [WatchRow(path: "b", laps: 1, sum: 7, own: 7, share: 1)])
    }

    @Test func `watches that all stop inside the outermost push are freed when it ends`() throws {
        weak var inner: WatchMeter?
        do {
            let (a, b) = (try rig.watch("a"), try rig.watch("b"))
            inner = b.meter
            unsafe a.lap(from: 0, to: 100) { outer in
                unsafe b.lap(from: 10, to: 20, within: outer)
                unsafe a.meter.hold(outer)
                a.meter.stop(at: 30)
                b.meter.stop(at: 40)
            }
        }
        #expect(inner == nil)
    }

    @Test func `watches of two scopes are not matched`() throws {
        let other = WatchRig()
        let (here, there) = (try rig.watch("w"), try other.watch("w"))
        unsafe here.lap(from: 0, to: 100) { unsafe there.lap(from: 10, to: 20, within: $0) }
        #expect(try #require(here.closeWindow(at: 200)).rows.map(\.path) == ["w"])
        #expect(
            try #require(there.closeWindow(at: 200)).rows == [WatchRow(path: "w", laps: 1, sum: 10, own: 10, share: 1)])
    }

    @Test func `a name cannot be both around and between two points`() throws {
        let around = try rig.watch("w", label: "first")
        #expect(throws: WatchProblem.self) { try rig.watch("w", label: "second", .start) }
        around.meter.stop(at: 10)
        _ = try rig.watch("w", label: "second", .start)
    }

    @Test(arguments: ["", ".", "a.", ".a", "a..b"])
    func `a path with an empty name is refused in a sentence that shows it`(path: String) throws {
        do {
            _ = try rig.watch(path)
            Issue.record("\(path) was taken")
        } catch let problem as WatchProblem {
            #expect(problem.sentence.contains("\"\(path)\""))
        }
    }

    @Test func `a lap between two points lasts from the stamp to its arrival`() throws {
        let start = try rig.watch("w", label: "in", .start)
        let stop = try rig.watch("w", label: "out", .stop(.auto))
        for frame in 0..<5 as Range<UInt64> {
            let sequence = start.stamp(at: frame * 100)
            stop.pass(at: frame * 100 + 40 + frame, from: start, sequence: sequence, stampedAt: frame * 100)
        }
        let window = try #require(stop.closeWindow(at: 1_000))
        #expect(window.rows.map(\.laps) == [5])
        #expect(window.rows.map(\.sum) == [210])
        #expect(window.report.tree.losses == TransitLosses())
        #expect(window.complaint == nil)
    }

    @Test func `buffers in flight to a stop are reported with their age, and lost at the end`() throws {
        let start = try rig.watch("w", label: "in", .start)
        let stop = try rig.watch("w", label: "out", .stop(.auto))
        stop.meter.connect([start.identifier: []])
        for frame in 1...4 as ClosedRange<UInt64> { _ = start.stamp(at: frame * 100) }
        stop.pass(at: 150, from: start, sequence: 1, stampedAt: 100)
        let shown = WatchLog()
        stop.meter.read(at: 1_000, shown)
        let open = try #require(shown.all.last)
        #expect(open.report.tree.underWay.count == 3 && open.report.tree.underWay.oldest == 200)
        #expect(open.report.tree.losses == TransitLosses())
        let last = try #require(stop.closeWindow(at: 1_000))
        #expect(last.report.tree.underWay.count == 0 && last.report.tree.losses.unmatched == 3)
    }

    @Test func `an end without a single arrival is reported`() throws {
        let start = try rig.watch("w", label: "in", .start)
        let stop = try rig.watch("w", label: "out", .stop(.auto))
        stop.meter.connect([start.identifier: []])
        for frame in 1...90 as ClosedRange<UInt64> { _ = start.stamp(at: frame) }
        let window = try #require(stop.closeWindow(at: 1_000))
        #expect(window.report.tree.losses.unmatched == 90)
        #expect(window.complaint == .nothingArrived(issued: 90))
    }

    @Test func `a stop whose start is in another scope says so`() throws {
        let other = WatchRig()
        let start = try other.watch("apart", label: "in", .start)
        let stop = try rig.watch("apart", label: "out", .stop(.auto))
        _ = start.stamp(at: 1)
        stop.pass(at: 2, from: start, sequence: 1, stampedAt: 1)
        let window = try #require(stop.closeWindow(at: 1_000))
        #expect(window.complaint == .startElsewhere)
        #expect(window.report.tree.losses.unmatched == 1)
    }

    @Test func `an open window that is read stays open`() throws {
        let watch = try rig.watch("w")
        unsafe watch.lap(from: 0, to: 10)
        let shown = WatchLog()
        watch.meter.read(at: 50, shown)
        watch.meter.read(at: 60, shown)
        #expect(shown.all.flatMap(\.rows).map(\.sum) == [10, 10])
        #expect(try #require(watch.closeWindow(at: 100)).rows.map(\.sum) == [10])
        #expect(try #require(watch.closeWindow(at: 200)).rows.map(\.sum) == [0])
    }
}
