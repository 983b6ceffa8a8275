/// Something that fires at the right one of many ticks.
///
/// A schedule has no thread and no timer. Whoever has a loop, for example over frames, ticks it there, and the first tick
/// at or after the due time fires it: the tick returns a ``Firing``, and the callback runs, in place or on the executor
/// that the schedule was given. Many schedules are ticked together by an ``AlarmClock``.
///
/// The kinds are ``AtSchedule``, ``IntervalSchedule``, ``OrdinalSchedule`` and ``AfterSchedule``. They are references, so
/// that one can be changed while an alarm clock holds it, and usable from several threads; ticks of one schedule are to
/// come from one thread at a time.
public protocol Schedule: AnyObject, Sendable {
    /// The part of the schedule that an alarm clock works with.
    var arming: Arming { get }
}

extension Schedule {
    /// The name that firings carry and by which an alarm clock finds the schedule, if it has one.
    public var name: String? { arming.name }
    /// Whether it can fire more than once.
    public var isRepeating: Bool { arming.isRepeating }
    /// The clock it goes by.
    public var clock: ScheduleClock { arming.clock }
    /// How often it fired.
    public var firedCount: UInt64 { arming.count }
    /// Whether it waits for anything: false after the last firing, and for the ordinal 0.
    public var isPending: Bool { arming.deadline != nil }

    /// Goes on to an instant; if the schedule is due, runs the callback and returns the firing.
    ///
    /// While an alarm clock holds the schedule it is ticked there, and this does nothing.
    ///
    /// - Parameters:
    ///   - instant: the present.
    ///   - mediaTime: the present on the media's clock in nanoseconds, for schedules that go by
    ///     ``ScheduleClock/runningTime``; without it those wait.
    /// - Returns: the firing, or nil if there is none.
    @discardableResult
    public func tick(at instant: MonotonicInstant = .now(), mediaTime: UInt64? = nil) -> Firing? {
        arming.tick(at: instant, mediaTime: mediaTime)
    }
}
