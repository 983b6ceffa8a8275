/// The clocks that schedules go by.
public enum ScheduleClock: String, Sendable, Equatable {
    /// CLOCK_MONOTONIC: see ``MonotonicInstant``.
    case monotonic
    /// The clock of the media, as the one who ticks tells it; it runs as fast as the media is processed, and may jump.
    case runningTime = "running-time"
    /// The clock on the wall: see ``WallTime``. Only an ``AtSchedule`` goes by it.
    case wall
}
