import Glibc
import TimepieceMessages

/// The differences between two recordings, or between two series of runs.
struct Comparison {
    enum Verdict: String {
        case slower, faster, same, undecided
        /// For a metric that is neither good nor bad.
        case higher, lower
    }

    /// The better direction of a metric.
    enum Sense {
        case lessIsFaster, moreIsFaster, neutral
    }

    struct Line {
        let label: String
        let metric: String
        let unit: Unit
        let sense: Sense
        let estimate: RatioEstimate
        let verdict: Verdict
        /// How long each recording should be to decide; nil if it is decided, or cannot be.
        let needed: Duration?

        enum Unit { case time, rate, bitrate, perMinute }

        /// How many times slower, at least: the end of the interval that is nearer to 1.
        var leastSlowdown: Double {
            switch sense {
            case .lessIsFaster: estimate.low
            case .moreIsFaster: estimate.high > 0 ? 1 / estimate.high : .infinity
            case .neutral: 0
            }
        }
    }

    /// How often any interval of a comparison may miss its true ratio. Each has its share of it (Bonferroni; Dunn, JASA
    /// 1961), so that with many streams none is called slower by chance.
    static let chance = 0.05
    /// Two percentiles, each at most 0.55 % off, of windows above 1,000 intervals; those of fewer are exact, but those
    /// of older recordings are not.
    static let resolution = 1.0111
    /// Ratios within it are the same: a difference without practical meaning.
    static let margin = 1.05

    /// The fraction of the time that an element has to work to be compared.
    static let leastLoad = 0.05

    /// The longest useful recording: a longer one does not help against other load on the machine.
    private static let longestAdvice = Duration.seconds(600)

    let lines: [Line]
    /// Labels that are in only one of the two.
    let unmatched: [String]
    /// Whether a label's windows have different lengths: the longest interval of ten seconds is not comparable with
    /// that of one.
    let hasOtherWindows: Bool

    /// Compares two recordings.
    ///
    /// - Parameter progress: called with each label before it is compared.
    init(_ before: RecordingSummary, _ after: RecordingSummary, progress: (_ label: String) -> Void = { _ in }) {
        self.init(before: [before], after: [after], progress: progress)
    }

    /// Compares two series of runs: with several on each side, a run is one observation.
    init(before: [RecordingSummary], after: [RecordingSummary], progress: (_ label: String) -> Void = { _ in }) {
        let all = (before + after).map(MeasuredSeries.all)
        // The time of an element that hardly works depends on everything else, and nothing waits for it.
        // Too few windows give no result; beside a stream or a watch that would only hide the results of these.
        let isAlone = all.contains { !$0.values.contains { $0.kind == .stream || $0.kind == .watch } }
        let fewest = isAlone || all.count > 2 ? 0 : RatioEstimate.fewestWindows
        let isWorthIt = { (label: String) in
            all.contains {
                $0[label].map {
                    $0.kind != .element || $0.load >= Self.leastLoad && $0.values(\.p50).count >= fewest
                } ?? false
            }
        }
        let old = all.prefix(before.count).map { $0.filter { isWorthIt($0.key) } }
        let new = all.dropFirst(before.count).map { $0.filter { isWorthIt($0.key) } }
        let oldLabels = Self.labels(old)
        let newLabels = Self.labels(new)
        unmatched = Set(oldLabels).symmetricDifference(newLabels).sorted()
        let common = oldLabels.filter(Set(newLabels).contains)
        var metrics: [(label: String, metric: ComparedMetric)] = []
        var other = false
        for label in common {
            progress(label)
            let left = old.compactMap { $0[label] }
            let right = new.compactMap { $0[label] }
            let ratio = Self.median(left.map(\.windowLength)) / Self.median(right.map(\.windowLength))
            other = other || ratio > 1.5 || ratio < 1 / 1.5
            metrics += ComparedMetric.all(left, right).map { (label, $0) }
        }
        hasOtherWindows = other
        let chance = Self.chance / Double(max(1, metrics.count { !$0.metric.isQuiet }))
        lines = metrics.map { label, metric in
            let estimate = metric.estimate(chance)
            let verdict = Self.verdict(estimate, metric)
            return Line(
                label: label, metric: metric.name, unit: metric.unit, sense: metric.sense, estimate: estimate,
                verdict: verdict, needed: verdict == .undecided ? Self.needed(estimate, metric) : nil)
        }
    }

    private static func labels(_ runs: [[String: MeasuredSeries]]) -> [String] {
        var places: [String: Int] = [:]
        for run in runs { for (label, series) in run { places[label] = min(places[label] ?? .max, series.place) } }
        return places.keys.sorted { (places[$0] ?? 0, $0) < (places[$1] ?? 0, $1) }
    }

    private static func median(_ values: [Double]) -> Double {
        let sorted = values.sorted()
        return sorted.isEmpty ? 1 : sorted[sorted.count / 2]
    }

