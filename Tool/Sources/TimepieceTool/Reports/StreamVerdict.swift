import TimepieceMessages

/// The verdict on a stream: a color, and the reason in words.
struct StreamVerdict {
    enum Level: String, Comparable {
        case good, warning, bad

        static func < (left: Level, right: Level) -> Bool {
            left != right && (left == .good || right == .bad)
        }
    }

    private(set) var level = Level.good
    /// Sentences, the most important first; never empty.
    private(set) var reasons: [String] = []
    /// The fraction of the recorded intervals that are within budget; nil if none is recorded.
    let inBudget: Double?
    /// An interval longer than this is late: one and a half of the nominal, or of the median if that is unknown.
    let budget: Duration
    /// Where buffers are missing, and how many; see ``GapDetector``.
    let gaps: Int
    let missing: UInt64
    /// By the elements' count, or else, from the recorded intervals, by the same rule; see ``FreezeDetector``.
    let freezes: UInt64
    let stalls: Int
    /// Whether all intervals are recorded, or some windows listed only their last ones.
    let isComplete: Bool

    private static let longestSilence = Duration.milliseconds(500)

    /// - Parameters:
    ///   - stalls: the stream's own.
    ///   - end: how the recording ended: silence after the end of a stream is expected.
    ///   - time: formats a moment of the recording.
    init(
        _ stream: StreamSeries, stalls: [RecordingSummary.Incident], end: EndReason?, duration: Duration, isLive: Bool,
        time: (Duration) -> String
    ) {
        let nominal = stream.nominalRate
        let typical = stream.typical(\.p50)
        let period = nominal > 0 ? Duration.seconds(min(1 / nominal, 1e9)) : typical
        budget = period * 1.5
        let limit = Float(budget.milliseconds)
        var late = 0
        var gaps = GapDetector(period: nominal > 0 ? 1000 / nominal : 0)
        var detector = FreezeDetector()
        for frame in stream.frames {
            if frame > limit { late += 1 }
            gaps.add(Double(frame))
            detector.add(Double(frame))
        }
        gaps.settle()
        self.gaps = gaps.count
        missing = gaps.missing
        self.stalls = stalls.count
        freezes = stream.total(\.freezes) ?? UInt64(detector.count)
        inBudget = stream.frames.isEmpty ? nil : 1 - Double(late) / Double(stream.frames.count)
        isComplete = stream.windows.allSatisfy { UInt64($0.frames.count) >= $0.intervals.count }

        // The most important first.
        let count = stream.intervalCount
        let last = stream.windows.last
        let silence =
            last.map { window in
                (window.sinceLastBuffer.isUnknown ? window.length : window.sinceLastBuffer)
                    + (isLive ? max(.zero, duration - window.at - window.length * 1.5) : .zero)
            } ?? duration
        let isSilent =
            end != .endOfStream && !stream.hasEnded && silence >= max(Self.longestSilence, period * 10)
            && silence < .seconds(1_000_000_000)
        if stream.windows.isEmpty || stream.windows.allSatisfy({ $0.buffers == 0 }) && count == 0 {
            add(.bad, "No buffer came.")
        } else if let open = stalls.last(where: { $0.until == nil }), end != .endOfStream {
            add(.bad, "Stalled since \(time(open.at)).")
        } else if isSilent {
            add(.bad, "No buffer in the last \(Texts.duration(silence)).")
        }
        let rate = stream.rate
        if nominal > 0, count > 0 {
            let part = rate / nominal
            let text = "Runs at \(Texts.rate(rate)) of \(Texts.rate(nominal)) fps"
            if part < 0.9 {
                add(.bad, "\(text): \(Texts.percent(part)).")
            } else if part < 0.98 {
                add(.warning, "\(text): \(Texts.percent(part)).")
            }
        }
        if !stalls.isEmpty {
            add(
                .bad, stalls.count == 1 ? "Stalled at \(time(stalls[0].at))." : "Stalled \(stalls.count) times."
            )
        }
        let longest = stream.longest
        if freezes > 0 {
            let times = freezes == 1 ? "Froze" : "Froze \(freezes) times, the longest"
            add(.warning, "\(times) for \(Texts.duration(longest.length)) at \(time(longest.at)).")
        }
        if missing > 0, let inBudget, inBudget < 0.999 || freezes == 0 {
            let places = self.gaps == 1 ? "a gap" : "\(self.gaps) gaps"
            add(
                inBudget < 0.99 ? .warning : .good,
                "\(missing == 1 ? "1 buffer is" : "\(missing) buffers are") missing in \(places).")
        } else if let inBudget, inBudget < 0.99 {
            add(.warning, "\(Texts.percent(1 - inBudget)) of the intervals are longer than \(Texts.duration(budget)).")
        }
        if let jumps = stream.total(\.jumps), jumps > 0 {
            add(.warning, jumps == 1 ? "Its time stamps jumped once." : "Its time stamps jumped \(jumps) times.")
        }
        if reasons.isEmpty {
            if nominal > 0 {
                reasons = ["Runs at \(Texts.rate(rate)) of \(Texts.rate(nominal)) fps, without a gap."]
            } else {
                reasons = ["Runs at \(Texts.rate(rate)) buffers a second, evenly."]
            }
        }
    }

