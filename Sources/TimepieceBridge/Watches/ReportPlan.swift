import Timepiece

/// When the windows of a meter are to be reported by the clock.
struct ReportPlan: Sendable {
    var interval: UInt64
    var playing = false
    var ended = false
    var stopped = false
    /// When the next report is due while playing.
    private(set) var due: UInt64 = .max

    init(interval: UInt64) {
        self.interval = interval
    }

    private var reports: Bool { playing && !ended && !stopped && interval > 0 }

    /// When the next report is to be made, `UInt64.max` for never.
    var next: UInt64 { reports ? due : .max }

    /// Plans the next report for a window that has been open for a while.
    mutating func replan(at now: UInt64, openFor open: UInt64) {
        due = now.addingSaturating(interval > open ? interval - open : 0)
    }

    /// Says whether a report is due, and plans the one after it on the grid of the first; missed ones are not made up.
    mutating func takeDue(at now: UInt64) -> Bool {
        guard reports, due <= now else { return false }
        let missed = (now - due) / interval
        due = due.addingSaturating(missed.multipliedSaturating(by: interval).addingSaturating(interval))
        return true
    }
}
