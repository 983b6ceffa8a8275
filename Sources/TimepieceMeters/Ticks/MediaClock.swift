import Timepiece

/// The media's time as alarms go by it: running time that only goes forth, and that no jump of the time stamps carries
/// along.
///
/// Frames that are encoded out of order go back by less than a second. A step beyond that is looked at with the buffer
/// after it: if that one is where it was before, one time stamp was wrong; if it goes on from the step, then a step back is
/// a clock that was set, and time goes on from where it was; a step ahead is a gap in the stream, and time follows. The
/// first two are jumps. In a stream whose usual step is longer than an eighth of a second, eight of those are looked at.
struct MediaClock: Sendable {
    /// How many jumps there were since it was last asked.
    private(set) var jumps: UInt64 = 0
    /// The latest time so far, as alarms see it; nil before the first.
    private var furthest: UInt64?
    /// The last time stamp that was where it was to be expected.
    private var last: UInt64 = 0
    /// The time stamp that was not, until the next one comes.
    private var suspect: UInt64?
    /// What is added to the time stamps, in wrapping arithmetic.
    private var shift: UInt64 = 0
    /// The last step ahead.
    private var step: UInt64 = 0

    /// No frame is reordered by more.
    private static let reordering: UInt64 = 1_000_000_000

    /// Goes on to a buffer's running time in nanoseconds, and returns the time that alarms go by.
    mutating func advance(to running: UInt64) -> UInt64 {
        guard let before = furthest else {
            (last, furthest) = (running, running)
            return running
        }
        if let suspect {
            self.suspect = nil
            if isFollowed(suspect, by: running) {
                accept(suspect)
            } else {
                jumps.addSaturating(1)
            }
        }
        guard follows(running) else {
            // What comes next tells what this is.
            suspect = running
            return before
        }
        if running > last { step = running &- last }
        last = running
        return reach(running)
    }

    /// The time stamps restart, as with a segment.
    mutating func restart() {
        (furthest, suspect, shift, step) = (nil, nil, 0, 0)
    }

    /// Takes out how many jumps there were.
    mutating func takeJumps() -> UInt64 {
        defer { jumps = 0 }
        return jumps
    }

    /// Whether a time stamp is where one is to be expected.
    private func follows(_ running: UInt64) -> Bool {
        guard running >= last else { return last &- running < Self.reordering }
        return running &- last <= max(Self.reordering, step.multipliedSaturating(by: 8))
    }

    /// Whether the next one goes on from a step, and not from where it was before.
    private func isFollowed(_ suspect: UInt64, by running: UInt64) -> Bool {
        suspect > last
            ? running.addingSaturating(Self.reordering) > suspect
            : running.addingSaturating(Self.reordering) <= last
    }

    /// Goes on from a step that was followed.
    private mutating func accept(_ suspect: UInt64) {
        if suspect < last {
            jumps.addSaturating(1)
            // The step back took as long as the one before.
            shift = shift &+ (last &- suspect) &+ min(step, Self.reordering)
        } else {
            step = suspect &- last
        }
        last = suspect
    }

    private mutating func reach(_ running: UInt64) -> UInt64 {
        let time = max(furthest ?? 0, running &+ shift)
        furthest = time
        return time
    }
}
