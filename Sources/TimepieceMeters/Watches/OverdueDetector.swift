import Timepiece

/// Detects when the oldest buffer in flight to a stop is overdue, and when it arrived.
///
/// Its age counts from when the stream flows, so a pause does not add to it. A buffer that a later one has overtaken does
/// not count here, since the later one shows that the path is open.
///
/// A plain value without a clock, like ``StallDetector``.
struct OverdueDetector: Sendable {
    /// The greatest age, in nanoseconds; 0 for no limit.
    var timeout: UInt64
    /// When the oldest of the stall passed its start, or the stream began to flow, nil if none is reported.
    private var began: UInt64?
    /// Since when the stream flows; a pause does not make a buffer overdue.
    private var flowsSince: UInt64 = 0
    /// When the stall was first reported, so that the report of the same moment does not repeat it.
    private var told: UInt64 = 0
    /// How often a stalled stream is checked, and the greatest delay of the report of its resumption.
    private static let patience: UInt64 = 20_000_000

    init(timeout: UInt64) {
        self.timeout = timeout
    }

    /// Whether checks are necessary.
    var isInUse: Bool { timeout > 0 || began != nil }

    /// The stream flows from here on.
    mutating func start(at now: UInt64) {
        flowsSince = now
    }

    /// When to check again; `UInt64.max` if that is not necessary. `oldest`: when it passed the start, `UInt64.max` for
    /// none.
    func nextCheck(oldest: UInt64, at now: UInt64) -> UInt64 {
        if began != nil { return now.addingSaturating(Self.patience) }
        guard timeout > 0 else { return .max }
        // A buffer that passes the start from now on is not overdue earlier.
        return min(max(oldest, flowsSince), now).addingSaturating(timeout)
    }

    mutating func check(oldest: UInt64, at now: UInt64) -> StallDetector.Event? {
        if let began {
            // Another buffer may be overdue by now, which is still the same stall.
            guard oldest == .max || timeout == 0 || now < due(oldest) else { return nil }
            return resume(began, at: now)
        }
        guard timeout > 0, oldest != .max, now >= due(oldest) else { return nil }
        let since = max(oldest, flowsSince)
        (began, told) = (since, now)
        return .stalled(.inFlight, since: Self.length(from: since, to: now))
    }

    /// A report was made: a lasting stall is reported again.
    func reported(at now: UInt64) -> StallDetector.Event? {
        guard let began, timeout > 0, told != now else { return nil }
        return .stalled(.inFlight, since: Self.length(from: began, to: now))
    }

    /// No buffer is expected: the stream is paused, or has ended.
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
