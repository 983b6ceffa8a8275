/// A row of numbers as a row of characters.
enum Sparkline {
    private static let unicode: [Character] = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
    private static let ascii: [Character] = ["_", ".", "-", "=", "+", "*", "#", "@"]

    /// One character for each value, nil a blank; from 0 to the largest, so that a drop to half looks like half.
    static func text(_ values: [Double?], ceiling: Double, hasUnicode: Bool) -> String {
        let steps = hasUnicode ? unicode : ascii
        let top = max(ceiling, values.reduce(0) { max($0, $1 ?? 0) })
        return String(
            values.map { value in
                guard let value else { return " " }
                guard top > 0, value.isFinite else { return steps[0] }
                let index = Int((max(0, value) / top * Double(steps.count - 1)).rounded())
                return steps[min(index, steps.count - 1)]
            })
    }
}
