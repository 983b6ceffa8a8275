import Testing

@testable import TimepieceTool

@Suite struct VerdictTests {
    private func verdict(
        _ windows: [[Double]], nominal: Double = 30, end: String = "stopped", lines: [String] = []
    ) throws -> StreamVerdict {
        var made = MadeRecording()
        for window in windows { made.tick("cam", window, nominal: nominal) }
        for line in lines { made.line(line) }
        made.end(end)
        return try #require(try made.summary.verdicts.first)
    }

    private static let second = [Double](repeating: 1000.0 / 30, count: 30)

    @Test func `a stream as it should be is good, in words`() throws {
        let verdict = try verdict([Self.second, Self.second])
        #expect(verdict.level == .good)
        #expect(verdict.inBudget == 1)
        #expect(verdict.reasons == ["Runs at 30.00 of 30.00 fps, without a gap."])
    }

    @Test func `an element's wait reason is the most frequent one, not the last`() throws {
        var made = MadeRecording()
        for (wait, reason) in [("700000000", "source"), ("200000000", "queue-full"), ("0", "none")] {
            let element =
                "{\"message\":\"element\",\"fields\":{\"element\":\"src\",\"num-buffers\":30,"
                + "\"work-time\":1000000,\"wait-time\":\(wait),\"wait-reason\":\"\(reason)\"}}"
            let fields = [("pipeline", "\"p\""), ("duration", "1000000000"), ("elements", "[\(element)]")]
            made.line(String(MadeRecording.line(at: 1000, "timepiece-pipeline", fields).dropLast()))
        }
        made.end()
        let series = try #require(try made.summary.elements.series.first)
        #expect(series.waitReason == "source")
        #expect(series.wait == .milliseconds(900))
    }

    @Test func `a third too slow is serious`() throws {
        let verdict = try verdict([[Double](repeating: 50, count: 20)])
        #expect(verdict.level == .bad)
        #expect(verdict.reasons.first == "Runs at 20.00 of 30.00 fps: 66.7 %.")
    }

    @Test func `a freeze is found by the rule of WebRTC, with its time of day`() throws {
        let verdict = try verdict([Self.second, Self.second.dropLast() + [400], Self.second])
        #expect(verdict.freezes == 1)
        #expect(verdict.level > .good)
        #expect(verdict.reasons.contains("Froze for 400 ms at 12:00:02."))
    }

    @Test func `missing buffers are counted, late ones that are compensated are not`() throws {
        let missing = try verdict([Array(Self.second.prefix(10)) + [1000.0 / 10] + Self.second])
        #expect(missing.missing == 2)
        #expect(missing.gaps == 1)
        let late = try verdict([Array(Self.second.prefix(10)) + [60, 1000.0 / 15 - 60] + Self.second])
        #expect(late.missing == 0)
    }

    /// Arrivals are late by up to a part of the period, mostly by little.
    @Test(arguments: [0, 0.3, 0.7] as [Double])
    func `buffers are missing by what jitter does not explain`(jitter: Double) {
        for lost in [0, 1, 4] {
            var detector = GapDetector(period: 30)
            var last = 0.0
            // The minimal generator of Park and Miller.
            var random: UInt64 = 7
            for frame in 1...900 {
                random = random * 48_271 % 2_147_483_647
                let part = Double(random) / 2_147_483_647
                guard !(0..<lost).contains(frame % 300 - 100) else { continue }
                let now = max(last + 0.1, Double(frame) * 30 + 30 * jitter * part * part)
                detector.add(now - last)
                last = now
            }
            detector.settle()
            #expect(detector.missing == UInt64(3 * lost) && detector.count == (lost > 0 ? 3 : 0))
        }
    }

    @Test func `the elements' own count of freezes takes precedence over that of the report`() throws {
        var made = MadeRecording()
        made.tick("cam", Self.second, nominal: 30, extra: [("num-freezes", "7"), ("freeze-duration", "900000000")])
        made.end()
        #expect(try made.summary.verdicts.first?.freezes == 7)
    }

    @Test func `silence at the end is reported, but not after the end of the stream`() throws {
        let silent = MadeRecording.line(
            at: 9000, "timepiece-tick",
            MadeRecording.tickFields("cam", [], 30, 60, []).map {
                $0.0 == "since-last-buffer" ? ($0.0, "2600000000") : $0
            })
        let line = String(silent.dropLast())
        #expect(try verdict([Self.second], lines: [line]).reasons.first == "No buffer in the last 2.60 s.")
        #expect(try verdict([Self.second], lines: [line]).level == .bad)
        #expect(try verdict([Self.second], end: "eos", lines: [line]).level == .good)
    }

    @Test func `a stall that never ended has its beginning`() throws {
        let verdict = try verdict([Self.second], lines: [RecordingTests.stall])
        #expect(verdict.reasons.first == "Stalled since 12:00:03.")
    }

    @Test func `streams are in the order of the pipeline`() throws {
        var made = MadeRecording(order: ["in", "out"])
        made.tick("out", Self.second)
        made.tick("late", Self.second)
        made.tick("in", Self.second)
        made.end()
        #expect(try made.summary.streams.map(\.label) == ["in", "out", "late"])
    }

