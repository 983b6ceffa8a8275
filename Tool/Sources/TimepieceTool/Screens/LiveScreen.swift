import TimepieceMessages

/// Draws the live view: text from a board, and nothing else.
struct LiveScreen {
    var style: ScreenStyle
    var order = LiveOrder.pipeline
    var isReversed = false
    var isPaused = false
    var phase = Phase.running
    /// How many lines are scrolled away at the top.
    var offset = 0
    var note = ""
    /// The text that labels have to contain; empty for all.
    var filter = ""
    /// Whether keys edit the filter.
    var isTyping = false
    var view = View.table
    /// The selected item, by name.
    var selected: Row?
    /// Watches whose children are not shown.
    var folded: Set<String> = []

    enum Phase: String { case running, ending, ended }
    enum View: Equatable { case table, help, detail(String) }
    enum Row: Equatable { case stream(String), watch(String) }

    init(style: ScreenStyle, note: String = "") {
        self.style = style
        self.note = note
    }

    /// The lines of a screen of that size.
    func lines(_ board: LiveBoard, now: Duration, columns: Int, rows: Int) -> [String] {
        let height = max(1, rows)
        let title = title(board, now: now, width: columns)
        guard height > 1 else { return [title] }
        switch view {
        case .help: return [title] + body(helpLines(width: columns), height) + [keys("any key goes back", columns)]
        case .detail(let label):
            if let tick = board.ticks[label] {
                let detail = StreamDetail(style: style).lines(tick, now: now, columns: columns, rows: height - 2)
                return [title] + body(detail, height) + [keys("Enter or Esc goes back   q quit", columns)]
            }
        case .table: break
        }
        var lines = tables(board, now: now, width: columns)
        // The title, the keys, and a blank line and a heading above the incidents.
        let room = height - 2 - lines.count - 2
        if room > 0, !board.notices.isEmpty {
            lines += ["", style.paint(cut("LATEST", columns), .dim)]
            lines += board.notices.suffix(room).reversed().map { notice($0, width: columns) }
        }
        let hidden = max(0, lines.count - (height - 2))
        lines = body(Array(lines.dropFirst(min(offset, hidden))), height)
        return [title] + lines + [keyLine(columns, more: hidden - min(offset, hidden))]
    }

    private func body(_ lines: [String], _ height: Int) -> [String] {
        let shown = lines.prefix(height - 2)
        return Array(shown) + Array(repeating: "", count: height - 2 - shown.count)
    }

    /// How many lines of the tables a screen of that size has no room for.
    func hiddenLines(_ board: LiveBoard, columns: Int, rows: Int) -> Int {
        max(0, tables(board, now: .zero, width: columns).count - max(0, rows - 2))
    }

    /// The selectable items, in the order of the screen.
    func rows(_ board: LiveBoard) -> [Row] {
        streams(board).map { .stream($0.label) } + watches(board).map { .watch($0.message.watch) }
    }

    private func tables(_ board: LiveBoard, now: Duration, width: Int) -> [String] {
        var lines: [String] = []
        let streams = streams(board)
        let watches = watches(board)
        if board.ticks.isEmpty, board.watches.isEmpty, board.pipelines.isEmpty {
            let isEarly = now < .seconds(5)
            let text = isEarly ? "Waiting for the first report …" : "No report yet. Is a timepiecetick in the stream?"
            lines += ["", cut(text, width)]
        } else if streams.isEmpty, watches.isEmpty, pipelines(board).isEmpty {
            lines += ["", cut("Nothing is called so: \(filter)", width)]
        }
        if !streams.isEmpty {
            lines += [""] + streamTable(streams, board, now: now).lines(width: width, style: style)
            // With several streams it is not known whose they were.
            if streams.count > 1, !board.drops.isEmpty {
                let drops = board.drops.sorted { NaturalOrder.precedes($0.key, $1.key) }.map { "\($0.key) \($0.value)" }
                lines.append(style.paint(cut("Dropped as late: " + drops.joined(separator: ", "), width), .yellow))
            }
        }
        if !watches.isEmpty {
            lines += [""] + watchTable(watches, board).lines(width: width, style: style)
            if let busiest = bottleneck(board) { lines.append(style.paint(cut(busiest, width), .yellow)) }
        }
        for pipeline in pipelines(board) { lines += [""] + pipeline.lines(width: width) }
        return lines
    }

    private func pipelines(_ board: LiveBoard) -> [PipelineTables] {
        board.pipelines.sorted { $0.key < $1.key }
            .map { PipelineTables(pipeline: $0.value, style: style, matches: matches) }
            .filter { !$0.isEmpty }
    }

