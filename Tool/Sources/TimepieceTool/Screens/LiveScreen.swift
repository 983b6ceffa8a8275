import TimepieceMessages

/// Draws the live view: text out of a board, and nothing else.
struct LiveScreen {
    var style: ScreenStyle
    var order = LiveOrder.label
    var isReversed = false
    var isPaused = false
    var isStopping = false
    var note = ""

    private static let sparklineWidth = 20

    /// The lines of a screen of that size.
    func lines(_ board: LiveBoard, now: Duration, columns: Int, rows: Int) -> [String] {
        let height = max(1, rows)
        var lines = [title(now: now, width: columns)]
        if board.ticks.isEmpty, board.watches.isEmpty {
            lines += [
                "",
                cut(
                    now < .seconds(5)
                        ? "Waiting for the first report …" : "No report yet. Is a timepiecetick in the stream?", columns
                ),
            ]
        }
        if !board.ticks.isEmpty { lines += [""] + tickTable(board, now: now).lines(width: columns, style: style) }
        if !board.watches.isEmpty { lines += [""] + watchTable(board).lines(width: columns, style: style) }
        let room = height - lines.count - 3
        if room > 0, !board.notices.isEmpty {
            lines += ["", style.paint(cut("LATEST", columns), .dim)]
            lines += board.notices.suffix(min(room, 8)).reversed().map { notice($0, width: columns) }
        }
        let keys = cut(keyLine(columns), columns)
        guard height > 1 else { return Array(lines.prefix(1)) }
        if lines.count > height - 1 {
            lines = Array(lines.prefix(height - 1))
        } else {
            lines += Array(repeating: "", count: height - 1 - lines.count)
        }
        return lines + [style.paint(keys, .dim)]
    }

    private func title(now: Duration, width: Int) -> String {
        let state = isStopping ? "ending" : isPaused ? "view paused" : "running"
        let full = "timepiece top · \(Texts.clock(now)) · \(state)" + (note.isEmpty ? "" : " · \(note)")
        return style.paint(cut(full.count > width ? "\(Texts.clock(now)) \(state)" : full, width), .bold)
    }

    private func keyLine(_ width: Int) -> String {
        let long = "q quit   p pause the view   s sort (\(order.name)\(isReversed ? ", reversed" : ""))   r reverse"
        return width >= long.count ? long : width >= 28 ? "q quit  p pause  s sort  r" : "q p s r"
    }

    private func cut(_ text: String, _ width: Int) -> String {
        let plain = style.plain(text)
        return plain.count <= width ? plain : TextTable.fit(plain, width, leading: true, style: style)
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
        table.rows = ticks.map { row($0, now: now) }
        return table
    }

    private func row(_ tick: LiveBoard.Tick, now: Duration) -> [TextTable.Cell] {
        let message = tick.message
        let has = message.intervals.count > 0
        let spark = Sparkline.text(
            LiveBoard.history(tick.rates, now: now, width: Self.sparklineWidth), ceiling: message.nominalRate,
            hasUnicode: style.hasUnicode)
        func time(_ duration: Duration) -> TextTable.Cell { .init(has ? Texts.duration(duration) : "-") }
        let state: TextTable.Cell
        if let stalled = tick.stalledFor {
            state = .init("STALLED \(Texts.duration(stalled))", .red)
        } else if Self.isSlow(message) {
            state = .init("slow", .yellow)
        } else {
            state = .init(tick.stallCount > 0 ? "ok, stalled \(tick.stallCount)x" : "ok", .green)
        }
        return [
            .init((tick.stalledFor == nil ? "" : "!") + message.label, tick.stalledFor == nil ? nil : .red),
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
        table.rows = board.watchOrder.compactMap { board.watches[$0] }.map { watch in
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
                .init(message.unmatchedCount > 0 ? "\(message.unmatchedCount)" : "", .red),
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
