import Testing
import Timepiece

@testable import TimepieceMeters

/// The windows of watches that report at different times: each has what came since its own last one, exactly.
@Suite("The windows of watches")
struct WatchWindowTests {
    private let rig = WatchRig()
    /// Later than the machine's own clock, so that only the test runs the meters.
    private static let begin: UInt64 = 1 << 62

    @Test func `have each lap once, regardless of the others' intervals`() throws {
        let intervals: [UInt64] = [700, 300, 1_100, 500]
        let watches = try intervals.indices.map { index in
            try rig.watch("w\(index)", interval: intervals[index], from: Self.begin)
        }
        // The measurements of the watches below since a watch last reported, as a separate model.
        var open = watches.map { _ in [UInt64](repeating: 0, count: watches.count) }
        var due = intervals.map { Self.begin + $0 }
        var reported = 0
        for step in 1...200 as ClosedRange<UInt64> {
            let now = Self.begin + step * 50
            for index in watches.indices where due[index] <= now {
                _ = watches[index].meter.run(at: now)
                due[index] += intervals[index]
                let rows = try #require(watches[index].log.all.last).rows
                #expect(rows.map(\.sum) == Array(open[index][index...]))
                open[index] = [UInt64](repeating: 0, count: watches.count)
                reported += 1
            }
            unsafe nest(watches[...], length: step + 100, at: now, within: nil)
            for outer in watches.indices {
                for index in outer..<watches.count { open[outer][index] += step + 100 - UInt64(10 * index) }
            }
        }
        #expect(reported > 60)
        for index in watches.indices {
            let rows = try #require(watches[index].closeWindow(at: Self.begin + 20_000)).rows
            #expect(rows.map(\.sum) == Array(open[index][index...]))
        }
    }

    /// A lap of the first watch with those of the others inside, each ten shorter.
    private func nest(
        _ watches: ArraySlice<RiggedWatch>, length: UInt64, at now: UInt64, within: UnsafeMutablePointer<WatchFrame>?
    ) {
        guard let watch = watches.first else { return }
        unsafe watch.lap(from: now, to: now + length, within: within) {
            unsafe nest(watches.dropFirst(), length: length - 10, at: now, within: $0)
        }
    }

    @Test func `that are due together close together, however late each is reported`() throws {
        let (a, b) = (
            try rig.watch("a", interval: 100, from: Self.begin), try rig.watch("b", interval: 100, from: Self.begin)
        )
        unsafe a.lap(from: Self.begin, to: Self.begin + 30) { unsafe b.lap(from: 0, to: 20, within: $0) }
        _ = a.meter.run(at: Self.begin + 100)
        // While a is reported, another lap ends.
        unsafe a.lap(from: Self.begin + 110, to: Self.begin + 115) { unsafe b.lap(from: 0, to: 4, within: $0) }
        _ = b.meter.run(at: Self.begin + 140)
        let first = try #require(b.log.all.last)
        #expect(first.rows.map(\.sum) == [20] && first.duration == 100 && first.closedAt == Self.begin + 100)
        _ = b.meter.run(at: Self.begin + 200)
        let second = try #require(b.log.all.last)
        #expect(second.rows.map(\.sum) == [4] && second.duration == 100)
        #expect(a.closeWindow(at: Self.begin + 210)?.rows.map(\.sum) == [5, 4])
    }

    @Test func `of a watch that never reports keep the laps that one inside reports repeatedly`() throws {
        let (a, b) = (try rig.watch("a"), try rig.watch("b", interval: 100, from: Self.begin))
        for step in 1...500 as ClosedRange<UInt64> {
            unsafe a.lap(from: 0, to: 10) { unsafe b.lap(from: 0, to: 7, within: $0) }
            _ = b.meter.run(at: Self.begin + step * 100)
        }
        #expect(b.log.all.map { $0.rows.map(\.sum) } == [[UInt64]](repeating: [7], count: 500))
        #expect(a.closeWindow(at: Self.begin + 60_000)?.rows.map(\.sum) == [5_000, 3_500])
    }

    @Test func `forget removed watches`() throws {
        let total = try rig.watch("total")
        for round in 1...100 as ClosedRange<UInt64> {
            let (part, apart) = (try rig.watch("part"), try rig.watch("total.apart"))
            unsafe total.lap(from: 0, to: 10) { unsafe part.lap(from: 0, to: 3, within: $0) }
            unsafe apart.lap(from: 0, to: 5)
            part.meter.stop(at: round)
            apart.meter.stop(at: round)
            // The lap around it has to end before what was inside is known to be over.
            unsafe total.lap(from: 0, to: 1)
            if round % 10 == 0 {
                let rows = try #require(total.closeWindow(at: round)).rows
                #expect(rows.first { $0.path == "total.part" }?.sum == 30)
                #expect(rows.first { $0.path == "total.apart" }?.sum == 50)
            }
        }
        _ = total.closeWindow(at: 200)
        #expect(try #require(total.closeWindow(at: 201)).rows.map(\.path) == ["total"])
        #expect(total.meter.scope.numContexts == 1)
    }

    @Test func `of a thousand watches side by side are drained separately`() throws {
        let watches = try (0..<1_000).map { try rig.watch("w\($0)") }
        for (index, watch) in watches.enumerated() { unsafe watch.lap(from: 0, to: UInt64(index + 1)) }
        for (index, watch) in watches.enumerated() {
            #expect(watch.closeWindow(at: 2_000)?.rows.map(\.sum) == [UInt64(index + 1)])
        }
    }

    @Test func `of a share are those of the parent, too`() throws {
        let (total, part) = (try rig.watch("total"), try rig.watch("total.part", interval: 100, from: Self.begin))
        unsafe total.lap(from: 0, to: 100)
        unsafe part.lap(from: 0, to: 25)
        _ = part.meter.run(at: Self.begin + 100)
        #expect(part.log.all.last?.report.share == 0.25)
        unsafe total.lap(from: 0, to: 200)
        _ = part.meter.run(at: Self.begin + 200)
        #expect(part.log.all.last?.report.share == 0)
        unsafe part.lap(from: 0, to: 10)
        unsafe total.lap(from: 0, to: 20)
        _ = part.meter.run(at: Self.begin + 300)
        #expect(part.log.all.last?.report.share == 0.5)
    }
}
