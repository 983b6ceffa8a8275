import TimepieceMessages

/// Two recordings side by side.
struct Comparison {
    enum Verdict: String {
        case slower
        case faster
        case same = "no more than noise"
        case unknown = "too few windows"
    }

    struct Line {
        let label: String
        let figure: String
        let before: Duration
        let after: Duration
        fileprivate(set) var verdict: Verdict

        /// After by before; nil without a before.
        var ratio: Double? { before > .zero ? after / before : nil }
    }

    /// Of the differences that are called real, one in a hundred may be chance: the false discovery rate of Benjamini and
    /// Hochberg, since with many watches some line would pass a test of its own by luck.
    static let chance = 0.01
    /// What the histogram can tell apart; its error is 0.55 % on either side.
    static let resolution = 0.0111

    private(set) var lines: [Line] = []
    /// Labels that only one of the two has.
    let unmatched: [String]
    /// Whether a label's windows are of other lengths: the longest of ten seconds is not that of one.
    let hasOtherWindows: Bool

    private static let figures: [(name: String, read: @Sendable (IntervalSummary) -> Duration)] = [
        ("p50", { $0.p50 }), ("p90", { $0.p90 }), ("p99", { $0.p99 }), ("longest", { $0.max }),
    ]

    /// Compares two recordings; `progress` hears of each label before its figures.
    init(_ before: RecordingSummary, _ after: RecordingSummary, progress: (_ label: String) -> Void = { _ in }) {
        let left = Self.windows(before)
        let right = Self.windows(after)
        unmatched = Set(left.keys).symmetricDifference(right.keys).sorted()
        hasOtherWindows = left.contains { label, windows in
            guard let other = right[label] else { return false }
            let ratio = Self.median(windows.map(\.length)) / Self.median(other.map(\.length))
            return ratio > 1.5 || ratio < 1 / 1.5
        }
        var measured: [(line: Line, probability: Double?)] = []
        for label in left.keys.sorted() {
            guard let old = left[label], let new = right[label] else { continue }
            for (name, read) in Self.figures {
                progress(label)
                measured.append(
                    Self.line(label, name, old.map { read($0.intervals) }, new.map { read($0.intervals) }))
            }
        }
        let real = Self.largestReal(measured.compactMap(\.probability))
        lines = measured.map { line, probability in
            var line = line
            if let probability, line.before > .zero {
                let ratio = line.after / line.before
                let isReal = probability <= real && abs(ratio - 1) > Self.resolution
                line.verdict = !isReal ? .same : ratio > 1 ? .slower : .faster
            }
            return line
        }
    }

    /// The largest probability that still counts: the k-th smallest of m if it is at most k/m of the chance.
    static func largestReal(_ probabilities: [Double]) -> Double {
        let sorted = probabilities.sorted()
        let last = sorted.indices.last { sorted[$0] <= chance * Double($0 + 1) / Double(sorted.count) }
        return last.map { sorted[$0] } ?? -1
    }

    var isSlower: Bool { lines.contains { $0.verdict == .slower } }

    private struct Window {
        let length: Duration
        let intervals: IntervalSummary
    }

    /// The windows with figures of each stream and each watch.
    private static func windows(_ summary: RecordingSummary) -> [String: [Window]] {
        var windows: [String: [Window]] = [:]
        for stream in summary.streams {
            windows[stream.label] = stream.measured.map {
                Window(length: $0.message.duration, intervals: $0.message.intervals)
            }
        }
        for series in summary.watchSeries {
            windows["watch \(series.path)"] = series.windows.compactMap {
                $0.laps.count > 0 ? Window(length: $0.length, intervals: $0.laps) : nil
            }
        }
        return windows.filter { !$0.value.isEmpty }
    }

    private static func line(
        _ label: String, _ figure: String, _ before: [Duration], _ after: [Duration]
    ) -> (Line, Double?) {
        let (old, new) = (before.map { $0 / .nanoseconds(1) }, after.map { $0 / .nanoseconds(1) })
        let line = Line(label: label, figure: figure, before: median(before), after: median(after), verdict: .unknown)
        guard let probability = RankTest.probability(old, new) else { return (line, nil) }
        return (line, SerialCorrelation.widened(probability, SerialCorrelation.of(old, new)))
    }

    private static func median(_ values: [Duration]) -> Duration {
        let sorted = values.sorted()
        return sorted.isEmpty ? .zero : sorted[sorted.count / 2]
    }
}
