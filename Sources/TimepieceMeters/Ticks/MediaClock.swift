import Timepiece

/// The media time for alarms: running time that only moves forward, and that does not follow jumps of the time stamps.
///
/// A single wrong time stamp is skipped; if a clock was set back, time continues from its last value, also when the clock
/// is set right again; it follows a gap in the stream: see `JumpDetector`.
struct MediaClock: Sendable {
    private var detector = JumpDetector()
    /// The latest time so far, as alarms see it; nil before the first.
    private var furthest: UInt64?
    /// The offset that is added to the time stamps, in wrapping arithmetic.
    private var shift: UInt64 = 0

    /// The number of jumps.
    var jumps: UInt64 { detector.jumps }

    /// Advances to a buffer's running time in nanoseconds, and returns the time for alarms.
    mutating func advance(to running: UInt64) -> UInt64 {
        let turn = detector.advance(to: running)
        shift &+= turn.shift
        guard let before = furthest else {
            furthest = running
            return running
        }
        // A clock that was set back is set right.
        if turn.isAhead, JumpDetector.follows(running, before) { shift = 0 }
        // The next time stamp shows whether this is a jump.
        guard turn.isExpected else { return before }
        let time = max(before, running &+ shift)
        furthest = time
        return time
    }

    /// The time stamps restart, as with a segment.
    mutating func restart() {
        detector.restart()
        (furthest, shift) = (nil, 0)
    }
}
