/// A schedule that fires once, a while after its first tick.
///
/// In an ``AlarmClock`` the first tick is the first after it was added.
public final class AfterSchedule: Schedule {
    /// The part of the schedule that an alarm clock works with.
    public let queued: QueuedSchedule
    /// How long it waits after the first tick.
    public let wait: Duration

    /// Makes a schedule for once.
    ///
    /// - Parameters:
    ///   - wait: longer than zero; counts in whole nanoseconds.
    ///   - name: what the firing carries and by which an alarm clock finds the schedule.
    ///   - clock: the one to go by; ``ScheduleClock/wall`` is taken as ``ScheduleClock/monotonic``.
    ///   - executor: where the callback runs.
    ///   - callback: called at the firing.
    /// - Throws: ``TimepieceError/wait(_:)``.
    public init(
        after wait: Duration, name: String? = nil, clock: ScheduleClock = .monotonic,
        executor: any CallbackExecutor = InlineExecutor(), callback: (@Sendable (Firing) -> Void)? = nil
    ) throws(TimepieceError) {
        guard wait.nanoseconds > 0 else { throw .wait(wait) }
        self.wait = wait
        queued = QueuedSchedule(
            name: name, kind: .after, clock: clock == .wall ? .monotonic : clock, isRepeating: false,
            timetable: Recurrence(.after(wait.nanoseconds.magnitude), deadline: 0), executor: executor,
            callback: callback)
    }
}
