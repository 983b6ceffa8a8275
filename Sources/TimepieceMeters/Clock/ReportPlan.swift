import Timepiece

/// When the windows of a meter are reported on the clock, and when its statistics are published.
struct ReportPlan: Sendable {
    var interval: UInt64
    /// How often statistics are passed to the publisher, 0 for never.
    var period: UInt64 = 0
    var playing = false
    var ended = false
    var stopped = false
    private var reportDue: UInt64 = .max
    private var handOverDue: UInt64 = .max

    init(interval: UInt64) {
        self.interval = interval
    }

    var flows: Bool { playing && !ended && !stopped }

    /// When the next work is due, `UInt64.max` for never.
    var next: UInt64 { flows ? min(reportDue, handOverDue) : .max }

    /// Plans again for a window that has been open for a while.
    mutating func replan(at now: UInt64, openFor open: UInt64) {
        let left = interval > open ? interval - open : 0
        reportDue = interval == 0 ? .max : now.addingSaturating(left)
        handOverDue = period == 0 ? .max : now.addingSaturating(period)
    }

    /// Returns since when a report is due, if one is, and plans the one after it on the grid of the first; missed ones are
    /// not made up.
    mutating func takeReport(at now: UInt64) -> UInt64? {
        guard flows, interval > 0, reportDue <= now else { return nil }
        let missed = (now - reportDue) / interval
        defer {
            reportDue = reportDue.addingSaturating(missed.multipliedSaturating(by: interval).addingSaturating(interval))
        }
        return reportDue
    }

    /// Returns since when publishing is due, if it is, and plans the next time.
    mutating func takeHandOver(at now: UInt64) -> UInt64? {
        guard flows, period > 0, handOverDue <= now else { return nil }
        defer { handOverDue = now.addingSaturating(period) }
        return handOverDue
    }
}