    private func streams(_ board: LiveBoard) -> [LiveBoard.Tick] {
        let all = board.ticks.values.filter { matches($0.label) }.sorted { order.precedes($0, $1) }
        return isReversed ? all.reversed() : all
    }

    private func watches(_ board: LiveBoard) -> [LiveBoard.Watch] {
        var hiddenBelow: Int?
        return board.shownWatches.filter { watch in
            if let depth = hiddenBelow, watch.depth > depth { return false }
            hiddenBelow = folded.contains(watch.message.watch) ? watch.depth : nil
            return matches(watch.message.watch)
        }
    }

    private func matches(_ label: String) -> Bool {
        filter.isEmpty || label.lowercased().contains(filter.lowercased())
    }

    private func title(_ board: LiveBoard, now: Duration, width: Int) -> String {
        let state = isPaused && phase == .running ? "view paused" : phase.rawValue
        let faults = board.ticks.values.count {
            StreamState.of($0, board.stalls[$0.label] ?? .init(), now: now, hasEnded: phase == .ended).color == .red
        }
        let serious = faults > 0 ? " · \(faults == 1 ? "1 fault" : "\(faults) faults")" : ""
        let only = filter.isEmpty ? "" : " · only \"\(filter)\""
        let full =
            "timepiece top · \(Texts.clock(now)) · \(state)\(serious)\(only)" + (note.isEmpty ? "" : " · \(note)")
        let text = ScreenStyle.width(of: full) > width ? "\(Texts.clock(now)) \(state)\(serious)" : full
        return style.paint(cut(text, width), .bold)
    }

    private func keys(_ text: String, _ width: Int) -> String { style.paint(cut(text, width), .dim) }

    private func keyLine(_ width: Int, more: Int) -> String {
        if isTyping { return style.paint(cut("/\(filter)_   Enter keeps it, Esc clears it", width), .bold) }
        let below = more > 0 ? "\(more) more below, arrows scroll   " : ""
        let sort = "s sort (\(order)\(isReversed ? ", reversed" : ""))"
        for text in [
            below + "q quit   ? help   Enter detail   / filter   p pause the view   \(sort)   r reverse",
            below + "q quit   ? help   p pause   \(sort)   r reverse", below + "q quit  ? help  \(sort)",
        ] where ScreenStyle.width(of: text) <= width {
            return keys(text, width)
        }
        let short = more > 0 ? "\(more) more  " : ""
        return keys(short + (width >= 28 + short.count ? "q quit  p pause  s sort  r" : "q p s r ?"), width)
    }

    private func helpLines(width: Int) -> [String] {
        let keys = [
            ("q, Ctrl-C", "ends the run, with a summary"), ("arrows, j k", "select, and scroll where there is no room"),
            ("Enter", "shows a stream in detail; folds a watch, or unfolds it"),
            ("f", "folds all watches, or unfolds them"), ("/", "shows only what contains a text"),
            ("s", "sorts by the next column: pipeline, rate, p99, longest, bitrate, name"), ("r", "reverses the order"),
            ("p, space", "pauses the view; the pipeline runs on"), ("Ctrl-Z", "stops the program"),
        ]
        let terms = [
            ("FPS, NOMINAL", "buffers a second, and what the caps promise"),
            ("P50, P99", "of the last window: this percentage of the intervals is not longer"),
            ("WORST", "the longest interval since the start"),
            ("FROZE, MISSING", "freezes, and buffers that did not come, since the start"),
            ("SELF ms", "what a watch takes by itself, a lap; SHARE is its part of the watch above"),
            ("LOAD", "how much of the time that is; waiting is in dim letters"),
        ]
        func lines(_ entries: [(String, String)]) -> [String] {
            entries.map { cut("  " + TextTable.fit($0.0, 16, leading: true, style: style) + $0.1, width) }
        }
        return ["", style.paint(cut("KEYS", width), .dim)] + lines(keys) + [
            "", style.paint(cut("COLUMNS", width), .dim),
        ]
            + lines(terms)
    }

    private func cut(_ text: String, _ width: Int) -> String {
        let plain = style.plain(text)
        return ScreenStyle.width(of: plain) <= width ? plain : TextTable.fit(plain, width, leading: true, style: style)
    }