    @Test func `unknown times are null in JSON and empty in CSV`() throws {
        var made = MadeRecording()
        var fields = MadeRecording.tickFields("cam", [], 0, 0, [])
        for index in fields.indices where fields[index].0 == "since-last-buffer" {
            fields[index].1 = "18446744073709551615"
        }
        made.line(String(MadeRecording.line(at: 1000, "timepiece-tick", fields).dropLast()))
        made.watch("w", [5], length: 1000)
        made.end()
        var text = ""
        try ReportJSON.write(made.summary) { text += $0 }
        let json = try JSONParser.parse(text.utf8)
        let window = try #require(json["streams"]?.items.first?["windows"]?.items.first)
        #expect(window["since_last_ms"] == .null)
        #expect(window["p50_ms"] == .null)
        #expect(json["schema"] == .string("timepiece-report"))
        #expect(json["watch-windows"]?.items.first?["windows"]?.items.first?["p99_ms"] == .real(5))
        #expect(!text.contains("18446744073709551615") && !text.contains("9223372036854775807"))
        var lines: [String] = []
        try CSVReport.write(made.summary) { lines.append($0) }
        for line in lines {
            #expect(line.split(separator: ",", omittingEmptySubsequences: false).count == CSVReport.columns.count)
        }
        #expect(lines[1].contains("tick,cam,0,0,0.000,,,,,,,,"))
        #expect(lines[2].contains(",watch,w,1,"))
    }

    @Test func `a page of an hour and forty streams is under three megabytes`() throws {
        var made = MadeRecording()
        let window = [Double](repeating: 33.333, count: 30)
        for second in 1...60 {
            for stream in 0..<40 { made.tick("cam\(stream)", window, nominal: 30, at: Double(second) * 60_000) }
        }
        made.end()
        #expect(HTMLReport.page(try made.summary).utf8.count < 3_000_000)
    }

    @Test func `elements of the tracer are in the report, waiting separate from work`() throws {
        func structure(_ name: String, _ fields: [(String, String)]) -> String {
            "{\"message\":\"\(name)\",\"fields\":{" + fields.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}}"
        }
        let element = structure(
            "element",
            [
                ("element", "\"identity0\""), ("factory", "\"identity\""), ("num-buffers", "30"),
                ("work-time", "310000000"), ("wait-time", "600000000"), ("wait-reason", "\"clock\""),
                ("p50-work", "10000000"), ("p90-work", "11000000"), ("p99-work", "12000000"), ("max-work", "13000000"),
            ])
        let bottleneck = structure("bottleneck", [("element", "\"identity0\""), ("reason", "\"It never waits.\"")])
        var made = MadeRecording()
        for second in 1...2 {
            let fields = [
                ("pipeline", "\"p\""), ("duration", "1000000000"), ("elements", "[\(element)]"),
                ("bottleneck", bottleneck),
            ]
            made.line(String(MadeRecording.line(at: Double(second) * 1000, "timepiece-pipeline", fields).dropLast()))
        }
        made.end()
        let page = PageData.json(try made.summary)
        let shown = try #require(page["elements"]?.items.first)
        #expect(shown["work"] == .signed(620))
        #expect(shown["wait"] == .signed(1200))
        #expect(shown["rows"]?.items.count == 2)
        #expect(page["bottleneck"] == .array([.string("identity0"), .string("It never waits.")]))
        var text = ""
        try ReportJSON.write(made.summary) { text += $0 }
        #expect(try JSONParser.parse(text.utf8)["elements"]?.items.first?["wait_reason"] == .string("clock"))
    }

    @Test func `a recording of only the tracer has a verdict, and its queues`() throws {
        var made = MadeRecording()
        for _ in 0..<3 { made.element("bin0/slow", work: 33, dropped: 2) }
        made.end()
        let summary = try made.summary
        #expect(summary.conclusion(summary.verdicts).text == "bin0/slow is the bottleneck.")
        #expect(summary.allDrops == ["queue0": 6])
        var text = ""
        try ReportJSON.write(summary) { text += $0 }
        let queue = try #require(try JSONParser.parse(text.utf8)["queues"]?.items.first)
        #expect(queue["buffers"] == .unsigned(90))
        #expect(queue["dropped"] == .unsigned(6))
        #expect(queue["full_ms"] == .real(2700))
        var trace = ""
        try PerfettoTrace.write(summary) { trace += $0 }
        #expect(trace.contains("bin0/slow work (ms)"))
        #expect(trace.contains("bin0/slow load (%)"))
    }

    @Test func `overlapping laps count as in flight, not as more than full load`() throws {
        var made = MadeRecording()
        made.watch("delay", [Double](repeating: 118, count: 30), length: 1000)
        made.end()
        var text = ""
        try PerfettoTrace.write(made.summary) { text += $0 }
        #expect(!text.contains("busy"))
        #expect(text.contains("delay in flight"))
        #expect(text.contains("\"laps at a time\":3.54"))
    }

    /// Elements count what is in flight of each watch; of one around a push that is nothing.
    @Test(arguments: [("0", "0", true), ("2", "0", false), ("0", "1", false)])
    func `a watch is busy unless something was ever in flight or lost`(
        inFlight: String, merged: String, isBusy: Bool
    ) throws {
        var made = MadeRecording()
        for count in ["0", inFlight, "0"] {
            made.watch(
                "part", [Double](repeating: 12, count: 30), length: 1000,
                extra: [
                    ("num-merged", count == inFlight ? merged : "0"), ("in-flight", count), ("oldest-in-flight", "0"),
                ])
        }
        made.end()
        var trace = ""
        try PerfettoTrace.write(made.summary) { trace += $0 }
        #expect(trace.contains("part busy (%)") == isBusy)
        #expect(trace.contains("part in flight") == !isBusy)
        #expect(try made.summary.watchSeries.map(\.isBetweenPoints) == [!isBusy])
    }
}
