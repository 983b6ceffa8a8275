/// A schedule that fires once, at the first tick at or after a wall-clock time.
///
/// It follows the wall clock: when that is set, the schedule moves with it, at the next tick if it is ticked alone, and
/// in an ``AlarmClock`` within a second of ticks. Setting ``at`` arms it again.
public final class AtSchedule: Schedule {
    /// The part of the schedule that an alarm clock works with.
    public let queued: QueuedSchedule

    /// Makes a schedule for a wall-clock time.
    ///
    /// - Parameters:
    ///   - at: when to fire; a time in the past fires at the first tick.
    ///   - name: what firings carry and by which an alarm clock finds the schedule.
    ///   - executor: where the callback runs.
    ///   - callback: called at the firing.
    public convenience init(
        at: WallTime, name: String? = nil, executor: any CallbackExecutor = InlineExecutor(),
        callback: (@Sendable (Firing) -> Void)? = nil
    ) {
        self.init(at: at, name: name, executor: executor, wallClock: ClockReading.now, callback: callback)
    }

    /// Makes a schedule for a time on a given wall clock.
    ///
    /// - Parameters:
    ///   - at: when to fire; a time in the past fires at the first tick.
    ///   - name: what firings carry and by which an alarm clock finds the schedule.
    ///   - executor: where the callback runs.
    ///   - wallClock: reads the clocks if the schedule is ticked alone; an alarm clock uses its own.
    ///   - callback: called at the firing.
    public init(
        at: WallTime, name: String? = nil, executor: any CallbackExecutor = InlineExecutor(),
        wallClock: @escaping @Sendable () -> ClockReading, callback: (@Sendable (Firing) -> Void)? = nil
    ) {
        queued = QueuedSchedule(
            name: name, kind: .at, clock: .wall, isRepeating: false,
            timetable: Recurrence(.at, deadline: WallScale.point(of: at)), wallClock: wallClock, executor: executor,
            callback: callback)
    }

    /// When it will fire; nil if it has fired, or was disarmed by setting nil.
    ///
    /// An alarm clock that holds the schedule follows the change. It drops a schedule that has fired, and adds it again
    /// when it gets a new time, from its own callback or later, unless it holds another schedule of the same name.
    public var at: WallTime? {
        get { queued.deadline.map(WallScale.time(of:)) }
        set { queued.rearm(at: newValue.map(WallScale.point(of:)), of: self) }
    }
}
