import Timepiece

/// Detects that a pipeline does not complete its change to playing, and when it does.
///
/// A plain value without a clock, like ``StallDetector``.
struct PrerollDetector: Sendable {
    /// The start of the wait; nil if there is none.
    private var since: UInt64?
    private var isTold = false
    /// When the stall is reported again.
    private var againAt: UInt64 = .max

    /// The element is ready to play from here on.
    mutating func start(at now: UInt64) {
        (since, isTold) = (now, false)
    }

    /// The pipeline plays, or does not have to.
    mutating func rest(at now: UInt64) -> StallDetector.Event? {
        defer { (since, isTold) = (nil, false) }
        guard isTold, let since else { return nil }
        return .resumed(.standstill, after: Self.length(from: since, to: now))
    }

    /// When to check again; `UInt64.max` if that is not necessary.
    func nextCheck(timeout: UInt64?, at now: UInt64) -> UInt64 {
        guard since != nil, let timeout else { return .max }
        if isTold { return againAt }
        // Whether the pipeline has to play can change meanwhile.
        return now.addingSaturating(max(timeout / 4, 1))
    }

    /// - Parameters:
    ///   - isExpected: whether the pipeline has to play.
    ///   - interval: how often a stall is reported again, 0 for once.
    mutating func check(isExpected: Bool, timeout: UInt64, interval: UInt64, at now: UInt64) -> StallDetector.Event? {
        guard let since else { return nil }
        guard isExpected else {
            let event = rest(at: now)
            self.since = now
            return event
        }
        let length = now &- min(now, since)
        guard isTold ? now >= againAt : length >= timeout else { return nil }
        isTold = true
        againAt = interval == 0 ? .max : now.addingSaturating(interval)
        return .stalled(.standstill, since: Self.length(from: since, to: now))
    }

    private static func length(from began: UInt64, to now: UInt64) -> Duration {
        Duration(clampingNanoseconds: now &- min(now, began))
    }
}
