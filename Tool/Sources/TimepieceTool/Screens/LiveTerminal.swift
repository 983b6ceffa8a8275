import CTerminal
import Glibc

/// The live view on a terminal: keys in, screens out.
final class LiveTerminal {
    private var board: LiveBoard
    /// The board that is shown while the view is paused.
    private var frozen: (board: LiveBoard, at: Duration)?
    private var screen: LiveScreen
    private var printed = PrintedLines()
    private let output: TextOutput

    init(_ output: TextOutput, style: ScreenStyle, note: String, board: LiveBoard) {
        self.output = output
        self.board = board
        screen = LiveScreen(style: style, note: note)
    }

    /// The pipeline's error, to be repeated when the screen is closed.
    var failure: String? { board.failure }

    func take(_ event: PipelineEvent, at now: Duration) {
        board.take(event, at: now)
    }

    /// Takes other output of the process, which has no other place on the screen.
    func takePrinted(_ bytes: [UInt8], at now: Duration) {
        for line in printed.take(bytes) { board.take(.warning(source: "printed", text: line), at: now) }
    }

    enum Action { case none, quit }

    func press(_ keys: [UInt8]) -> Action {
        var rest = keys[...]
        while let key = rest.popFirst() {
            // A key of several bytes: an arrow, or one without a meaning here. Several keys may arrive at the same
            // time.
            if key == 0x1B, let next = rest.first, next == UInt8(ascii: "[") || next == UInt8(ascii: "O") {
                rest.removeFirst()
                let parameters = rest.prefix { !(0x40...0x7E ~= $0) }
                rest = rest.dropFirst(parameters.count)
                switch rest.popFirst() {
                case UInt8(ascii: "A"): move(-1)
                case UInt8(ascii: "B"): move(1)
                default: break
                }
            } else if press(key) == .quit {
                return .quit
            }
        }
        return .none
    }

    private func press(_ key: UInt8) -> Action {
        if key == 3 || key == UInt8(ascii: "q") && !screen.isTyping {
            screen.phase = .ending
            return .quit
        }
        if key == 26 {
            terminal_suspend()
            return .none
        }
        if screen.isTyping {
            type(key)
            return .none
        }
        if screen.view == .help {
            screen.view = .table
            return .none
        }
        switch key {
        case 0x1B: screen.view = .table
        case UInt8(ascii: "?"), UInt8(ascii: "h"): screen.view = .help
        case UInt8(ascii: "/"):
            screen.filter = ""
            screen.isTyping = true
        case UInt8(ascii: "\r"), UInt8(ascii: "\n"): open()
        case UInt8(ascii: "f"):
            let folding = screen.folded.isEmpty
            screen.folded = folding ? Set(board.shownWatches.filter { $0.depth == 0 }.map(\.message.watch)) : []
        case UInt8(ascii: "p"), UInt8(ascii: " "): screen.isPaused.toggle()
        case UInt8(ascii: "s"): screen.order = screen.order.next
        case UInt8(ascii: "r"): screen.isReversed.toggle()
        case UInt8(ascii: "k"): move(-1)
        case UInt8(ascii: "j"): move(1)
        default: break
        }
        return .none
    }

    private func type(_ key: UInt8) {
        switch key {
        case 0x1B:
            screen.filter = ""
            screen.isTyping = false
        case UInt8(ascii: "\r"), UInt8(ascii: "\n"): screen.isTyping = false
        case 8, 0x7F: screen.filter = String(screen.filter.dropLast())
        case 0x20..<0x7F where screen.filter.count < 60: screen.filter.append(Character(Unicode.Scalar(key)))
        default: break
        }
        screen.offset = 0
    }

    /// Selects the next or previous row; the view follows.
    private func move(_ step: Int) {
        let rows = screen.rows(frozen?.board ?? board)
        let index = screen.selected.flatMap { rows.firstIndex(of: $0) }
        let next = index.map { $0 + step } ?? (step > 0 ? 0 : rows.count - 1)
        if rows.indices.contains(next) { screen.selected = rows[next] }
        if case .detail = screen.view, case .stream(let label) = screen.selected { screen.view = .detail(label) }
        screen.offset = max(0, screen.offset + step)
    }

    private func open() {
        if case .detail = screen.view {
            screen.view = .table
            return
        }
        let rows = screen.rows(frozen?.board ?? board)
        switch screen.selected ?? rows.first {
        case .stream(let label):
            screen.selected = .stream(label)
            screen.view = .detail(label)
        case .watch(let path):
            if screen.folded.remove(path) == nil { screen.folded.insert(path) }
        case nil: break
        }
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

    /// The run in a few lines, to be left on the terminal.
    func lastLines(at now: Duration, _ reason: EndReason?) -> [String] {
        var columns: Int32 = 80
        var rows: Int32 = 24
        _ = unsafe terminal_size(&columns, &rows)
        let style = screen.style
        let problems = board.notices.filter { $0.kind == .problem || $0.kind == .stall }.suffix(5).map { notice in
            style.paint(
                TextTable.fit(
                    style.plain("\(Texts.clock(notice.at))  \(notice.label): \(notice.text)"), Int(columns),
                    leading: true,
                    style: style), notice.kind == .stall ? .red : .yellow)
        }
        return RunSummary(style: style).lines(board, at: now, reason: reason, columns: Int(columns)) + problems
    }
}
