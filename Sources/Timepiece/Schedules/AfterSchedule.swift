/// A schedule that fires once, a given time after its first tick.
///
/// In an ``AlarmClock`` the first tick is the first after it was added.
public final class AfterSchedule: Schedule {
    /// The part of the schedule that an alarm clock works with.
    public let queued: QueuedSchedule
    /// How long it waits after the first tick.
    public let wait: Duration

    /// Makes a schedule that fires once.
    ///
    /// - Parameters:
    ///   - wait: counts in whole nanoseconds, at least one, so that it never fires at the first tick.
    ///   - name: the name in the firing, by which an alarm clock finds the schedule.
    ///   - clock: the clock to use; ``ScheduleClock/wall`` is replaced by ``ScheduleClock/monotonic``.
    ///   - executor: where the callback runs.
    ///   - callback: called at the firing.
    public init(
        after wait: Duration, name: String? = nil, clock: ScheduleClock = .monotonic,
        executor: any CallbackExecutor = InlineExecutor(), callback: (@Sendable (Firing) -> Void)? = nil
    ) {
        let length = max(1, wait.clampedNanoseconds)
        self.wait = Duration(clampingNanoseconds: length)
        queued = QueuedSchedule(
            name: name, kind: .after, clock: clock == .wall ? .monotonic : clock, isRepeating: false,
            timetable: Recurrence(.after(length), deadline: 0), executor: executor,
            callback: callback)
    }
}
