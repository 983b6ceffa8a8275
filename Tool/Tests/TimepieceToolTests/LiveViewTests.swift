import Glibc
import Testing
import TimepieceMessages

@testable import TimepieceTool

@Suite struct LiveViewTests {
    static let plain = ScreenTests.plain

    private static func tick(
        _ label: String, _ intervals: [Double], nominal: Double = 30, sinceLast: Double = 10,
        extra: [(String, String)] = []
    ) throws -> PipelineEvent {
        let fields = MadeRecording.tickFields(label, intervals, nominal, 100, extra).map {
            $0.0 == "since-last-buffer" ? ($0.0, MadeRecording.nanoseconds(sinceLast)) : $0
        }
        return .message(try message("timepiece-tick", fields))
    }

    private static func watch(_ path: String, _ laps: [Double], share: Double, children: String = "[]") -> String {
        let fields =
            [("label", "\"\(path)\""), ("watch", "\"\(path)\"")] + MadeRecording.times(1000)
            + MadeRecording.statistics(laps) + [
                ("self-time", MadeRecording.nanoseconds(laps.reduce(0, +))), ("share", "\(share)"),
                ("num-unmatched", "0"), ("children", children),
            ]
        return String(MadeRecording.line(at: 1, "timepiece-watch", fields).dropLast())
    }

    private static func message(_ name: String, _ fields: [(String, String)]) throws -> MessageFields {
        try message(String(MadeRecording.line(at: 1, name, fields).dropLast()))
    }

    private static func message(_ line: String) throws -> MessageFields {
        try #require(MessageFields(try JSONParser.parse(line.utf8)))
    }

    private static let second = [Double](repeating: 1000.0 / 30, count: 30)

    private func text(_ board: LiveBoard, at now: Duration, columns: Int = 80, rows: Int = 24) -> String {
        LiveScreen(style: Self.plain).lines(board, now: now, columns: columns, rows: rows).joined(separator: "\n")
    }

    @Test func `a stalled stream is red and shows since when, without stall-timeout`() throws {
        var board = LiveBoard()
        board.take(try Self.tick("cam", Self.second), at: .seconds(1))
        #expect(text(board, at: .seconds(1)).contains("ok"))
        // Between reports the element is asked.
        board.take(.look(label: "cam", sinceLastBuffer: .milliseconds(480)), at: .milliseconds(1500))
        #expect(text(board, at: .milliseconds(1500)).contains("ok"))
        board.take(.look(label: "cam", sinceLastBuffer: .milliseconds(2600)), at: .milliseconds(3600))
        let silent = text(board, at: .milliseconds(3600))
        #expect(silent.contains("no buffer 2.60 s"))
        #expect(silent.contains("!cam"))
        #expect(silent.contains("1 fault"))
        #expect(!silent.contains(" ok"))
        let tick = try #require(board.ticks["cam"])
        #expect(StreamState.of(tick, .init(), now: .milliseconds(3600)).color == .red)
    }

    @Test func `slow streams are given ten of their own buffers`() throws {
        var board = LiveBoard()
        board.take(try Self.tick("slides", [1000], nominal: 1), at: .seconds(1))
        board.take(.look(label: "slides", sinceLastBuffer: .seconds(9)), at: .seconds(10))
        #expect(text(board, at: .seconds(10)).contains("ok"))
        board.take(.look(label: "slides", sinceLastBuffer: .seconds(11)), at: .seconds(12))
        #expect(text(board, at: .seconds(12)).contains("no buffer 11.0 s"))
    }

    @Test func `a stream that never began is silent, and one that ended is not`() throws {
        var board = LiveBoard(streams: ["cam"], order: ["cam"])
        #expect(text(board, at: .seconds(3)).contains("no buffer 3.00 s"))
        board.take(try Self.tick("cam", Self.second), at: .seconds(4))
        board.take(.ended(label: "cam"), at: .seconds(5))
        #expect(text(board, at: .seconds(60)).contains("ended"))
        #expect(!text(board, at: .seconds(60)).contains("no buffer"))
    }

