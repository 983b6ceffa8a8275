/// A schedule that fires at every n-th tick.
///
/// It never fires at the first tick, unless n is 1. In an ``AlarmClock`` it counts the ticks since it was added.
public final class OrdinalSchedule: Schedule {
    /// The part of the schedule that an alarm clock works with.
    public let queued: QueuedSchedule
    /// At each how manyeth tick it fires; 0 for never.
    public let ordinal: Int

    /// Makes a schedule for every n-th tick.
    ///
    /// - Parameters:
    ///   - ordinal: n; 1 fires at every tick, 0 never.
    ///   - name: what firings carry and by which an alarm clock finds the schedule.
    ///   - count: after how many firings it ends; nil for never.
    ///   - executor: where the callback runs.
    ///   - callback: called at each firing.
    /// - Throws: ``TimepieceError/ordinal(_:)`` or ``TimepieceError/count(_:)``.
    public init(
        each ordinal: Int, name: String? = nil, count: Int? = nil,
        executor: any CallbackExecutor = InlineExecutor(), callback: (@Sendable (Firing) -> Void)? = nil
    ) throws(TimepieceError) {
        guard ordinal >= 0 else { throw .ordinal(ordinal) }
        self.ordinal = ordinal
        let each = ordinal.magnitude
        queued = QueuedSchedule(
            name: name, kind: .ordinal, clock: .monotonic, isRepeating: ordinal > 0 && count != 1,
            timetable: Recurrence(
                .ordinal(UInt64(each)), limit: try Recurrence.limit(count), deadline: each == 0 ? nil : UInt64(each)),
            executor: executor, callback: callback)
    }
}