    private static func verdict(_ estimate: RatioEstimate, _ metric: ComparedMetric) -> Verdict {
        if metric.isQuiet { return .same }
        if estimate.low > 1 {
            return metric.sense == .lessIsFaster ? .slower : metric.sense == .moreIsFaster ? .faster : .higher
        }
        if estimate.high < 1 {
            return metric.sense == .lessIsFaster ? .faster : metric.sense == .moreIsFaster ? .slower : .lower
        }
        return estimate.low >= 1 / margin && estimate.high <= margin ? .same : .undecided
    }

    /// The interval narrows with the square root of the time.
    private static func needed(_ estimate: RatioEstimate, _ metric: ComparedMetric) -> Duration? {
        guard metric.length > 0 else { return nil }
        let least = 30.0
        // A count is decided by a dozen events, however many there are in a minute.
        if metric.unit == .perMinute { return nil }
        guard estimate.low > 0, estimate.high.isFinite, let ratio = estimate.ratio, ratio > 0 else {
            return .seconds(max(least, nice(metric.length * 4)))
        }
        let width = log(estimate.high / estimate.low) / 2
        let wanted = max(log(margin) * 0.8, abs(log(ratio)) * 0.8)
        let factor = max(1.5, (width / wanted) * (width / wanted))
        return .seconds(min(3600, max(least, nice(metric.length * factor))))
    }

    private static func nice(_ seconds: Double) -> Double {
        [30, 60, 120, 300, 600, 1200, 1800, 3600].first { $0 >= seconds } ?? 3600
    }

    var isSlower: Bool { lines.contains { $0.verdict == .slower } }

    /// Whether anything is slower by more than this ratio, with certainty.
    func isSlower(than ratio: Double) -> Bool {
        lines.contains { $0.verdict == .slower && $0.leastSlowdown > ratio }
    }

    /// All of it in one line.
    var conclusion: String {
        func worst(_ verdict: Verdict) -> Line? {
            // A typical wait says more than the longest of all waits.
            lines.filter { $0.verdict == verdict }.max { Self.weight($0) < Self.weight($1) }
        }
        let slower = lines.count { $0.verdict == .slower }
        let faster = lines.count { $0.verdict == .faster }
        let undecided = lines.filter { $0.verdict == .undecided }
        var parts: [String] = []
        if let line = worst(.slower) { parts.append("Slower: " + Self.sentence(line, more: slower - 1)) }
        if let line = worst(.faster) {
            parts.append((slower > 0 ? "faster: " : "Faster: ") + Self.sentence(line, more: faster - 1))
        }
        if parts.isEmpty, undecided.isEmpty {
            return "The same: no difference of more than \(Texts.fixed((Self.margin - 1) * 100, 0)) % in "
                + "\(lines.count) metrics."
        }
        if parts.isEmpty {
            // The longest of a window never converges; a typical value does.
            let typical = undecided.filter { $0.metric != "longest" && $0.metric != "p99" }
            let needed = typical.compactMap(\.needed).max() ?? .seconds(30)
            let advice =
                needed > Self.longestAdvice
                ? "the windows vary too much: record on a quieter machine, or in turns with --repeat 5."
                : "record \(Self.words(needed)) each."
            return "Undecided: \(undecided.count) of \(lines.count) metrics may differ or not; \(advice)"
        }
        if !undecided.isEmpty { parts.append("\(undecided.count) undecided") }
        return parts.joined(separator: "; ") + "."
    }

    private static func weight(_ line: Line) -> Double {
        let order = ["rate": 6.0, "mean lap": 6, "p50 work": 4, "p50": 5.9, "p90": 3, "p99": 2]
        let (low, high) = (line.estimate.low, line.estimate.high)
        // Of two equivalent ones the more precise one.
        let width = low > 0 && high.isFinite ? min(1, log(high / low)) : 1
        return (order[line.metric] ?? 1) - width + min(0.5, abs(log(max(1e-9, line.estimate.ratio ?? 1))) / 10)
    }

    private static func sentence(_ line: Line, more: Int) -> String {
        let ratio = line.estimate.ratio.map { "× \(Texts.fixed($0, 2))" } ?? "new"
        return "\(line.label) \(line.metric) \(ratio) (\(interval(line.estimate)))"
            + (more > 0 ? " and \(more) more" : "")
    }

    static func interval(_ estimate: RatioEstimate) -> String {
        let low = Texts.fixed(estimate.low, 2)
        return estimate.high.isFinite && estimate.high < 1e6
            ? "\(low) to \(Texts.fixed(estimate.high, 2))" : "\(low) or more"
    }

    /// As in "30 s" or "5 min".
    static func words(_ duration: Duration) -> String {
        let seconds = duration.seconds
        return seconds < 120 ? "\(Texts.fixed(seconds, 0)) s" : "\(Texts.fixed(seconds / 60, 0)) min"
    }
}
