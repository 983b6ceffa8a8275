/// One firing of a schedule: which, for the how manyeth time, when it was due and when it came.
public struct Firing: Sendable, Equatable {
    /// The kinds of schedules.
    public enum Kind: String, Sendable, Equatable {
        /// At a time on the wall: ``AtSchedule``.
        case at
        /// On a grid of time: ``IntervalSchedule``.
        case interval
        /// At every n-th tick: ``OrdinalSchedule``.
        case ordinal
        /// Once, a while after the first tick: ``AfterSchedule``.
        case after
    }

    /// The name of the schedule, if it has one.
    public let name: String?
    /// The kind of the schedule.
    public let kind: Kind
    /// The clock that ``due`` and ``fired`` are read on.
    public let clock: ScheduleClock
    /// How often the schedule fired, this one included.
    public let count: UInt64
    /// Whether the schedule will not fire again, unless it is armed anew.
    public let isLast: Bool
    /// When the schedule was due, since the zero of ``clock``; of several missed slots of a grid it is the first.
    public let due: Duration
    /// The time of the tick that fired it, since the zero of ``clock``; never earlier than ``due``.
    public let fired: Duration
}