    private func streamTable(_ streams: [LiveBoard.Tick], _ board: LiveBoard, now: Duration) -> TextTable {
        // A column without a value for any stream is left out.
        let hasNominal = streams.contains { ($0.message?.nominalRate ?? 0) > 0 }
        let hasLate = streams.contains { $0.totals.freezes > 0 || $0.totals.missing > 0 || $0.totals.gapEvents > 0 }
        let drops = board.drops.values.reduce(0) { $0 +| $1 }
        struct Entry {
            let column: TextTable.Column
            let cell: (LiveBoard.Tick, StreamState) -> TextTable.Cell
        }
        func time(_ tick: LiveBoard.Tick, _ read: (IntervalSummary) -> Duration) -> TextTable.Cell {
            guard let message = tick.message, message.intervals.count > 0 else { return .init("-") }
            return .init(Texts.milliseconds(read(message.intervals)))
        }
        var entries: [Entry] = [
            Entry(column: .init(title: LiveColumns.name, rank: 0, isLeading: true, least: 12)) { tick, state in
                .init((state.isSilent ? "!" : "") + tick.label, state.isSilent ? .red : nil)
            },
            Entry(column: .init(title: LiveColumns.rate, rank: 0)) { tick, state in
                let has = (tick.message?.intervals.count ?? 0) > 0 && !state.isSilent
                return .init(
                    has ? Texts.rate(tick.message?.averageRate ?? 0) : "0", state.color == .green ? nil : state.color)
            },
        ]
        if hasNominal {
            entries.append(
                Entry(column: .init(title: LiveColumns.nominal, rank: 6)) { tick, _ in
                    let nominal = tick.message?.nominalRate ?? 0
                    return .init(nominal > 0 ? Texts.rate(nominal) : "-")
                })
        }
        entries += [
            Entry(column: .init(title: LiveColumns.p50, rank: 5)) { tick, _ in time(tick, \.p50) },
            Entry(column: .init(title: LiveColumns.p90, rank: 1)) { tick, _ in time(tick, \.p90) },
            Entry(column: .init(title: LiveColumns.p99, rank: 8)) { tick, _ in time(tick, \.p99) },
            Entry(column: .init(title: LiveColumns.longest, rank: 7)) { tick, _ in
                .init(tick.totals.intervals > 0 ? Texts.milliseconds(tick.totals.longest) : "-")
            },
        ]
        if hasLate {
            entries.append(
                Entry(column: .init(title: "FROZE", rank: 4)) { tick, _ in
                    .init(
                        tick.totals.freezes > 0 ? "\(tick.totals.freezes)x" : "-",
                        tick.totals.freezes > 0 ? .yellow : nil)
                })
            entries.append(
                Entry(column: .init(title: "MISSING", rank: 2)) { tick, _ in
                    .init(
                        tick.totals.missing > 0 ? "\(tick.totals.missing)" : "-",
                        tick.totals.missing > 0 ? .yellow : nil)
                })
        }
        if streams.contains(where: { ($0.message?.bitrate ?? 0) > 0 }) {
            entries.append(
                Entry(column: .init(title: LiveColumns.bitrate, rank: 2)) { tick, _ in
                    .init(Texts.megabits(tick.message?.bitrate ?? 0))
                })
        }
        let style = style
        entries += [
            Entry(column: .init(title: "LAST MINUTE", rank: 3, isLeading: true, least: 11, most: 40)) { tick, _ in
                .init(.cyan) { width in
                    Sparkline.text(
                        LiveBoard.history(tick.rates, now: now, width: width), ceiling: tick.message?.nominalRate ?? 0,
                        hasUnicode: style.hasUnicode)
                }
            },
            Entry(column: .init(title: "STATE", rank: 9, isLeading: true)) { _, state in .init(state.text, state.color)
            },
        ]
        var table = TextTable(columns: entries.map(\.column))
        table.sorted = order.column.flatMap { title in entries.firstIndex { $0.column.title == title } }
        table.selected = streams.firstIndex { selected == .stream($0.label) }
        table.rows = streams.map { tick in
            let state = StreamState.of(
                tick, board.stalls[tick.label] ?? .init(), now: now, hasEnded: phase == .ended,
                drops: streams.count == 1 ? drops : 0)
            return entries.map { $0.cell(tick, state) }
        }
        return table
    }

