import Glibc
import Testing
import TimepieceMessages

@testable import TimepieceTool

@Suite struct ScreenTests {
    static let plain = ScreenStyle(hasColor: false, hasUnicode: true)

    /// A board with a stream that stalled, an alarm and a tree of watches.
    static func board() -> LiveBoard {
        let intervals: [(name: String, value: FieldValue)] = [
            "num-intervals", "min-interval", "max-interval", "avg-interval", "sum-interval", "stddev-interval",
            "p50-interval", "p90-interval", "p99-interval",
        ].map { ($0, .unsigned(33_000_000)) }
        let times: [(name: String, value: FieldValue)] = ["timestamp", "stream-time", "running-time", "duration"]
            .map { ($0, .unsigned(1)) }
        func tick(_ label: String, rate: Double) -> MessageFields {
            MessageFields(
                name: "timepiece-tick",
                entries: [("label", .text(label))] + times + intervals
                    + ["num-buffers", "num-bytes", "since-last-buffer", "num-disconts", "total-buffers", "total-bytes"]
                    .map { ($0, .unsigned(30)) }
                    + [
                        ("average-rate", .real(rate)), ("nominal-rate", .real(30)), ("bitrate", .real(8_210_000)),
                        ("intervals", .list([])),
                    ])
        }
        func watch(_ path: String, _ children: [MessageFields]) -> MessageFields {
            MessageFields(
                name: "timepiece-watch",
                entries: [("label", .text(path)), ("watch", .text(path))] + times + intervals + [
                    ("self-time", .unsigned(5_000_000)), ("share", .real(0.5)), ("num-unmatched", .unsigned(0)),
                    ("children", .list(children.map { .fields($0) })),
                ])
        }
        var board = LiveBoard()
        // The child speaks first, by itself.
        board.take(.message(watch("root.encode", [])), at: .seconds(1))
        board.take(.message(watch("root", [watch("root.encode", [])])), at: .seconds(1))
        board.take(.message(tick("front-door-camera", rate: 29.97)), at: .seconds(1))
        board.take(.message(tick("rear", rate: 12)), at: .seconds(1))
        board.take(
            .message(
                MessageFields(
                    name: "timepiece-stall",
                    entries: [
                        ("label", .text("rear")), ("since-last-buffer", .unsigned(3_200_000_000)),
                        ("last-running-time", .unsigned(1)), ("reason", .text("standstill")),
                    ])), at: .seconds(4))
        return board
    }

    private func lines(_ columns: Int, _ rows: Int, style: ScreenStyle = plain) -> [String] {
        LiveScreen(style: style).lines(Self.board(), now: .seconds(5), columns: columns, rows: rows)
    }

    @Test(arguments: [1, 5, 10, 20, 33, 40, 60, 80, 100, 120, 200])
    func `no line is wider than the terminal`(columns: Int) {
        #expect(lines(columns, 24).allSatisfy { $0.count <= columns })
    }

    @Test(arguments: [1, 2, 3, 8, 24, 60])
    func `there are as many lines as the terminal has`(rows: Int) {
        #expect(lines(80, rows).count == rows)
    }

    @Test func `twenty columns still show the name, the rate and a stall`() {
        let text = lines(20, 12).joined(separator: "\n")
        #expect(text.contains("29.97"))
        #expect(text.contains("!rear"))
    }

    @Test func `without color there is no escape`() {
        #expect(!lines(120, 30).joined().contains("\u{1B}"))
    }

    @Test func `with color a stall is red`() {
        let text = lines(120, 30, style: ScreenStyle(hasColor: true, hasUnicode: true)).joined()
        #expect(text.contains("\u{1B}[31mSTALLED 4.20 s"))
    }

    @Test func `without UTF-8 all is ASCII`() {
        let text = lines(140, 30, style: ScreenStyle(hasColor: false, hasUnicode: false)).joined()
        #expect(text.allSatisfy { $0.isASCII })
    }

    @Test func `a child is below its parent, once, also if it reported first`() {
        let names = lines(80, 30).compactMap { $0.contains("50.0 %") ? $0.prefix { $0 != "5" }.description : nil }
        #expect(names.map { String($0.reversed().drop { $0 == " " }.reversed()) } == ["root", "  encode"])
    }

    @Test func `characters of two columns count as two`() {
        // The width of a character is the locale's.
        setlocale(LC_CTYPE, "C.UTF-8")
        #expect(ScreenStyle.width(of: "カメラ日本") == 10)
        #expect(TextTable.fit("カメラ日本", 6, leading: true, style: Self.plain) == "カメ… ")
        #expect(TextTable.fit("カメ", 6, leading: false, style: Self.plain) == "  カメ")
    }

    @Test func `a stall before the first report is not forgotten`() {
        var board = LiveBoard()
        func stall(_ seconds: UInt64) -> PipelineEvent {
            .message(
                MessageFields(
                    name: "timepiece-stall",
                    entries: [
                        ("label", .text("cam")), ("since-last-buffer", .unsigned(seconds * 1_000_000_000)),
                        ("last-running-time", .unsigned(1)), ("reason", .text("standstill")),
                    ]))
        }
        board.take(stall(1), at: .seconds(1))
        board.take(stall(2), at: .seconds(2))
        #expect(board.notices.count == 1)
        #expect(board.stalls["cam"]?.since == .zero)
        #expect(board.stalls["cam"]?.count == 1)
    }

    @Test func `lines that do not fit are indicated, and can be scrolled to`() {
        var screen = LiveScreen(style: Self.plain)
        let first = screen.lines(Self.board(), now: .seconds(5), columns: 100, rows: 6)
        #expect(first.last?.hasPrefix("4 more below") == true)
        screen.offset = screen.hiddenLines(Self.board(), columns: 100, rows: 6)
        let last = screen.lines(Self.board(), now: .seconds(5), columns: 100, rows: 6)
        #expect(last.dropLast().last?.hasPrefix("  encode") == true)
        #expect(last.last?.contains("more") == false)
    }

    @Test func `output of others is shown as lines without colors`() {
        var printed = PrintedLines()
        #expect(printed.take(Array("\u{1B}[31;1mWARN\u{1B}[0m one\r\n\ntw".utf8)) == ["WARN one"])
        #expect(printed.take(Array("o\n".utf8)) == ["two"])
    }

    @Test func `a control character in a label does not reach the terminal`() {
        #expect(Self.plain.plain("a\u{1B}[2Jb\u{7}") == "a [2Jb ")
    }

    @Test func `a drop to half looks like half`() {
        #expect(Sparkline.text([30, nil, 15, 0], ceiling: 30, hasUnicode: true) == "█ ▅▁")
        #expect(Sparkline.text([30, 0], ceiling: 0, hasUnicode: false) == "@_")
    }

    @Test func `the history has the last minute, the newest at the right`() {
        let history = LiveBoard.history(
            [(.seconds(1), 10), (.seconds(59), 20), (.seconds(60), 40)], now: .seconds(60), width: 6)
        #expect(history == [10, nil, nil, nil, nil, 30])
    }

    @Test(arguments: [
        (Duration.zero, "0"), (.nanoseconds(17), "17 ns"), (.microseconds(6), "6.00 µs"),
        (.milliseconds(33), "33.0 ms"),
        (.seconds(2), "2.00 s"), (.seconds(150), "2:30"), (.seconds(3723), "1:02:03"),
    ])
    func `durations have three digits and a unit`(duration: Duration, text: String) {
        #expect(Texts.duration(duration) == text)
    }
}
