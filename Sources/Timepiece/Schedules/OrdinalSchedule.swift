/// A schedule that fires at every n-th tick.
///
/// It never fires at the first tick, unless n is 1. In an ``AlarmClock`` it counts the ticks since it was added.
public final class OrdinalSchedule: Schedule {
    /// The part of the schedule that an alarm clock works with.
    public let queued: QueuedSchedule
    /// n: it fires at every n-th tick; 0 for never.
    public let ordinal: Int

    /// Makes a schedule for every n-th tick.
    ///
    /// - Parameters:
    ///   - ordinal: n; 1 fires at every tick, 0 and less never.
    ///   - name: what firings carry and by which an alarm clock finds the schedule.
    ///   - count: after how many firings it ends, at least 1; nil for never.
    ///   - executor: where the callback runs.
    ///   - callback: called at each firing.
    public init(
        each ordinal: Int, name: String? = nil, count: Int? = nil,
        executor: any CallbackExecutor = InlineExecutor(), callback: (@Sendable (Firing) -> Void)? = nil
    ) {
        self.ordinal = max(0, ordinal)
        let each = UInt64(self.ordinal)
        let limit = Recurrence.limit(count)
        queued = QueuedSchedule(
            name: name, kind: .ordinal, clock: .monotonic, isRepeating: each > 0 && limit != 1,
            timetable: Recurrence(.ordinal(each), limit: limit, deadline: each == 0 ? nil : each), executor: executor,
            callback: callback)
    }
}
