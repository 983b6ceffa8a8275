/// The arithmetic of one schedule: when it is due, on a scale of its own.
///
/// The scale is nanoseconds of a clock, or ticks of an ordinal schedule. Nothing here reads a clock or traps: a point
/// past the end of the scale is never due.
struct Recurrence: Sendable {
    enum Rule: Sendable {
        case at
        case after(UInt64)
        case interval(UInt64)
        case ordinal(UInt64)
    }

    let rule: Rule
    /// After how many firings it ends; nil if never.
    let limit: UInt64?
    /// The number of firings.
    private(set) var count: UInt64 = 0
    /// When it is due; nil if it does not wait.
    private(set) var deadline: UInt64?
    /// The first tick.
    private var anchor: UInt64?
    private var lastFired: UInt64?

    /// Makes a timetable that is due at the given point; those that count from their first tick are due at zero.
    init(_ rule: Rule, limit: UInt64? = nil, deadline: UInt64?) {
        self.rule = rule
        self.limit = limit
        self.deadline = deadline
    }

    /// Sets when it is due, regardless of its earlier state.
    mutating func rearm(at deadline: UInt64?) {
        self.deadline = deadline
    }

    /// Starts as if it had never fired; only a fixed time is kept.
    ///
    /// - Parameter ticks: how many were counted before, for a rule that counts them.
    mutating func restart(after ticks: UInt64) {
        switch rule {
        case .at: return
        case .after, .interval: deadline = 0
        case .ordinal(let each): deadline = each == 0 ? nil : sum(ticks, each)
        }
        count = 0
        anchor = nil
        lastFired = nil
    }

    /// Advances to a point.
    ///
    /// - Parameters:
    ///   - now: the point.
    ///   - followsJumps: whether a grid is resumed after time jumped back before the last firing; it is then due at its
    ///     first point not before now.
    /// - Returns: when it was due, if it fires now.
    mutating func advance(to now: UInt64, followsJumps: Bool) -> UInt64? {
        if followsJumps, case .interval(let every) = rule, let lastFired, now < lastFired, deadline != nil {
            deadline = gridPoint(from: now, every: every)
            self.lastFired = nil
        }
        guard var due = deadline, now >= due else { return nil }
        switch rule {
        case .at:
            deadline = nil
        case .after(let wait):
            guard anchor != nil else {
                anchor = now
                deadline = sum(now, wait)
                return nil
            }
            deadline = nil
        case .interval(let every):
            if anchor == nil {
                anchor = now
                due = now
            }
            deadline = sum(now, 1).flatMap { gridPoint(from: $0, every: every) }
        case .ordinal(let each):
            // From the point at which it was due: two threads may count in one order and arrive here in the other.
            deadline = sum(due, each)
        }
        count.addSaturating(1)
        lastFired = now
        if let limit, count >= limit { deadline = nil }
        return due
    }

    /// The first point of the grid through the anchor that is not before the given one.
    private func gridPoint(from point: UInt64, every: UInt64) -> UInt64? {
        guard let anchor, every > 0 else { return nil }
        guard point > anchor else { return anchor - (anchor - point) / every * every }
        let past = (point - anchor) % every
        return past == 0 ? point : sum(point, every - past)
    }

    private func sum(_ left: UInt64, _ right: UInt64) -> UInt64? {
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? nil : sum
    }
}

extension Recurrence {
    /// The number of firings after which a repeating schedule ends, at least one.
    static func limit(_ count: Int?) -> UInt64? {
        count.map { UInt64(max(1, $0)) }
    }
}

/// Wall times as unsigned numbers in the same order, so that one kind of heap holds all deadlines.
enum WallScale {
    private static let zero: UInt64 = 1 << 63

    static func point(of time: WallTime) -> UInt64 {
        UInt64(bitPattern: time.nanoseconds) ^ zero
    }

    static func time(of point: UInt64) -> WallTime {
        WallTime(nanoseconds: Int64(bitPattern: point ^ zero))
    }
}
