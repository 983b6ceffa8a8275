import CTerminal
import Glibc

/// The live view on a terminal: keys in, screens out.
final class LiveTerminal {
    private var board = LiveBoard()
    /// What is shown while the view is paused.
    private var frozen: (board: LiveBoard, at: Duration)?
    private var screen: LiveScreen

    init(style: ScreenStyle, note: String) {
        screen = LiveScreen(style: style, note: note)
    }

    /// What went wrong with the pipeline, to be told again when the screen is gone.
    var failure: String? { board.failure }

    func take(_ event: PipelineEvent, at now: Duration) {
        board.take(event, at: now)
    }

    enum Action { case none, quit }

    func press(_ keys: [UInt8]) -> Action {
        // An arrow or another key of several bytes means nothing here.
        guard keys.first != 0x1B else { return .none }
        for key in keys {
            switch key {
            case UInt8(ascii: "q"), 3:
                screen.isStopping = true
                return .quit
            case UInt8(ascii: "p"), UInt8(ascii: " "): screen.isPaused.toggle()
            case UInt8(ascii: "s"): screen.order = screen.order.next
            case UInt8(ascii: "r"): screen.isReversed.toggle()
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
        let lines = screen.lines(
            frozen?.board ?? board, now: frozen?.at ?? now, columns: Int(columns), rows: Int(rows))
        // Drawn over, each line cleared to its end, so that nothing flickers.
        let text = lines.map { $0 + "\u{1B}[K" }.joined(separator: "\r\n")
        try TextOutput.standard.write("\u{1B}[H" + text + "\u{1B}[J")
    }

    /// The figures at the end, without the keys, to be left on the terminal.
    func lastLines(at now: Duration) -> [String] {
        var columns: Int32 = 80
        var rows: Int32 = 24
        _ = unsafe terminal_size(&columns, &rows)
        screen.isStopping = true
        var lines = screen.lines(board, now: now, columns: Int(columns), rows: 1000).dropLast()
        while lines.last?.isEmpty == true { lines.removeLast() }
        return Array(lines)
    }
}
