/// How long a window has been open, less the time spent paused.
package struct ActiveTime: Sendable {
    /// What was gathered before the last pause.
    private var gathered: UInt64 = 0
    /// Since when time counts for this window; nil while paused.
    private var running: UInt64?
    /// When time began to count after the last pause.
    private var resumed: UInt64 = 0
    /// When the last pause began.
    private var paused: UInt64 = 0

    package init() {}

    package mutating func resume(at now: UInt64) {
        guard running == nil else { return }
        running = now
        resumed = now
    }

    package mutating func pause(at now: UInt64) {
        guard running != nil else { return }
        gathered = elapsed(at: now)
        running = nil
        paused = now
    }

    /// Starts a window from zero, running or not as before; at an instant before time began to count, from there on.
    package mutating func restart(at now: UInt64) {
        gathered = 0
        if let since = running { running = max(since, now) }
    }

    package func elapsed(at now: UInt64) -> UInt64 {
        guard let running, now > running else { return gathered }
        return gathered.addingSaturating(now - running)
    }

    /// The time that counted since an instant, and since the last pause at most.
    func since(_ instant: UInt64, at now: UInt64) -> UInt64 {
        let end = running == nil ? paused : now
        let start = max(instant, resumed)
        return end > start ? end - start : 0
    }
}