    private func watchTable(_ watches: [LiveBoard.Watch], _ board: LiveBoard) -> TextTable {
        let hasShare = watches.contains { $0.message.share < 1 }
        let hasUnmatched = watches.contains { $0.message.unmatchedCount > 0 }
        // Of those that work, not of those that wait.
        let heaviest = watches.filter { board.isWorking($0.message.watch) }.map(\.message.selfTime).max() ?? .zero
        struct Entry {
            let column: TextTable.Column
            let cell: (LiveBoard.Watch) -> TextTable.Cell
        }
        var entries: [Entry] = [
            Entry(column: .init(title: "WATCH", rank: 0, isLeading: true, least: 12)) { watch in
                let message = watch.message
                let name = message.watch.split(separator: ".").last.map(String.init) ?? message.watch
                let mark = folded.contains(message.watch) ? "+ " : ""
                return .init(
                    String(repeating: "  ", count: watch.depth) + mark + (watch.depth > 0 ? name : message.watch),
                    board.isWaiting(message.watch) ? .dim : nil)
            }
        ]
        if hasShare {
            entries.append(
                Entry(column: .init(title: "SHARE", rank: 7)) { .init(Texts.percent($0.message.share)) })
        }
        entries += [
            Entry(column: .init(title: "SELF ms", rank: 0)) { watch in
                let message = watch.message
                let perLap = message.laps.count > 0 ? message.selfTime / Int(clamping: message.laps.count) : .zero
                let isWaiting = board.isWaiting(message.watch)
                let isHeaviest =
                    board.isWorking(message.watch) && message.selfTime == heaviest && heaviest > .zero
                return .init(Texts.milliseconds(perLap), isWaiting ? .dim : isHeaviest ? .yellow : nil)
            },
            Entry(column: .init(title: "LOAD", rank: 8)) { watch in
                let load = LiveBoard.load(watch.message)
                let isWaiting = board.isWaiting(watch.message.watch)
                return .init(
                    isWaiting
                        ? "waits" : board.isBetweenPoints(watch.message.watch) ? "-" : Texts.percent(min(1, load)),
                    isWaiting ? .dim : nil)
            },
            Entry(column: .init(title: "P50 ms", rank: 5)) { .init(Texts.milliseconds($0.message.laps.p50)) },
            Entry(column: .init(title: "P90 ms", rank: 1)) { .init(Texts.milliseconds($0.message.laps.p90)) },
            Entry(column: .init(title: "P99 ms", rank: 6)) { .init(Texts.milliseconds($0.message.laps.p99)) },
            Entry(column: .init(title: "LONGEST ms", rank: 4)) { .init(Texts.milliseconds($0.message.laps.max)) },
            Entry(column: .init(title: "LAPS", rank: 3)) { .init("\($0.message.laps.count)") },
        ]
        if watches.contains(where: { $0.inFlight != nil && board.isBetweenPoints($0.message.watch) }) {
            entries.append(
                Entry(column: .init(title: "IN FLIGHT", rank: 2)) { watch in
                    guard let count = watch.inFlight, board.isBetweenPoints(watch.message.watch) else {
                        return .init("-")
                    }
                    let oldest = watch.oldest.map { ", " + Texts.duration($0) } ?? ""
                    return .init(
                        "\(count)\(count > 0 ? oldest : "")", (watch.oldest ?? .zero) > .seconds(1) ? .red : nil)
                })
        }
        if hasUnmatched {
            entries.append(
                Entry(column: .init(title: "UNMATCHED", rank: 2)) {
                    $0.message.unmatchedCount > 0 ? .init("\($0.message.unmatchedCount)", .red) : .init("-")
                })
        }
        var table = TextTable(columns: entries.map(\.column))
        table.selected = watches.firstIndex { selected == .watch($0.message.watch) }
        table.rows = watches.map { watch in entries.map { $0.cell(watch) } }
        return table
    }

    /// Where the time goes, in words.
    private func bottleneck(_ board: LiveBoard) -> String? {
        guard let busiest = board.busiest else { return nil }
        let root = WatchTotal.nameBelow(busiest.root) ?? busiest.root
        let names = busiest.names.joined(separator: ", ")
        let load = Texts.percent(min(1, busiest.load))
        let thread = busiest.names == [root] ? "its thread" : "thread of \(root)"
        return "\(busiest.load > 0.8 ? "Slowest" : "Busiest"): \(names) (\(thread): \(load) busy)"
    }

    private func notice(_ notice: LiveBoard.Notice, width: Int) -> String {
        let (kind, color): (String, ScreenStyle.Color?) =
            switch notice.kind {
            // An alarm that fires when it is due is not a fault.
            case .alarm: ("alarm ", .dim)
            case .stall: ("STALL ", .red)
            case .resume: ("resume", .green)
            case .problem: ("note  ", .yellow)
            }
        return style.paint(cut("\(Texts.clock(notice.at))  \(kind)  \(notice.label): \(notice.text)", width), color)
    }
}
