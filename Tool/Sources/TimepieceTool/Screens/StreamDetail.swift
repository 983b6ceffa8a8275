import Glibc

/// Draws one stream: its numbers, its last intervals as points, and the distribution of their lengths.
struct StreamDetail {
    let style: ScreenStyle

    func lines(_ tick: LiveBoard.Tick, now: Duration, columns: Int, rows: Int) -> [String] {
        let totals = tick.totals
        let nominal = totals.nominalRate > 0 ? " of \(Texts.rate(totals.nominalRate))" : ""
        var lines = [
            "", style.paint(fit(tick.label, columns), .bold),
            fit(
                "since the start: \(totals.buffers) buffers, \(Texts.rate(totals.rate))\(nominal) fps, "
                    + "mean \(Texts.duration(totals.mean)), worst \(Texts.duration(totals.longest)) at "
                    + "\(Texts.clock(totals.longestAt)), \(totals.freezes) freezes, \(totals.missing) missing, "
                    + "\(totals.discontinuities) discontinuities"
                    + (totals.gapEvents > 0 ? ", \(totals.gapEvents) gap events" : "")
                    + (totals.jumps > 0 ? ", \(totals.jumps) jumps of time stamps" : ""), columns),
        ]
        // No room for a picture.
        guard columns >= 20, rows >= 8 else { return lines }
        guard !tick.frames.isEmpty else { return lines + ["", fit("No interval yet.", columns)] }
        let bars = histogram(tick.frames, columns: columns, most: max(3, rows / 3))
        let height = max(2, rows - lines.count - bars.count - 5)
        lines += ["", style.paint(fit("LAST \(tick.frames.count) INTERVALS, ms", columns), .dim)]
        lines += plot(tick.frames, nominal: totals.nominalRate, columns: columns, height: height)
        lines += ["", style.paint(fit("HOW OFTEN", columns), .dim)] + bars
        return lines
    }

    private func fit(_ text: String, _ width: Int) -> String {
        let plain = style.plain(text)
        return ScreenStyle.width(of: plain) <= width ? plain : TextTable.fit(plain, width, leading: true, style: style)
    }

    /// Points over time: two by four to a character in braille, or one if braille is not available. A long one is at
    /// the upper edge, so that the others are not compressed.
    private func plot(_ frames: [Double], nominal: Double, columns: Int, height: Int) -> [String] {
        let axis = 8
        let width = max(1, columns - axis)
        let (across, down) = style.hasUnicode ? (2, 4) : (1, 1)
        let shown = Array(frames.suffix(width * across))
        let sorted = shown.sorted()
        let usual = max(sorted[min(sorted.count - 1, sorted.count * 98 / 100)], nominal > 0 ? 1000 / nominal : 0)
        let top = max(1e-6, (sorted[sorted.count - 1] <= 1.6 * usual ? sorted[sorted.count - 1] : usual) * 1.1)
        var cells = [[UInt32]](repeating: [UInt32](repeating: 0, count: width), count: height)
        let dots: [[UInt32]] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]]
        for (index, value) in shown.enumerated() {
            let part = min(1, max(0, value / top))
            let y = height * down - 1 - Int((part * Double(height * down - 1)).rounded())
            let bit = style.hasUnicode ? dots[index % across][y % down] : 1
            cells[y / down][index / across] |= bit
        }
        return cells.enumerated().map { row, cells in
            let value = top * (1 - (Double(row) + 0.5) / Double(height))
            let isLabeled = row % 4 == 0 || row == height - 1
            let label = isLabeled ? Texts.milliseconds(.milliseconds(value)) : ""
            let points = cells.map { bits -> Character in
                guard bits > 0 else { return " " }
                return style.hasUnicode ? Unicode.Scalar(0x2800 + bits).map(Character.init) ?? "." : "*"
            }
            return style.paint(TextTable.fit(label, axis - 1, leading: false, style: style), .dim) + " "
                + style.paint(String(points), .cyan)
        }
    }

    /// Bars of the lengths, 4 for each doubling at first, fewer if those are too many.
    private func histogram(_ frames: [Double], columns: Int, most: Int) -> [String] {
        let positive = frames.filter { $0 > 0 }
        guard let least = positive.min(), let largest = positive.max() else { return [] }
        let span = max(1e-9, log2(largest / least))
        let step = max(0.25, span / Double(most))
        var counts: [Int: Int] = [:]
        for value in positive { counts[min(most - 1, Int(log2(value / least) / step)), default: 0] += 1 }
        let highest = counts.values.max() ?? 1
        let room = max(1, columns - 26)
        return counts.keys.sorted().map { bar in
            let count = counts[bar] ?? 0
            let from = Texts.milliseconds(.milliseconds(least * exp2(Double(bar) * step)))
            // The root makes the rare long ones visible.
            let length = max(1, Int((Double(count) / Double(highest)).squareRoot() * Double(room)))
            let mark = String(repeating: style.hasUnicode ? "█" : "#", count: length)
            let text = TextTable.fit("from \(from)", 14, leading: true, style: style)
            return fit(text + TextTable.fit("\(count)", 8, leading: false, style: style) + "  " + mark, columns)
        }
    }
}
