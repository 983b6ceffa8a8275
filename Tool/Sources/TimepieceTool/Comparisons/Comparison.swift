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
        let verdict: Verdict

        /// After by before; nil without a before.
        var ratio: Double? { before > .zero ? after / before : nil }
    }

    /// A difference is more than noise if chance makes one like it less than once in a hundred times, and it is more
    /// than the histogram's own error, which is 0.55 % on either side.
    static let chance = 0.01
    static let resolution = 0.0111

    private(set) var lines: [Line] = []
    /// Labels that only one of the two has.
    let unmatched: [String]

    private static let figures: [(name: String, read: @Sendable (IntervalSummary) -> Duration)] = [
        ("p50", { $0.p50 }), ("p90", { $0.p90 }), ("p99", { $0.p99 }), ("longest", { $0.max }),
    ]

    init(_ before: RecordingSummary, _ after: RecordingSummary) {
        let left = Self.windows(before)
        let right = Self.windows(after)
        unmatched = Set(left.keys).symmetricDifference(right.keys).sorted()
        for label in left.keys.sorted() {
            guard let old = left[label], let new = right[label] else { continue }
            for (name, read) in Self.figures { lines.append(Self.line(label, name, old.map(read), new.map(read))) }
        }
    }

    var isSlower: Bool { lines.contains { $0.verdict == .slower } }

    /// The windows with figures of each stream and each watch.
    private static func windows(_ summary: RecordingSummary) -> [String: [IntervalSummary]] {
        var windows: [String: [IntervalSummary]] = [:]
        for stream in summary.streams { windows[stream.label] = stream.measured.map(\.message.intervals) }
        for event in summary.recording.events {
            guard case .message(let fields) = event.content, case .watch(let watch)? = try? TimepieceMessage(fields),
                watch.laps.count > 0
            else { continue }
            windows["watch \(watch.watch)", default: []].append(watch.laps)
        }
        return windows.filter { !$0.value.isEmpty }
    }

    private static func line(_ label: String, _ figure: String, _ before: [Duration], _ after: [Duration]) -> Line {
        let old = median(before)
        let new = median(after)
        let probability = RankTest.probability(before.map { $0 / .nanoseconds(1) }, after.map { $0 / .nanoseconds(1) })
        let verdict: Verdict
        if let probability, old > .zero {
            let ratio = new / old
            let isReal = probability < chance && abs(ratio - 1) > resolution
            verdict = !isReal ? .same : ratio > 1 ? .slower : .faster
        } else {
            verdict = .unknown
        }
        return Line(label: label, figure: figure, before: old, after: new, verdict: verdict)
    }

    private static func median(_ values: [Duration]) -> Duration {
        let sorted = values.sorted()
        return sorted.isEmpty ? .zero : sorted[sorted.count / 2]
    }
}
