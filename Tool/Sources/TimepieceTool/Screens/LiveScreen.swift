import TimepieceMessages

/// Draws the live view: text out of a board, and nothing else.
struct LiveScreen {
    var style: ScreenStyle
    var order = LiveOrder.label
    var isReversed = false
    var isPaused = false
    var phase = Phase.running
    /// How many lines are scrolled away at the top.
    var offset = 0
    var note = ""

    enum Phase: String { case running, ending, ended }

    private static let sparklineWidth = 20

    /// The lines of a screen of that size.
    func lines(_ board: LiveBoard, now: Duration, columns: Int, rows: Int) -> [String] {
        let height = max(1, rows)
        let title = title(now: now, width: columns)
        guard height > 1 else { return [title] }
        var lines = tables(board, now: now, width: columns)
        // The title, the keys, and a blank line and a heading above what happened.
        let room = height - 2 - lines.count - 2
        if room > 0, !board.notices.isEmpty {
            lines += ["", style.paint(cut("LATEST", columns), .dim)]
            lines += board.notices.suffix(min(room, 8)).reversed().map { notice($0, width: columns) }
        }
        let hidden = max(0, lines.count - (height - 2))
        lines = Array(lines.dropFirst(min(offset, hidden)).prefix(height - 2))
        lines += Array(repeating: "", count: height - 2 - lines.count)
        let more = hidden - min(offset, hidden)
        return [title] + lines + [style.paint(cut(keyLine(columns, more: more), columns), .dim)]
    }

    /// How many lines of the tables a screen of that size has no room for.
    func hiddenLines(_ board: LiveBoard, columns: Int, rows: Int) -> Int {
        max(0, tables(board, now: .zero, width: columns).count - max(0, rows - 2))
    }

    private func tables(_ board: LiveBoard, now: Duration, width: Int) -> [String] {
        var lines: [String] = []
        if board.ticks.isEmpty, board.watches.isEmpty {
            let isEarly = now < .seconds(5)
            let text = isEarly ? "Waiting for the first report …" : "No report yet. Is a timepiecetick in the stream?"
            lines += ["", cut(text, width)]
        }
        if !board.ticks.isEmpty { lines += [""] + tickTable(board, now: now).lines(width: width, style: style) }
        if !board.watches.isEmpty { lines += [""] + watchTable(board).lines(width: width, style: style) }
        return lines
    }

    private func title(now: Duration, width: Int) -> String {
        let state = isPaused && phase == .running ? "view paused" : phase.rawValue
        let full = "timepiece top · \(Texts.clock(now)) · \(state)" + (note.isEmpty ? "" : " · \(note)")
        return style.paint(cut(full.count > width ? "\(Texts.clock(now)) \(state)" : full, width), .bold)
    }

    private func keyLine(_ width: Int, more: Int) -> String {
        let below = more > 0 ? "\(more) more below, arrows scroll   " : ""
        let long =
            below + "q quit   p pause the view   s sort (\(order.name)\(isReversed ? ", reversed" : ""))   r reverse"
        if width >= long.count { return long }
        let short = more > 0 ? "\(more) more  " : ""
        return short + (width >= 28 + short.count ? "q quit  p pause  s sort  r" : "q p s r")
    }

    private func cut(_ text: String, _ width: Int) -> String {
        let plain = style.plain(text)
        return ScreenStyle.width(of: plain) <= width ? plain : TextTable.fit(plain, width, leading: true, style: style)
    }

    private func tickTable(_ board: LiveBoard, now: Duration) -> TextTable {
        var table = TextTable(columns: [
            .init(title: "STREAM", rank: 0, isLeading: true), .init(title: "RATE", rank: 0),
            .init(title: "OF", rank: 6), .init(title: "P50", rank: 5), .init(title: "P90", rank: 1),
            .init(title: "P99", rank: 8), .init(title: "LONGEST", rank: 4), .init(title: "BITRATE", rank: 2),
            .init(title: "LAST MINUTE", rank: 3, isLeading: true), .init(title: "STATE", rank: 9, isLeading: true),
        ])
        table.sorted = order.column
        var ticks = board.ticks.values.sorted { order.precedes($0, $1) }
        if isReversed { ticks.reverse() }
        table.rows = ticks.map { row($0, board.stalls[$0.message.label] ?? LiveBoard.Stalls(), now: now) }
        return table
    }