    private mutating func add(_ level: Level, _ reason: String) {
        self.level = max(self.level, level)
        reasons.append(reason)
    }
}

/// Finds freezes as WebRTC's statistics define them: an interval of at least max (3 × the mean of the last 30, that mean
/// + 150 ms), from the fifth on.
///
/// W3C, Identifiers for WebRTC's Statistics API, `freezeCount`.
struct FreezeDetector {
    private(set) var count = 0
    private var recent: [Double] = []
    private var next = 0
    private var sum = 0.0

    mutating func add(_ milliseconds: Double) {
        if recent.count >= 4 {
            let mean = sum / Double(recent.count)
            if milliseconds >= max(3 * mean, mean + 150) { count += 1 }
        }
        if recent.count < 30 {
            recent.append(milliseconds)
            sum += milliseconds
        } else {
            sum += milliseconds - recent[next]
            recent[next] = milliseconds
            next = (next + 1) % 30
        }
    }
}

/// Finds where buffers are missing: an interval of more than one and a half nominal ones, after which buffers stay later. A
/// buffer that is late because of a busy machine is closer to the next one.
///
/// The lateness is the mean of five buffers before and of five after, so that jitter does not count as a loss.
struct GapDetector {
    /// Milliseconds; 0 is unknown, and nothing is found.
    let period: Double
    private(set) var count = 0
    private(set) var missing: UInt64 = 0
    /// How much later than the period asks for the last buffer came, since the first.
    private var lateness = 0.0
    private var before = Lateness()
    private var after = Lateness()
    private var regular = 0
    private var length = 0
    private var isOpen = false

    /// That of the last five.
    private struct Lateness {
        private var values: [Double] = []

        var mean: Double { values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count) }

        mutating func add(_ value: Double) {
            if values.count == 5 { values.removeFirst() }
            values.append(value)
        }
    }

    init(period: Double) {
        self.period = period.isFinite && period > 0 ? period : 0
        before.add(0)
    }

    mutating func add(_ milliseconds: Double) {
        guard period > 0 else { return }
        lateness += milliseconds - period
        guard isOpen || milliseconds > 1.5 * period else { return before.add(lateness) }
        isOpen = true
        after.add(lateness)
        let isRegular = milliseconds > 0.7 * period && milliseconds <= 1.5 * period
        regular = isRegular ? regular + 1 : 0
        length += 1
        // A stream that is permanently too slow never becomes regular.
        if regular == 5 || length == 60 { settle() }
    }

    /// Counts the open gap; the last step.
    mutating func settle() {
        guard isOpen else { return }
        let buffers = ((after.mean - before.mean) / period).rounded()
        if buffers >= 1 {
            count += 1
            missing = missing +| UInt64(min(1e15, buffers))
        }
        (before, after) = (after, Lateness())
        (regular, length, isOpen) = (0, 0, false)
    }
}
