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

    @Test func `missing buffers are counted, late ones that are made up for are not`() throws {
        let missing = try verdict([Array(Self.second.prefix(10)) + [1000.0 / 10] + Self.second])
        #expect(missing.missing == 2)
        #expect(missing.gaps == 1)
        let late = try verdict([Array(Self.second.prefix(10)) + [60, 1000.0 / 15 - 60] + Self.second])
        #expect(late.missing == 0)
    }

    @Test func `the elements' own count of freezes goes before that of the report`() throws {
        var made = MadeRecording()
        made.tick("cam", Self.second, nominal: 30, extra: [("num-freezes", "7"), ("freeze-duration", "900000000")])
        made.end()
        #expect(try made.summary.verdicts.first?.freezes == 7)
    }

    @Test func `silence at the end is told, but not after the end of the stream`() throws {
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

    @Test func `a stall that never ended says since when`() throws {
        let verdict = try verdict([Self.second], lines: [RecordingTests.stall])
        #expect(verdict.reasons.first == "Stands still since 12:00:03.")
    }

    @Test func `streams come in the order of the pipeline`() throws {
        var made = MadeRecording(order: ["in", "out"])
        made.tick("out", Self.second)
        made.tick("late", Self.second)
        made.tick("in", Self.second)
        made.end()
        #expect(try made.summary.streams.map(\.label) == ["in", "out", "late"])
    }

    @Test func `unknown times are null in JSON and empty in CSV`() throws {
        var made = MadeRecording()
        let fields = MadeRecording.tickFields("cam", [], 0, 0, []).map {
            $0.0 == "since-last-buffer" ? ($0.0, "18446744073709551615") : $0
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
        #expect(
            Set(lines.map { $0.split(separator: ",", omittingEmptySubsequences: false).count }) == [
                CSVReport.columns.count
            ])
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

    @Test func `elements of the tracer are in the report, waiting apart from work`() throws {
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

    @Test func `laps that overlap are under way, not busy more than all the time`() throws {
        var made = MadeRecording()
        made.watch("delay", [Double](repeating: 118, count: 30), length: 1000)
        made.end()
        var text = ""
        try PerfettoTrace.write(made.summary) { text += $0 }
        #expect(!text.contains("busy"))
        #expect(text.contains("delay under way"))
        #expect(text.contains("\"laps at a time\":3.54"))
    }
}
