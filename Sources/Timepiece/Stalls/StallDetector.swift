/// Detects, by checks of the time of the last tick, when a stream stalls and when it resumes.
///
/// A plain value without a clock: its owner checks when the detector asks for it, and passes it each closed window. A
/// tick itself does not involve it and so costs nothing.
public struct StallDetector: Sendable {
    /// Why a stream is stalled.
    public enum Reason: String, Sendable {
        /// No tick arrived within the timeout.
        case standstill
        /// A window had fewer events than the minimum rate requires.
        case trickle
        /// A buffer in flight between two points is overdue.
        case inFlight = "in-flight"
    }

    /// An event to report.
    public enum Event: Sendable, Equatable {
        /// The stream is stalled or trickles, with the time since when.
        case stalled(Reason, since: Duration)
        /// The stream flows again, with the length of the stall.
        case resumed(Reason, after: Duration)
    }

    /// The settings in force.
    public var settings: StallSettings
    /// Why the stream is stalled; nil if it is not.
    public private(set) var stalled: Reason?

    /// From when the wait for a tick counts; nil while waiting does not count at all.
    private var waitingSince: UInt64?
    /// When a standstill ended: the window with its long interval has been reported.
    private var standstillEnded: UInt64 = 0
    private var stallBegan: UInt64 = 0
    /// When the standstill was first reported, so that the report of the same moment does not repeat it.
    private var stallTold: UInt64 = 0
    /// How often a stalled stream is checked, and the greatest delay of the report of its resumption.
    static let patience: UInt64 = 20_000_000

    /// Makes a detector that is at rest until ``start(at:)``.
    public init(settings: StallSettings = StallSettings()) {
        self.settings = settings
    }

    /// The stream is expected to flow from here on: it plays, was flushed, or restarts.
    public mutating func start(at now: MonotonicInstant) {
        waitingSince = now.nanoseconds
        stalled = nil
    }

    /// The stream is not expected to flow: it is paused, or has ended.
    public mutating func rest() {
        waitingSince = nil
        stalled = nil
    }

    /// When to check again, in nanoseconds of the monotonic clock; `UInt64.max` if that is not necessary.
    package func nextCheck(lastTick: UInt64, at now: UInt64) -> UInt64 {
        guard let waitingSince else { return .max }
        if stalled == .standstill { return now.addingSaturating(Self.patience) }
        guard let timeout = settings.timeout, timeout > .zero, settings.onStart || lastTick != 0 else { return .max }
        return max(waitingSince, lastTick).addingSaturating(UInt64(timeout.nanoseconds))
    }

    /// Checks whether a stall began or ended.
    ///
    /// - Parameters:
    ///   - now: the present.
    ///   - lastTick: when the last tick came, 0 for none yet.
    ///   - firstTickAfter: when the first tick after the stall began came, if it is known.
    /// - Returns: the event to report, if any.
    package mutating func check(at now: UInt64, lastTick: UInt64, firstTickAfter: UInt64?) -> Event? {
        guard let waitingSince else { return nil }
        if stalled == .standstill {
            guard lastTick > stallBegan else { return nil }
            stalled = nil
            standstillEnded = now
            let end = firstTickAfter.map { $0 > stallBegan ? $0 : lastTick } ?? lastTick
            return .resumed(.standstill, after: stalledFor(at: end))
        }
        guard nextCheck(lastTick: lastTick, at: now) <= now else { return nil }
        stalled = .standstill
        stallBegan = max(waitingSince, lastTick)
        stallTold = now
        return .stalled(.standstill, since: stalledFor(at: now))
    }

    /// Judges a closed window; a stalled stream is reported again.
    ///
    /// It is judged by the rate that is shown for it; without one, by the wait that still lasts. A window that opened
    /// before the wait began, such as one that contains a flush, is not judged: the stream was not expected to flow all
    /// the time. Nor is one in which a standstill ended, which has been reported. A reported stall is ended by a
    /// resumption even if the setting that it violated was removed meanwhile; but it is not reported again.
    ///
    /// - Parameters:
    ///   - now: the present, when the window was closed.
    ///   - rate: how many ticks a second it had by their intervals; nil if no interval ended in it.
    ///   - lastTick: when the last tick came, 0 for none yet.
    ///   - isExcused: whether it is not judged, unless that is required from the start or a trickle lasts: the stream
    ///     has only begun in it.
    ///   - duration: how long it was open.
    /// - Returns: what there is to report, if anything.
    package mutating func closed(
        at now: UInt64, rate: Double?, lastTick: UInt64, isExcused: Bool, duration: Duration
    ) -> Event? {
        if stalled == .standstill {
            return settings.timeout == nil || now == stallTold ? nil : .stalled(.standstill, since: stalledFor(at: now))
        }
        let opened = now &- min(now, UInt64(clamping: duration.nanoseconds))
        guard let waitingSince, opened >= waitingSince, opened >= standstillEnded, duration > .zero,
            !isExcused || settings.onStart || stalled == .trickle
        else { return nil }
        let wait = now &- min(now, max(waitingSince, lastTick))
        if rate ?? (1e9 / Double(max(wait, 1))) < settings.minimumRate {
            if stalled == nil {
                stallBegan = opened
                stalled = .trickle
            }
            return .stalled(.trickle, since: stalledFor(at: now))
        }
        guard stalled == .trickle else { return nil }
        stalled = nil
        return .resumed(.trickle, after: stalledFor(at: opened))
    }

    private func stalledFor(at end: UInt64) -> Duration {
        Duration(clampingNanoseconds: end &- min(end, stallBegan))
    }
}

/// When a stream counts as stalled, or as a trickle.
public struct StallSettings: Sendable, Equatable {
    /// How long no tick may come; nil for no limit.
    public var timeout: Duration?
    /// Whether the time before the first tick counts too.
    public var onStart: Bool
    /// The least number of events a second in a window; 0 for any number.
    public var minimumRate: Double

    /// Makes settings; without arguments nothing is ever a stall.
    public init(timeout: Duration? = nil, onStart: Bool = false, minimumRate: Double = 0) {
        self.timeout = timeout
        self.onStart = onStart
        self.minimumRate = minimumRate
    }
}
