import TimepieceMessages

/// The whole run in lines, to be left on the terminal.
struct RunSummary {
    let style: ScreenStyle

    func lines(_ board: LiveBoard, at now: Duration, reason: EndReason?, columns: Int) -> [String] {
        let how: String =
            switch reason {
            case .endOfStream: "to the end of the stream"
            case .failed: "until it failed"
            case .stopped, nil: "until it was stopped"
            }
        var lines = [fit("Ran \(Texts.clock(now)) \(how).", columns)]
        let ticks = board.ticks.values.sorted { LiveOrder.pipeline.precedes($0, $1) }
        if !ticks.isEmpty {
            var table = TextTable(columns: [
                .init(title: "STREAM", rank: 0, isLeading: true, least: 12), .init(title: "FPS", rank: 0),
                .init(title: "NOMINAL", rank: 7), .init(title: "MEAN ms", rank: 6), .init(title: "MEDIAN ms", rank: 3),
                .init(title: "WORST ms", rank: 8), .init(title: "AT", rank: 2), .init(title: "BUFFERS", rank: 5),
                .init(title: "FROZE", rank: 4), .init(title: "MISSING", rank: 4), .init(title: "STALLS", rank: 4),
            ])
            table.rows = ticks.map { tick in
                let totals = tick.totals
                let stalls = board.stalls[tick.label]?.count ?? 0
                let part = totals.nominalRate > 0 ? totals.rate / totals.nominalRate : 1
                let has = totals.intervals > 0
                func count(_ number: UInt64, _ color: ScreenStyle.Color) -> TextTable.Cell {
                    .init(number > 0 ? "\(number)" : "-", number > 0 ? color : nil)
                }
                return [
                    .init(tick.label, has ? nil : .red),
                    .init(
                        has ? Texts.rate(totals.rate) : "0", !has || part < 0.9 ? .red : part < 0.98 ? .yellow : .green),
                    .init(totals.nominalRate > 0 ? Texts.rate(totals.nominalRate) : "-"),
                    .init(has ? Texts.milliseconds(totals.mean) : "-"),
                    .init(has ? Texts.milliseconds(totals.median) : "-"),
                    .init(has ? Texts.milliseconds(totals.longest) : "-"),
                    .init(has ? Texts.clock(totals.longestAt) : "-"),
                    .init("\(totals.buffers)"), count(totals.freezes, .yellow), count(totals.missing, .yellow),
                    count(UInt64(stalls), .red),
                ]
            }
            lines += table.lines(width: columns, style: style)
        }
        if let busiest = board.busiest {
            let names = busiest.names.joined(separator: ", ")
            lines.append(
                fit("Busiest at the end: \(names), \(Texts.percent(min(1, busiest.load))) of its thread.", columns))
        }
        for pipeline in board.pipelines.values.sorted(by: { $0.pipeline < $1.pipeline }) {
            lines.append(fit("\(pipeline.pipeline): \(pipeline.bottleneck.reason)", columns))
        }
        for (element, count) in board.drops.sorted(by: { $0.key < $1.key }) {
            lines.append(style.paint(fit("\(element) dropped \(count) buffers that were late.", columns), .yellow))
        }
        return lines
    }

    private func fit(_ text: String, _ width: Int) -> String {
        let plain = style.plain(text)
        return ScreenStyle.width(of: plain) <= width ? plain : TextTable.fit(plain, width, leading: true, style: style)
    }
}