    @Test func `drops, freezes and missing buffers are counted since the start`() throws {
        var board = LiveBoard()
        board.take(try Self.tick("cam", Self.second.dropLast() + [700]), at: .seconds(1))
        board.take(.drops(element: "sink", count: 12), at: .seconds(2))
        board.take(try Self.tick("cam", Self.second), at: .seconds(2))
        let wide = text(board, at: .seconds(2), columns: 140)
        #expect(wide.contains("FROZE") && wide.contains("1x"))
        #expect(wide.contains("MISSING"))
        #expect(wide.contains("WORST ms") && wide.contains("700"))
        #expect(wide.contains("12 dropped"))
        board.take(try Self.tick("other", Self.second), at: .seconds(2))
        #expect(text(board, at: .seconds(2)).contains("Dropped as late: sink 12"))
    }

    @Test func `cam2 comes before cam10, after the pipeline's order`() throws {
        let names = ["cam10", "cam2", "Cam1", "cam02", "b", "a10b2", "a10b10"]
        #expect(names.sorted(by: NaturalOrder.precedes) == ["a10b2", "a10b10", "b", "Cam1", "cam02", "cam2", "cam10"])
        var board = LiveBoard(streams: ["z", "a"], order: ["z", "a"])
        for label in ["cam10", "a", "cam2", "z"] { board.take(try Self.tick(label, Self.second), at: .seconds(1)) }
        let rows = LiveScreen(style: Self.plain).rows(board)
        #expect(rows == ["z", "a", "cam2", "cam10"].map { .stream($0) })
    }

    @Test func `eighty columns have rates, percentiles, the worst and the last minute, with units in the head`() throws
    {
        var board = LiveBoard()
        for label in ["front-door-camera-of-the-house", "rear"] {
            board.take(try Self.tick(label, Self.second), at: .seconds(1))
        }
        let lines = text(board, at: .seconds(1)).split(separator: "\n")
        let head = try #require(lines.first { $0.contains("STREAM") })
        for title in ["FPS", "NOMINAL", "P50 ms", "P99 ms", "WORST ms", "LAST MINUTE", "STATE"] {
            #expect(head.contains(title), "\(title)")
        }
        // The name gave way, with a mark; the numbers did not.
        let row = try #require(lines.first { $0.contains("front") })
        #expect(row.contains("…") && row.contains("30.00") && row.contains("33.3"))
        #expect(lines.allSatisfy { $0.count <= 80 })
    }

