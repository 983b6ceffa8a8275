/// Tells from now and then looking at the time of the last tick when a stream stalls and when it goes on.
///
/// A plain value without a clock: its owner looks when it says so, and hands it each closed window.
/// A tick itself has nothing to do with it and so costs nothing.
public struct StallDetector: Sendable {
    /// Why a stream is not well.
    public enum Reason: String, Sendable {
        /// No tick came for the timeout.
        case standstill
        /// A window had fewer events than the minimum rate asks for.
        case trickle
        /// What is under way between two points is overdue.
        case inFlight = "in-flight"
    }

    /// What there is to tell.
    public enum Event: Sendable, Equatable {
        /// The stream stands still, or trickles, and that since so long.
        case stalled(Reason, since: Duration)
        /// It goes on; so long it did not.
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
    /// When the standstill was told first, so that the report of the same moment does not tell it once more.
    private var stallTold: UInt64 = 0
    /// How often a stalled stream is looked at: what its resumption is told late at most.
    static let patience: UInt64 = 20_000_000

    /// Makes a detector that is at rest until ``start(at:)``.
    public init(settings: StallSettings = StallSettings()) {
        self.settings = settings
    }

    /// The stream is to flow from here on: it plays, was flushed, or restarts.
    public mutating func start(at now: MonotonicInstant) {
        waitingSince = now.nanoseconds
        stalled = nil
    }

    /// The stream is not expected to flow: it is paused, or has ended.
    public mutating func rest() {
        waitingSince = nil
        stalled = nil
    }

    /// When to look again, in nanoseconds of the monotonic clock; `UInt64.max` if there is no need to.
    package func nextCheck(lastTick: UInt64, at now: UInt64) -> UInt64 {
        guard let waitingSince else { return .max }
        if stalled == .standstill { return now.addingSaturating(Self.patience) }
        guard let timeout = settings.timeout, timeout > .zero, settings.onStart || lastTick != 0 else { return .max }
        return max(waitingSince, lastTick).addingSaturating(UInt64(timeout.nanoseconds))
    }

    /// Looks whether a stall began or ended.
    ///
    /// - Parameters:
    ///   - now: the present.
    ///   - lastTick: when the last tick came, 0 for none yet.
    ///   - firstTickAfter: when the first tick after the stall began came, if it is known.
    /// - Returns: what there is to tell, if anything.
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

    /// Judges a closed window; a stream that stands still is reported again.
    ///
    /// It is judged by the rate that is shown for it; without one by the wait that is still going on. A window that opened
    /// before the wait began, as one that holds a flush does, is not judged: the stream was not expected to flow all the
    /// time. Nor is one in which a standstill ended, which has been told. A stall that was told is ended by a resumption even if the setting that it
    /// violated has gone meanwhile; but it is not reported again.
    ///
    /// - Parameters:
    ///   - now: the present, when the window was closed.
    ///   - rate: how many ticks a second it had by their intervals; nil if no interval ended in it.
    ///   - lastTick: when the last tick came, 0 for none yet.
    ///   - isExcused: whether it is not judged, unless it is to be from the start or a trickle goes on: a stream that has
    ///     only begun in it.
    ///   - duration: how long it was open.
    /// - Returns: what there is to tell, if anything.
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

/// When a stream counts as standing still, or as a trickle.
public struct StallSettings: Sendable, Equatable {
    /// How long no tick may come; nil for as long as it likes.
    public var timeout: Duration?
    /// Whether the time before the first tick counts too.
    public var onStart: Bool
    /// How many events a second a window has to have; 0 for any number.
    public var minimumRate: Double

    /// Makes settings; without arguments nothing is ever a stall.
    public init(timeout: Duration? = nil, onStart: Bool = false, minimumRate: Double = 0) {
        self.timeout = timeout
        self.onStart = onStart
        self.minimumRate = minimumRate
    }
}
