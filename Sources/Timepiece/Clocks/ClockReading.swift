/// Readings of both clocks at the same moment, from which the wall-clock time at an instant is computed.
///
/// Code that needs wall time reads it through a closure that returns one of these, so that a test can step the wall
/// clock without changing the machine's.
public struct ClockReading: Sendable, Hashable, Codable {
    /// The time of the monotonic clock.
    public let monotonic: MonotonicInstant
    /// The time of the wall clock.
    public let wall: WallTime

    /// Makes a reading of two values.
    public init(monotonic: MonotonicInstant, wall: WallTime) {
        self.monotonic = monotonic
        self.wall = wall
    }

    /// Reads both clocks, the monotonic one before and after the other, and takes the closest of three attempts.
    ///
    /// A thread that is suspended in between would make the reading wrong by that time; so an attempt that took less
    /// than 10 µs is accepted immediately.
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

    /// Returns the wall-clock time at an instant, unless the clock is set between the reading and then.
    public func wall(at instant: MonotonicInstant) -> WallTime {
        wall.advanced(by: monotonic.duration(to: instant))
    }

    /// Returns the instant at which the wall clock will show the given time, limited to the range of the clock.
    public func instant(at time: WallTime) -> MonotonicInstant {
        monotonic.advanced(by: wall.duration(to: time))
    }
}