    @Test func `no number is cut`() throws {
        var board = LiveBoard()
        board.take(try Self.tick("cam", [Double](repeating: 123.4, count: 10)), at: .seconds(1))
        for columns in 4...120 {
            let lines = text(board, at: .seconds(1), columns: columns).split(separator: "\n")
            for word in lines.filter({ $0.contains("cam") }).joined(separator: " ").split(separator: " ")
            where word.first?.isNumber == true {
                #expect(
                    ["8.10", "30.00", "123", "0.065"].contains(word) || word.hasSuffix("x"), "\(word) at \(columns)")
            }
        }
    }

    @Test func `available width is used: the sparkline grows`() throws {
        var board = LiveBoard()
        for second in 1...60 { board.take(try Self.tick("cam", Self.second), at: .seconds(second)) }
        func bars(_ columns: Int) -> Int {
            text(board, at: .seconds(60), columns: columns).count { "▁▂▃▄▅▆▇█".contains($0) }
        }
        #expect(bars(200) > bars(90))
        #expect(bars(90) > 8)
    }

    @Test func `an alarm is one line for any number of firings, and is not red`() throws {
        var board = LiveBoard()
        for count in 1...50 {
            let fields = [
                ("label", "\"cam\""), ("alarm", "\"gop\""), ("kind", "\"interval\""), ("count", "\(count)"),
                ("due", "1"),
                ("fired", "1"), ("running-time", "1"),
            ]
            board.take(.message(try Self.message("timepiece-alarm", fields)), at: .seconds(count))
        }
        #expect(board.notices.count == 1)
        let screen = LiveScreen(style: ScreenStyle(hasColor: true, hasUnicode: true))
        let line = try #require(
            screen.lines(board, now: .seconds(60), columns: 80, rows: 24).first { $0.contains("gop") })
        #expect(line.contains("the 50th") && !line.contains("\u{1B}[31m"))
    }

    @Test func `what waits in front of a queue is not the slowest`() throws {
        var board = LiveBoard(waiting: ["queue0"])
        board.take(
            .message(try Self.message(Self.watch("queue0", [Double](repeating: 20, count: 49), share: 1))),
            at: .seconds(1))
        let child = try Self.message(Self.watch("identity0.identity1", [Double](repeating: 10, count: 49), share: 0.5))
        let parent = Self.watch(
            "identity0", [Double](repeating: 10, count: 49), share: 1, children: "[\(child.json.text)]")
        board.take(.message(try Self.message(parent)), at: .seconds(1))
        let shown = text(board, at: .seconds(1), columns: 100)
        #expect(shown.contains("Slowest: identity0, identity1 (thread of identity0: 98.0 % busy)"))
        #expect(shown.contains("waits"))
        let busiest = try #require(board.busiest)
        #expect(busiest.root == "identity0")
    }

    @Test func `a watch between two points is the load of no thread, in any window of it`() throws {
        var board = LiveBoard()
        func take(_ path: String, _ laps: [Double], inFlight: UInt64, at second: Int) throws {
            let watch = try Self.message(Self.watch(path, laps, share: 1))
            board.take(
                .message(
                    MessageFields(
                        name: watch.name,
                        entries: watch.entries + [
                            ("num-merged", .unsigned(0)), ("in-flight", .unsigned(inFlight)),
                            ("oldest-in-flight", .unsigned(0)),
                        ])),
                at: .seconds(second))
        }
        for second in 1...2 {
            try take("delay", [Double](repeating: 30, count: 25), inFlight: second == 1 ? 3 : 0, at: second)
            try take("encode", [Double](repeating: 4, count: 25), inFlight: 0, at: second)
        }
        #expect(try #require(board.busiest).root == "encode")
        let lines = LiveScreen(style: Self.plain).lines(board, now: .seconds(2), columns: 120, rows: 24)
        let encode = try #require(lines.first { $0.hasPrefix("encode") })
        let delay = try #require(lines.first { $0.hasPrefix("delay") })
        #expect(encode.contains("10.0 %") && !delay.contains("75.0 %"))
        #expect(lines.contains { $0.contains("IN FLIGHT") })
    }

    @Test func `SHARE is shown only if a watch is a part of another`() throws {
        var board = LiveBoard()
        board.take(.message(try Self.message(Self.watch("decode", [5], share: 1))), at: .seconds(1))
        #expect(!text(board, at: .seconds(1)).contains("SHARE"))
    }

    @Test func `without a terminal a subtree is printed once, and SELF is a lap's`() throws {
        var view = LineView(style: Self.plain)
        let child = Self.watch("root.encode", [4, 6], share: 0.5)
        let parent = Self.watch("root", [10, 10], share: 1, children: "[\(try Self.message(child).json.text)]")
        var lines: [String] = []
        for second in 1...3 {
            for line in [child, parent] { lines += view.lines(.message(try Self.message(line)), at: .seconds(second)) }
        }
        #expect(lines.count { $0.contains("encode") } == 3)
        #expect(lines.first { $0.contains("encode") }?.contains("self 5.00 ms a lap, 2 laps") == true)
    }

    @Test func `without a terminal a line says what was merged and what is in flight, of those that count it`() throws {
        var view = LineView(style: Self.plain)
        let earlier = try Self.message(Self.watch("decode", [5, 5], share: 1))
        let now = MessageFields(
            name: earlier.name,
            entries: earlier.entries + [
                ("num-merged", .unsigned(3)), ("in-flight", .unsigned(12)),
                ("oldest-in-flight", .unsigned(2_500_000_000)),
            ])
        let lines = view.lines(.message(earlier), at: .seconds(1)) + view.lines(.message(now), at: .seconds(2))
        #expect(lines.count == 2 && !lines[0].contains("in flight") && !lines[0].contains("merged"))
        #expect(lines[1].hasSuffix(", 3 merged, 12 in flight, the oldest for 2.50 s"), "\(lines[1])")
    }

    @Test func `help, filter and detail are shown`() throws {
        var board = LiveBoard()
        for label in ["cam2", "cam10"] { board.take(try Self.tick(label, Self.second + [95]), at: .seconds(1)) }
        var screen = LiveScreen(style: Self.plain)
        func lines() -> String { screen.lines(board, now: .seconds(1), columns: 80, rows: 24).joined(separator: "\n") }
        screen.view = .help
        #expect(lines().contains("KEYS") && lines().contains("COLUMNS"))
        screen.view = .table
        screen.filter = "CAM1"
        #expect(lines().contains("cam10") && !lines().contains("cam2"))
        screen.view = .detail("cam2")
        #expect(
            lines().contains("LAST 31 INTERVALS, ms") && lines().contains("HOW OFTEN") && lines().contains("⠁")
                || lines().contains("⠉"))
        screen.style = ScreenStyle(hasColor: false, hasUnicode: false)
        #expect(lines().allSatisfy { $0.isASCII })
        for columns in [1, 9, 20, 80] {
            for rows in [1, 2, 6, 24] {
                #expect(
                    screen.lines(board, now: .seconds(1), columns: columns, rows: rows).allSatisfy {
                        $0.count <= columns
                    })
            }
        }
    }

    @Test func `folded watches hide what is below them`() throws {
        var board = LiveBoard()
        let child = try Self.message(Self.watch("root.encode", [4, 6], share: 0.5))
        board.take(
            .message(try Self.message(Self.watch("root", [10], share: 1, children: "[\(child.json.text)]"))),
            at: .seconds(1))
        var screen = LiveScreen(style: Self.plain)
        screen.folded = ["root"]
        let text = screen.lines(board, now: .seconds(1), columns: 80, rows: 24).joined(separator: "\n")
        #expect(text.contains("+ root") && !text.contains("encode"))
    }

    @Test func `the summary is of the whole run, not of the last window`() throws {
        var board = LiveBoard()
        board.take(try Self.tick("cam", [Double](repeating: 20, count: 50), nominal: 50), at: .seconds(1))
        board.take(try Self.tick("cam", [Double](repeating: 40, count: 25) + [], nominal: 50), at: .seconds(2))
        let lines = RunSummary(style: Self.plain).lines(board, at: .seconds(2), reason: .stopped, columns: 120)
        #expect(lines[0] == "Ran 0:02 until it was stopped.")
        #expect(
            lines.contains { $0.contains("cam") && $0.contains("37.50") && $0.contains("50.00") && $0.contains("40.0") }
        )
    }

    @Test(arguments: [
        (":8080", "127.0.0.1", 8080), ("8080", "127.0.0.1", 8080), ("0.0.0.0:1", "0.0.0.0", 1), ("[::1]:2", "::1", 2),
        ("localhost:3", "127.0.0.1", 3),
    ])
    func `an address without a host is this machine only`(text: String, host: String, port: Int) throws {
        let address = try #require(ListenAddress(argument: text))
        #expect(address.host == host && Int(address.port) == port)
        #expect(address.isLoopback == (host != "0.0.0.0"))
    }

    @Test(arguments: ["", ":", ":99999", "x:y", "::1:80", "[::1]", "1.2.3.4:-1", "[x]:80"])
    func `what is not an address is refused`(text: String) {
        #expect(ListenAddress(argument: text) == nil)
    }

    @Test func `a live page drops the oldest windows, and keeps the intervals of the others`() throws {
        var made = MadeRecording()
        for window in 0..<50 { made.tick("cam", [Double(window + 1), 5]) }
        made.line(RecordingTests.stall)
        var summary = try made.summary
        summary.forget(windows: 10, incidents: 10)
        let stream = try #require(summary.streams.first)
        #expect(stream.windows.count == 10)
        #expect(stream.frames.count == 20)
        #expect(stream.frames.first == 41)
        #expect(stream.windows.first?.frames == 0..<2)
    }
}
