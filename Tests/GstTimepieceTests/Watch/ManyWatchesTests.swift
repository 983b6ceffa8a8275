import CGStreamerCheck
import Synchronization
import TestEnvironment
import Testing

extension TimepieceWatch {
    /// Each watch gets its reports, however many others there are; what a report costs is counted by its fields, the time is
    /// that of any machine.
    @Suite("Many watches")
    struct ManyWatchesTests {
        private static let source = "fakesrc is-live=true sync=true datarate=6400 sizetype=fixed sizemax=64"

        /// Waits until each of the watches has reported twice.
        private static func hasReports(of watches: Int, from pipeline: Pipeline) -> Bool {
            var reports: [String: Int] = [:]
            var complete = 0
            return pipeline.messages.wait(atMost: .seconds(60 * Int(slowness))) { (message: Message) in
                guard message.structure?.name == "timepiece-watch" else { return false }
                reports[message.source, default: 0] += 1
                if reports[message.source] == 2 { complete += 1 }
                return complete == watches
            }
        }

        /// The last reports of all watches are complete: each counts what the outermost counts, and has those below it.
        @Test(arguments: [100, 200])
        func `inside each other all report, each with those below it`(depth: Int) throws {
            try ProcessThreads.ofReports.withLock { _ in
                let watches = (0..<depth).map { "timepiecewatch name=w\($0)" }.joined(separator: " ! ")
                let pipeline = try Pipeline("\(Self.source) ! \(watches) ! fakesink")
                try pipeline.play()
                #expect(Self.hasReports(of: depth, from: pipeline))
                try pipeline.end()
                try pipeline.stop()
                var laps: [UInt64] = []
                for number in 0..<depth {
                    let reports = try pipeline.watches("w\(number)")
                    laps.append(reports.map(\.laps).reduce(0, +))
                    #expect(reports.last.map(\.depth) == depth - number)
                }
                #expect(try #require(laps.first) > 0 && Set(laps).count == 1)
            }
        }

        @Test func `on a thousand branches all report`() throws {
            try ProcessThreads.ofReports.withLock { _ in
                let branches = (0..<1_000).map { "t. ! timepiecewatch name=w\($0) ! fakesink async=false" }
                let pipeline = try Pipeline(
                    "\(Self.source) ! timepiecewatch name=root ! tee name=t \(branches.joined(separator: " "))")
                try pipeline.play()
                #expect(Self.hasReports(of: 1_001, from: pipeline))
                try pipeline.end()
                try pipeline.stop()
                let root = try pipeline.watches("root")
                #expect(root.last?.children.count == 1_000)
                let laps = root.map(\.laps).reduce(0, +)
                for number in stride(from: 0, to: 1_000, by: 99) {
                    #expect(try pipeline.watches("w\(number)").map(\.laps).reduce(0, +) == laps)
                }
            }
        }
    }
}

extension WatchReport {
    /// How many watches are inside each other, this one among them.
    fileprivate var depth: Int { 1 + (children.map(\.depth).max() ?? 0) }
}
