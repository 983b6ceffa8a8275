import TimepieceMessages

/// What is to be thought of a stream: a color, and why, in words.
struct StreamVerdict {
    enum Level: String, Comparable {
        case good, warning, bad

        static func < (left: Level, right: Level) -> Bool {
            left != right && (left == .good || right == .bad)
        }
    }

    private(set) var level = Level.good
    /// Sentences, the weightiest first; never empty.
    private(set) var reasons: [String] = []
    /// Of the recorded intervals those that are in budget; nil if none is recorded.
    let inBudget: Double?
    /// An interval longer than this is late: one and a half of the nominal, or of the median where that is unknown.
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
    ///   - end: how the recording ended: silence after the end of a stream is as it should be.
    ///   - time: says a moment of the recording in words.
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

        // The weightiest first.
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
            add(.bad, "Stands still since \(time(open.at)).")
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
                .bad, stalls.count == 1 ? "Stood still at \(time(stalls[0].at))." : "Stood still \(stalls.count) times."
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

/// Finds where buffers are missing: an interval of more than one and a half nominal ones whose excess those that follow do
/// not make up for. One that is late by its way through a busy machine comes again closer to the next.
struct GapDetector {
    /// Milliseconds; 0 is unknown, and nothing is found.
    let period: Double
    private(set) var count = 0
    private(set) var missing: UInt64 = 0
    private var excess = 0.0
    private var regular = 0
    private var length = 0
    private var isOpen = false

    init(period: Double) {
        self.period = period.isFinite && period > 0 ? period : 0
    }

    mutating func add(_ milliseconds: Double) {
        guard period > 0 else { return }
        let isRegular = milliseconds > 0.7 * period && milliseconds <= 1.5 * period
        guard isOpen || milliseconds > 1.5 * period else { return }
        isOpen = true
        excess += milliseconds - period
        regular = isRegular ? regular + 1 : 0
        length += 1
        // A stream that is too slow for good never gets regular.
        if regular == 5 || length == 60 { settle() }
    }

    /// Counts what is open; the last step.
    mutating func settle() {
        let buffers = (excess / period).rounded()
        if isOpen, buffers >= 1 {
            count += 1
            missing = missing +| UInt64(min(1e15, buffers))
        }
        excess = 0
        regular = 0
        length = 0
        isOpen = false
    }
}
