package import Timepiece

/// The open interval of one series: it collects windows, and is closed when the wall clock's grid is crossed.
package struct OpenInterval: Sendable {
    package let identity: MetricIdentity
    private var statistics = Statistics()
    private var cell: Int64 = 0
    private var last: Moment?

    package init(identity: MetricIdentity) {
        self.identity = identity
    }

    /// True if nothing is gathered.
    package var isEmpty: Bool { statistics.count == 0 }

    /// Adds a window that was closed at a moment; returns the interval before, if the window belongs to another one.
    package mutating func add(_ window: Statistics, at moment: Moment, clock: ClockEstimate, boot: String)
        -> ClosedInterval?
    {
        guard window.count > 0 else { return nil }
        let target = cellNumber(at: moment, clock: clock)
        let complete = target != cell ? take(boot: boot) : nil
        cell = target
        last = moment
        statistics.merge(window)
        return complete
    }

    /// Returns the gathered data if the interval is over, and restarts.
    package mutating func takeIfOver(at now: Moment, clock: ClockEstimate, boot: String) -> ClosedInterval? {
        guard !isEmpty, cellNumber(at: now, clock: clock) != cell else { return nil }
        return take(boot: boot)
    }

    /// Returns the gathered data, if any, and restarts.
    package mutating func take(boot: String) -> ClosedInterval? {
        guard let last, !isEmpty else { return nil }
        let closedInterval = ClosedInterval(identity: identity, statistics: statistics, boot: boot, moment: last)
        statistics = Statistics()
        return closedInterval
    }

    /// Returns when the interval is over, at the present estimate of the time.
    package func end(now: Moment, clock: ClockEstimate) -> BootInstant {
        let start = clock.epoch(now: now)
        let (seconds, overflow) = (cell &+ 1).multipliedReportingOverflow(by: identity.interval)
        guard !overflow else { return now.boot }
        let offset = Duration.seconds(seconds) - .nanoseconds(start.nanoseconds)
        return BootInstant(nanoseconds: offset.nanoseconds)
    }

    private func cellNumber(at moment: Moment, clock: ClockEstimate) -> Int64 {
        let wall = clock.wall(at: moment.boot, now: moment)
        return TimeGrid.cell(of: wall, interval: identity.interval)
    }
}

/// An interval that is over, as it was gathered.
package struct ClosedInterval: Sendable {
    package let identity: MetricIdentity
    package let statistics: Statistics
    /// The run of the machine that the moment belongs to.
    package let boot: String
    /// When the last window in it was closed.
    package let moment: Moment

    package init(identity: MetricIdentity, statistics: Statistics, boot: String, moment: Moment) {
        self.identity = identity
        self.statistics = statistics
        self.boot = boot
        self.moment = moment
    }
}

/// The grid of time stamps on the wall clock: whole minutes, or whole intervals.
package enum TimeGrid {
    /// Returns the number of the interval that a time falls into, counted from 1970.
    package static func cell(of time: WallTime, interval: Int64) -> Int64 {
        let width = max(1, interval)
        let seconds = floored(time.nanoseconds, by: 1_000_000_000)
        return floored(seconds, by: width)
    }

    /// Returns the start of the interval that a time falls into, in seconds since 1970.
    package static func stamp(of time: WallTime, interval: Int64) -> Int64 {
        cell(of: time, interval: interval) * max(1, interval)
    }

    private static func floored(_ value: Int64, by divisor: Int64) -> Int64 {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
