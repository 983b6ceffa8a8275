import Timepiece

/// Tells when the oldest that is under way to a stop is overdue, and when it came.
///
/// A plain value without a clock, as ``StallDetector`` is.
struct OverdueDetector: Sendable {
    /// How old it may be, in nanoseconds; 0 for any age.
    var timeout: UInt64
    /// When the oldest of the stall passed its start, nil if none is reported.
    private var began: UInt64?
    /// Since when the stream flows; a pause makes nothing overdue.
    private var flowsSince: UInt64 = 0
    /// When the stall was told first, so that the report of the same moment does not tell it once more.
    private var told: UInt64 = 0
    /// How often a stalled stream is looked at: what its resumption is told late at most.
    private static let patience: UInt64 = 20_000_000

    init(timeout: UInt64) {
        self.timeout = timeout
    }

    /// Whether there is anything to look for.
    var isInUse: Bool { timeout > 0 || began != nil }

    /// The stream flows from here on.
    mutating func start(at now: UInt64) {
        flowsSince = now
    }

    /// When to look again; `UInt64.max` if there is no need to. `oldest`: when it passed the start, `UInt64.max` for none.
    func nextCheck(oldest: UInt64, at now: UInt64) -> UInt64 {
        if began != nil { return now.addingSaturating(Self.patience) }
        guard timeout > 0 else { return .max }
        // What passes the start from now on is not overdue earlier.
        return min(max(oldest, flowsSince), now).addingSaturating(timeout)
    }

    mutating func check(oldest: UInt64, at now: UInt64) -> StallDetector.Event? {
        if let began {
            // Another one may be overdue by now: that is still the same stall.
            guard oldest == .max || timeout == 0 || now < due(oldest) else { return nil }
            return resume(began, at: now)
        }
        guard timeout > 0, oldest != .max, now >= due(oldest) else { return nil }
        (began, told) = (oldest, now)
        return .stalled(.inFlight, since: Self.length(from: oldest, to: now))
    }

    /// A report was made: a stall that lasts is told again.
    func reported(at now: UInt64) -> StallDetector.Event? {
        guard let began, timeout > 0, told != now else { return nil }
        return .stalled(.inFlight, since: Self.length(from: began, to: now))
    }

    /// Nothing is waited for: the stream is paused, or has ended.
    mutating func rest(at now: UInt64) -> StallDetector.Event? {
        began.flatMap { resume($0, at: now) }
    }

    private func due(_ oldest: UInt64) -> UInt64 {
        max(oldest, flowsSince).addingSaturating(timeout)
    }

    private mutating func resume(_ began: UInt64, at now: UInt64) -> StallDetector.Event {
        self.began = nil
        return .resumed(.inFlight, after: Self.length(from: began, to: now))
    }

    private static func length(from began: UInt64, to now: UInt64) -> Duration {
        Duration(clampingNanoseconds: now &- min(now, began))
    }
}
