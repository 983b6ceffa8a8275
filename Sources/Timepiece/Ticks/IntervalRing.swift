/// The last intervals of a ticker or a stopwatch, in nanoseconds, and the statistics of them.
///
/// It grows as it fills, up to its capacity; then the newest value replaces the oldest.
struct IntervalRing: Sendable {
    let capacity: Int
    private var values: [UInt64] = []
    private var oldest = 0

    static let defaultCapacity = 10

    /// Makes a ring with the default capacity.
    init() {
        capacity = Self.defaultCapacity
    }

    /// Makes a ring of at least one.
    init(capacity: Int) {
        self.capacity = Swift.max(1, capacity)
    }

    var count: Int { values.count }
    var min: UInt64 { values.min() ?? 0 }
    var max: UInt64 { values.max() ?? 0 }
    var mean: UInt64 { values.isEmpty ? 0 : UInt64(clamping: sum / UInt128(values.count)) }
    var sum: UInt128 { values.reduce(0) { $0 + UInt128($1) } }

    /// All values, the oldest first.
    var ordered: [UInt64] {
        Array(values[oldest...] + values[..<oldest])
    }

    mutating func append(_ nanoseconds: UInt64) {
        guard values.count == capacity else {
            values.append(nanoseconds)
            return
        }
        values[oldest] = nanoseconds
        oldest = oldest + 1 == capacity ? 0 : oldest + 1
    }

    mutating func removeAll() {
        values.removeAll(keepingCapacity: true)
        oldest = 0
    }

    /// The part of a description that tickers and stopwatches share: four decimals, at most five intervals; empty
    /// without an interval.
    var summary: String {
        guard count > 0 else { return "" }
        func text(_ nanoseconds: UInt64) -> String {
            Duration(clampingNanoseconds: nanoseconds).secondsText()
        }
        var shown = ordered.prefix(5).map(text)
        if count > 5 { shown.append("...") }
        var line = " intervals=[" + shown.joined(separator: ", ") + "]"
        line += " min=" + text(min) + " mean=" + text(mean) + " max=" + text(max)
        return line
    }
}
