import Glibc
import Timepiece
import TimepieceCloudWatch

/// Fills a spool and empties it: `SpoolBenchmark FILE ROWS` prints the rows per second that are stored one at a time,
/// stored a hundred at a time, and taken and removed a hundred at a time.
@main
struct SpoolBenchmark {
    /// The number of rows that one request takes from the spool.
    static let batch = 100

    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 3, let rows = Int(arguments[2]), rows >= batch else {
            print("usage: SpoolBenchmark FILE ROWS, 100 or more")
            exit(2)
        }
        let spool = try Spool(path: arguments[1], destination: "benchmark", boot: "boot", limit: 1 << 30)
        let one = [QueuedDatum(datum: datum())]
        let hundred = Array(repeating: one[0], count: batch)
        let single = try perSecond(rows / 10) { () throws(SpoolError) in
            for _ in 0..<rows / 10 { _ = try spool.store(one) }
        }
        let stored = try perSecond(rows / batch * batch) { () throws(SpoolError) in
            for _ in 0..<rows / batch { _ = try spool.store(hundred) }
        }
        let taken = try perSecond(rows / batch * batch) { () throws(SpoolError) in
            for _ in 0..<rows / batch {
                let claimed = try spool.claim(count: batch, bytes: .max, now: BootInstant(.now())) { _ in 0 }
                try spool.settle(removed: claimed.compactMap(\.row), released: [])
            }
        }
        print(single, stored, taken)
    }

    static func perSecond(_ rows: Int, _ work: () throws(SpoolError) -> Void) throws(SpoolError) -> Double {
        let start = MonotonicInstant.now()
        try work()
        return Double(rows) / start.duration(to: .now()).inSeconds
    }

    /// A minute of video: 1,800 slightly uneven intervals around 33 ms.
    static func datum() -> Datum {
        var statistics = Statistics()
        var state: UInt64 = 1
        for _ in 0..<1_800 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            statistics.record(.nanoseconds(33_000_000 + Int64(state >> 44)))
        }
        let identity = MetricIdentity(
            namespace: "GStreamer/Video", name: "frame_processing_time",
            dimensions: [.init(name: "Device", value: "cam-01"), .init(name: "Label", value: "front-door")],
            interval: 60)
        return Datum(ClosedInterval(identity: identity, statistics: statistics, boot: "boot", moment: .now()))
    }
}
