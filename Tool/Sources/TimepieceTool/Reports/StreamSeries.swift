import TimepieceMessages

/// The windows of one label, in order, and what they are together.
struct StreamSeries {
    struct Window {
        let at: Duration
        let message: TickMessage
    }

    let label: String
    var windows: [Window] = []

    /// Those that have figures.
    var measured: [Window] { windows.filter { $0.message.intervals.count > 0 } }

    /// Without what was left of a window at the end, if it has no figures: that is no drop of the rate.
    var shown: ArraySlice<Window> {
        guard let last = windows.last, windows.count > 1, last.message.intervals.count == 0,
            last.message.duration * 2 < windows[0].message.duration
        else { return windows[...] }
        return windows.dropLast()
    }

    var intervalCount: UInt64 { windows.reduce(0) { $0 + $1.message.intervals.count } }

    /// Intervals by their time, so that a longer window counts for more.
    var rate: Double {
        let time = windows.reduce(Duration.zero) { $0 + $1.message.intervals.sum }
        return time > .zero ? Double(intervalCount) / (time / .seconds(1)) : 0
    }

    /// The median over the windows: one bad second does not make the figure, and does not hide either: see `longest`.
    func typical(_ figure: (IntervalSummary) -> Duration) -> Duration {
        let sorted = measured.map { figure($0.message.intervals) }.sorted()
        return sorted.isEmpty ? .zero : sorted[sorted.count / 2]
    }

    var longest: Duration { measured.map(\.message.intervals.max).max() ?? .zero }
}
