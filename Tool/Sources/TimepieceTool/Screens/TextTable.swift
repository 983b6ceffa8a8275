/// A table of text that gives up columns, the least wanted first, until it fits.
struct TextTable {
    struct Column {
        let title: String
        /// The smallest goes first when there is no room; 0 stays.
        let rank: Int
        var isLeading = false
    }

    struct Cell {
        let text: String
        var color: ScreenStyle.Color?

        init(_ text: String, _ color: ScreenStyle.Color? = nil) {
            self.text = text
            self.color = color
        }
    }

    let columns: [Column]
    var rows: [[Cell]] = []
    /// The column that the rows are sorted by, to be marked.
    var sorted: Int?

    /// The lines, the titles first, each at most so many characters wide.
    func lines(width: Int, style: ScreenStyle) -> [String] {
        guard width > 0 else { return [] }
        let plain = rows.map { row in row.map { style.plain($0.text) } }
        var widths = columns.indices.map { index in
            max(
                columns[index].title.count,
                plain.map { index < $0.count ? ScreenStyle.width(of: $0[index]) : 0 }.max() ?? 0)
        }
        var shown = Array(columns.indices)
        func total() -> Int { shown.reduce(0) { $0 + widths[$1] } + 2 * (shown.count - 1) }
        while total() > width,
            let index = shown.filter({ columns[$0].rank > 0 }).min(by: { columns[$0].rank < columns[$1].rank })
        {
            shown.removeAll { $0 == index }
        }
        // What is left has to share: the first column, a name, gives way first.
        if total() > width, let first = shown.first {
            widths[first] = max(min(4, widths[first]), widths[first] - (total() - width))
        }
        while total() > width, shown.count > 1 { shown.removeLast() }
        if let first = shown.first, shown.count == 1 { widths[first] = min(widths[first], width) }
        let header = shown.map { index in
            let title = Self.fit(columns[index].title, widths[index], leading: columns[index].isLeading, style: style)
            return style.paint(title, sorted == index ? .bold : .dim)
        }
        let body = zip(rows, plain).map { row, texts in
            shown.map { index in
                guard index < texts.count else { return String(repeating: " ", count: widths[index]) }
                let text = Self.fit(texts[index], widths[index], leading: columns[index].isLeading, style: style)
                return style.paint(text, row[index].color)
            }.joined(separator: "  ")
        }
        return [header.joined(separator: "  ")] + body
    }

    /// The text in exactly so many columns.
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
