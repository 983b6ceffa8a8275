import CTerminal
import Glibc

/// The live view on a terminal: keys in, screens out.
final class LiveTerminal {
    private var board = LiveBoard()
    /// What is shown while the view is paused.
    private var frozen: (board: LiveBoard, at: Duration)?
    private var screen: LiveScreen
    private var printed = PrintedLines()
    private let output: TextOutput

    init(_ output: TextOutput, style: ScreenStyle, note: String) {
        self.output = output
        screen = LiveScreen(style: style, note: note)
    }

    /// What went wrong with the pipeline, to be told again when the screen is gone.
    var failure: String? { board.failure }

    func take(_ event: PipelineEvent, at now: Duration) {
        board.take(event, at: now)
    }

    /// Takes what somebody in the process printed, which has no other place on the screen.
    func takePrinted(_ bytes: [UInt8], at now: Duration) {
        for line in printed.take(bytes) { board.take(.warning(source: "printed", text: line), at: now) }
    }

    enum Action { case none, quit }

    func press(_ keys: [UInt8]) -> Action {
        // A key of several bytes: an arrow, or one that means nothing here.
        if keys.first == 0x1B {
            switch keys {
            case [0x1B, UInt8(ascii: "["), UInt8(ascii: "A")], [0x1B, UInt8(ascii: "O"), UInt8(ascii: "A")]:
                screen.offset = max(0, screen.offset - 1)
            case [0x1B, UInt8(ascii: "["), UInt8(ascii: "B")], [0x1B, UInt8(ascii: "O"), UInt8(ascii: "B")]:
                screen.offset += 1
            default: break
            }
            return .none
        }
        for key in keys {
            switch key {
            case UInt8(ascii: "q"), 3:
                screen.phase = .ending
                return .quit
            case UInt8(ascii: "p"), UInt8(ascii: " "): screen.isPaused.toggle()
            case UInt8(ascii: "s"): screen.order = screen.order.next
            case UInt8(ascii: "r"): screen.isReversed.toggle()
            case UInt8(ascii: "k"): screen.offset = max(0, screen.offset - 1)
            case UInt8(ascii: "j"): screen.offset += 1
            case 26: terminal_suspend()
            default: break
            }
        }
        return .none
    }

    func draw(at now: Duration) throws(Failure) {
        if !screen.isPaused { frozen = nil } else if frozen == nil { frozen = (board, now) }
        var columns: Int32 = 80
        var rows: Int32 = 24
        _ = unsafe terminal_size(&columns, &rows)
        screen.offset = min(
            screen.offset, screen.hiddenLines(frozen?.board ?? board, columns: Int(columns), rows: Int(rows)))
        let lines = screen.lines(
            frozen?.board ?? board, now: frozen?.at ?? now, columns: Int(columns), rows: Int(rows))
        // Drawn over, each line cleared to its end, so that nothing flickers.
        let text = lines.map { $0 + "\u{1B}[K" }.joined(separator: "\r\n")
        try output.write("\u{1B}[H" + text + "\u{1B}[J")
    }

    /// The figures at the end, without the keys, to be left on the terminal.
    func lastLines(at now: Duration) -> [String] {
        var columns: Int32 = 80
        var rows: Int32 = 24
        _ = unsafe terminal_size(&columns, &rows)
        screen.phase = .ended
        screen.offset = 0
        var lines = screen.lines(board, now: now, columns: Int(columns), rows: 1000).dropLast()
        while lines.last?.isEmpty == true { lines.removeLast() }
        return Array(lines)
    }
}