    private func row(_ tick: LiveBoard.Tick, _ stalls: LiveBoard.Stalls, now: Duration) -> [TextTable.Cell] {
        let message = tick.message
        let has = message.intervals.count > 0
        let spark = Sparkline.text(
            LiveBoard.history(tick.rates, now: now, width: Self.sparklineWidth), ceiling: message.nominalRate,
            hasUnicode: style.hasUnicode)
        func time(_ duration: Duration) -> TextTable.Cell { .init(has ? Texts.duration(duration) : "-") }
        let state: TextTable.Cell
        if let since = stalls.since {
            state = .init("STALLED \(Texts.duration(now - since))", .red)
        } else if Self.isSlow(message) {
            state = .init("slow", .yellow)
        } else {
            state = .init(stalls.count > 0 ? "ok, stalled \(stalls.count)x" : "ok", .green)
        }
        return [
            .init((stalls.since == nil ? "" : "!") + message.label, stalls.since == nil ? nil : .red),
            .init(has ? Texts.rate(message.averageRate) : "0", state.color == .green ? nil : state.color),
            .init(message.nominalRate > 0 ? Texts.rate(message.nominalRate) : "-"),
            time(message.intervals.p50), time(message.intervals.p90), time(message.intervals.p99),
            time(message.intervals.max), .init(Texts.bitrate(message.bitrate)), .init(spark, .cyan), state,
        ]
    }

    /// One frame in twenty missing is what one sees.
    static func isSlow(_ message: TickMessage) -> Bool {
        message.nominalRate > 0 && message.intervals.count > 0 && message.averageRate < 0.95 * message.nominalRate
    }

    private func watchTable(_ board: LiveBoard) -> TextTable {
        var table = TextTable(columns: [
            .init(title: "WATCH", rank: 0, isLeading: true), .init(title: "SHARE", rank: 8),
            .init(title: "SELF", rank: 0), .init(title: "P50", rank: 5), .init(title: "P90", rank: 1),
            .init(title: "P99", rank: 7), .init(title: "LONGEST", rank: 4), .init(title: "LAPS", rank: 3),
            .init(title: "UNMATCHED", rank: 2),
        ])
        let heaviest = board.watches.values.map(\.message.selfTime).max() ?? .zero
        table.rows = board.shownWatches.map { watch in
            let message = watch.message
            let name = message.watch.split(separator: ".").last.map(String.init) ?? message.watch
            let perLap = message.laps.count > 0 ? message.selfTime / Int(clamping: message.laps.count) : .zero
            return [
                .init(String(repeating: "  ", count: watch.depth) + (watch.depth > 0 ? name : message.watch)),
                .init(Texts.percent(message.share)),
                .init(Texts.duration(perLap), message.selfTime == heaviest && heaviest > .zero ? .yellow : nil),
                .init(Texts.duration(message.laps.p50)), .init(Texts.duration(message.laps.p90)),
                .init(Texts.duration(message.laps.p99)), .init(Texts.duration(message.laps.max)),
                .init("\(message.laps.count)"),
                message.unmatchedCount > 0 ? .init("\(message.unmatchedCount)", .red) : .init("-"),
            ]
        }
        return table
    }

    private func notice(_ notice: LiveBoard.Notice, width: Int) -> String {
        let color: ScreenStyle.Color =
            switch notice.kind {
            case .alarm: .cyan
            case .stall, .problem: .red
            case .resume: .green
            }
        let kind =
            switch notice.kind {
            case .alarm: "alarm "
            case .stall: "STALL "
            case .resume: "resume"
            case .problem: "note  "
            }
        return style.paint(cut("\(Texts.clock(notice.at))  \(kind)  \(notice.label): \(notice.text)", width), color)
    }
}
