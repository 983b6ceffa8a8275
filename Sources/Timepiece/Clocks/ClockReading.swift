/// Both clocks, read at the same moment: it says what the wall shows at an instant.
///
/// Where wall time matters it is read through a closure that returns one of these, so that a test can step the wall
/// clock without touching the machine's.
public struct ClockReading: Sendable, Hashable, Codable {
    /// What the monotonic clock showed.
    public let monotonic: MonotonicInstant
    /// What the clock on the wall showed.
    public let wall: WallTime

    /// Makes a reading of two values.
    public init(monotonic: MonotonicInstant, wall: WallTime) {
        self.monotonic = monotonic
        self.wall = wall
    }

    /// Reads both clocks, the monotonic one before and after the other, and takes the closest of three attempts.
    ///
    /// A thread that is put to sleep in between would make the reading wrong by its sleep; so one that took less
    /// than 10 µs is taken at once.
    public static func now() -> ClockReading {
        var best = ClockReading(monotonic: .now(), wall: .now())
        var narrowest = UInt64.max
        for _ in 0..<3 {
            let before = MonotonicInstant.now().nanoseconds
            let wall = WallTime.now()
            let width = MonotonicInstant.now().nanoseconds &- before
            if width < narrowest {
                narrowest = width
                best = ClockReading(monotonic: MonotonicInstant(nanoseconds: before &+ width / 2), wall: wall)
            }
            if width < 10_000 { break }
        }
        return best
    }

    /// Returns what the wall shows at an instant, unless it is set between the reading and then.
    public func wall(at instant: MonotonicInstant) -> WallTime {
        wall.advanced(by: monotonic.duration(to: instant))
    }

    /// Returns the instant at which the wall will show the given time, held between the clock's start and its end.
    public func instant(at time: WallTime) -> MonotonicInstant {
        monotonic.advanced(by: wall.duration(to: time))
    }
}
