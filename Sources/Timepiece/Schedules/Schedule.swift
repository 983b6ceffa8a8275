/// Something that fires at the right one of many ticks.
///
/// A schedule has no thread and no timer. A program with a loop, for example over frames, ticks it there, and the first tick
/// at or after the due time fires it: the tick returns a ``Firing``, and the callback runs, in place or on the
/// schedule's executor. Many schedules are ticked together by an ``AlarmClock``.
///
/// The kinds are ``AtSchedule``, ``IntervalSchedule``, ``OrdinalSchedule`` and ``AfterSchedule``. They are references, so
/// that one can be changed while an alarm clock holds it, and safe to use from several threads, also to tick.
public protocol Schedule: AnyObject, Sendable {
    /// The part of the schedule that an alarm clock works with.
    var queued: QueuedSchedule { get }
}

extension Schedule {
    /// The name that firings carry and by which an alarm clock finds the schedule, if it has one.
    public var name: String? { queued.name }
    /// Whether it can fire more than once.
    public var isRepeating: Bool { queued.isRepeating }
    /// The clock it uses.
    public var clock: ScheduleClock { queued.clock }
    /// The number of firings.
    public var firedCount: UInt64 { queued.count }
    /// Whether it can still fire: false after the last firing, and for the ordinal 0.
    public var isPending: Bool { queued.deadline != nil }

    /// Advances to an instant; if the schedule is due, runs the callback and returns the firing.
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
        queued.tick(at: instant, mediaTime: mediaTime)
    }
}

/// The clocks that schedules use.
public enum ScheduleClock: String, Sendable, Hashable, Codable {
    /// CLOCK_MONOTONIC: see ``MonotonicInstant``.
    case monotonic
    /// The clock of the media, as the ticking program passes it; it runs as fast as the media is processed, and may
    /// jump.
    case runningTime = "running-time"
    /// The wall clock: see ``WallTime``. Only an ``AtSchedule`` uses it.
    case wall
}

/// One firing of a schedule: its schedule, its number, when it was due and when it occurred.
public struct Firing: Sendable, Hashable, Codable {
    /// The kinds of schedules.
    public enum Kind: String, Sendable, Hashable, Codable {
        /// At a wall-clock time: ``AtSchedule``.
        case at
        /// On a grid of time: ``IntervalSchedule``.
        case interval
        /// At every n-th tick: ``OrdinalSchedule``.
        case ordinal
        /// Once, a given time after the first tick: ``AfterSchedule``.
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
    /// Whether the schedule will not fire again, unless it is armed again.
    public let isLast: Bool
    /// When the schedule was due, since the zero of ``clock``; of several missed slots of a grid it is the first.
    public let due: Duration
    /// The time of the tick that fired it, since the zero of ``clock``; never earlier than ``due``.
    public let fired: Duration
}

/// The value that an element attaches to a schedule when it adds it to an alarm clock, and that each firing returns.
package struct FiringTag: Sendable, Equatable {
    package var action: UInt32 = 0
    package var serial: UInt64 = 0

    package init(action: UInt32 = 0, serial: UInt64 = 0) {
        self.action = action
        self.serial = serial
    }
}
