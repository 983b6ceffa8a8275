/// A schedule that fires at the first tick, and then on the grid of the first.
///
/// A late tick fires late but does not shift the grid, and slots without a tick are not made up for: with an
/// interval of 5 s and ticks at 0, 5.1, 17 and 20 s, it fires at each of them.
///
/// On ``ScheduleClock/monotonic`` no step of the wall clock matters. On ``ScheduleClock/runningTime`` it fires at the same
/// media times in every run. When the media jumps back before the last firing, as at a seek, it continues with the
/// first point of the same grid that is not before the new time, without a burst or a gap.
public final class IntervalSchedule: Schedule {
    /// The part of the schedule that an alarm clock works with.
    public let queued: QueuedSchedule
    /// The width of the grid.
    public let interval: Duration

    /// Makes a schedule that fires once in each interval.
    ///
    /// - Parameters:
    ///   - interval: counts in whole nanoseconds; zero and less is replaced by one, and fires at every tick.
    ///   - name: what firings carry and by which an alarm clock finds the schedule.
    ///   - clock: the clock to use; ``ScheduleClock/wall`` is replaced by ``ScheduleClock/monotonic``.
    ///   - count: after how many firings it ends, at least 1; nil for never.
    ///   - executor: where the callback runs.
    ///   - callback: called at each firing.
    public init(
        every interval: Duration, name: String? = nil, clock: ScheduleClock = .monotonic, count: Int? = nil,
        executor: any CallbackExecutor = InlineExecutor(), callback: (@Sendable (Firing) -> Void)? = nil
    ) {
        let width = max(1, interval.clampedNanoseconds)
        self.interval = Duration(clampingNanoseconds: width)
        let limit = Recurrence.limit(count)
        queued = QueuedSchedule(
            name: name, kind: .interval, clock: clock == .wall ? .monotonic : clock, isRepeating: limit != 1,
            timetable: Recurrence(.interval(width), limit: limit, deadline: 0), executor: executor,
            callback: callback)
    }
}
