/// A table of text that adapts to its width: columns grow or shrink, and at last the least important ones are removed.
struct TextTable {
    struct Column {
        let title: String
        /// The smallest is removed first when there is not enough width; 0 stays.
        let rank: Int
        var isLeading = false
        /// How narrow it may become before others are removed; nil for not at all, as for numbers.
        var least: Int?
        /// How wide it may become if there is room.
        var most: Int?
    }

    struct Cell {
        let text: String
        var color: ScreenStyle.Color?
        /// Draws it in the given number of columns, instead of the text.
        var drawn: ((Int) -> String)?

        init(_ text: String, _ color: ScreenStyle.Color? = nil) {
            self.text = text
            self.color = color
        }

        init(_ color: ScreenStyle.Color, drawn: @escaping (Int) -> String) {
            text = ""
            self.color = color
            self.drawn = drawn
        }
    }

    let columns: [Column]
    var rows: [[Cell]] = []
    /// The column that the rows are sorted by, to be marked.
    var sorted: Int?
    /// The row that is selected, to be marked.
    var selected: Int?

    /// The lines, the titles first, each at most the given number of characters wide.
    func lines(width: Int, style: ScreenStyle) -> [String] {
        guard width > 0 else { return [] }
        let plain = rows.map { row in row.map { style.plain($0.text) } }
        let wanted = columns.indices.map { index in
            max(
                columns[index].title.count,
                plain.map { index < $0.count ? ScreenStyle.width(of: $0[index]) : 0 }.max() ?? 0)
        }
        let (shown, widths) = layout(wanted, width)
        let header = shown.map { index in
            let title = Self.fit(columns[index].title, widths[index], leading: columns[index].isLeading, style: style)
            return style.paint(title, sorted == index ? .bold : .dim)
        }
        let body = zip(rows, plain).enumerated().map { place, line in
            shown.map { index in
                guard index < line.1.count else { return String(repeating: " ", count: widths[index]) }
                let text = line.0[index].drawn.map { $0(widths[index]) } ?? line.1[index]
                let fitted = Self.fit(text, widths[index], leading: columns[index].isLeading, style: style)
                return style.paint(fitted, place == selected ? .reverse : line.0[index].color)
            }.joined(separator: "  ")
        }
        return [header.joined(separator: "  ")] + body
    }

    /// The columns that fit, and their widths.
    private func layout(_ wanted: [Int], _ width: Int) -> (shown: [Int], widths: [Int]) {
        var shown = Array(columns.indices)
        while true {
            var widths = wanted
            func excess() -> Int { shown.reduce(0) { $0 + widths[$1] } + 2 * (shown.count - 1) - width }
            // The widest shrinks first.
            while excess() > 0,
                let index = shown.filter({ widths[$0] > (columns[$0].least ?? .max) }).max(by: {
                    widths[$0] < widths[$1]
                })
            {
                widths[index] -= 1
            }
            if excess() <= 0 {
                let growing = shown.filter { columns[$0].most != nil }
                for index in growing {
                    widths[index] += max(0, min(-excess(), (columns[index].most ?? 0) - widths[index]))
                }
                return (shown, widths)
            }
            if let index = shown.filter({ columns[$0].rank > 0 }).min(by: { columns[$0].rank < columns[$1].rank }) {
                shown.removeAll { $0 == index }
                continue
            }
            // The rest has to share: the first column, a name, shrinks before others are removed.
            if let first = shown.first { widths[first] = max(min(4, widths[first]), widths[first] - excess()) }
            while excess() > 0, shown.count > 1 { shown.removeLast() }
            if let first = shown.first, shown.count == 1 { widths[first] = min(widths[first], width) }
            return (shown, widths)
        }
    }

    /// The text in exactly the given number of columns.
    static func fit(_ text: String, _ width: Int, leading: Bool, style: ScreenStyle) -> String {
        let own = ScreenStyle.width(of: text)
        if own > width {
            if width <= 1 { return String(text.prefix { $0.isASCII }.prefix(width)) }
            var kept = Substring(text)
            while ScreenStyle.width(of: kept) > width - 1 { kept.removeLast() }
            return fit(kept + (style.hasUnicode ? "…" : "~"), width, leading: true, style: style)
        }
        let space = String(repeating: " ", count: width - own)
        return leading ? text + space : space + text
    }
}
