/// Distinguishes time stamps that lie from those that go on, or that come out of order.
///
/// Frames that are encoded out of order go back by less than a second. A step beyond that is looked at with the time stamp
/// after it: if that one is where it was before, one time stamp was wrong; if it goes on from the step, then a step back is
/// a clock that was set, and a step ahead is a gap in the stream. The first two are jumps. In a stream whose usual step is
/// longer than an eighth of a second, eight of those are looked at.
///
/// A plain value. Time stamps that surely follow the one before, ``follows(_:_:)``, may be left out; then ``resume(at:)``
/// has to come before the next one.
@usableFromInline
package struct JumpDetector: Sendable {
    /// What a time stamp turned out to be.
    package struct Turn: Sendable, Equatable {
        /// Whether it is where one was to be expected; if not, the next one shows what it is.
        package var isExpected = true
        /// By how much the time stamps were set back, so that adding it lets them go on, in wrapping arithmetic.
        package var shift: UInt64 = 0
        /// Whether the time stamps go on from a step ahead.
        package var isAhead = false
    }

    /// How many jumps there were.
    package private(set) var jumps: UInt64 = 0
    /// The last time stamp that was where it was to be expected, ``none`` before the first.
    private var last = none
    /// The time stamp that was not, until the next one comes, else ``none``.
    private var suspect = none
    /// The last step ahead.
    private var step: UInt64 = 0
    /// Whether nothing is a jump.
    package var isOff = false

    /// No frame is reordered by more.
    @inlinable package static var reordering: UInt64 { 1_000_000_000 }
    private static var none: UInt64 { .max }

    package init() {}

    /// Whether the next time stamp is needed to classify the last one.
    package var isSuspecting: Bool { suspect != Self.none }

    /// Whether a time stamp surely goes on from the one before, whatever came earlier.
    @inlinable
    @inline(__always)
    package static func follows(_ time: UInt64, _ before: UInt64) -> Bool {
        time &- before &+ (reordering &- 1) < 2 &* reordering
    }

    /// The time stamps up to this one were left out.
    package mutating func resume(at before: UInt64) {
        if !isSuspecting, before != Self.none { last = before }
    }

    /// Goes on to a time stamp in nanoseconds.
    package mutating func advance(to time: UInt64) -> Turn {
        var turn = Turn()
        guard time != Self.none, !isOff else { return turn }
        guard last != Self.none else {
            last = time
            return turn
        }
        if isSuspecting {
            if isFollowed(by: time) {
                turn.isAhead = suspect > last
                turn.shift = accept()
            } else {
                jumps.addSaturating(1)
            }
            suspect = Self.none
        }
        guard isUsual(time) else {
            suspect = time
            turn.isExpected = false
            return turn
        }
        if time > last { step = time &- last }
        last = time
        return turn
    }

    /// The time stamps restart, as with a segment.
    package mutating func restart() {
        (last, suspect, step) = (Self.none, Self.none, 0)
    }

    /// Takes out how many jumps there were.
    package mutating func takeJumps() -> UInt64 {
        defer { jumps = 0 }
        return jumps
    }

    private func isUsual(_ time: UInt64) -> Bool {
        guard time >= last else { return last &- time < Self.reordering }
        return time &- last <= max(Self.reordering, step.multipliedSaturating(by: 8))
    }

    /// Whether the next one goes on from the step, and not from where it was before.
    private func isFollowed(by time: UInt64) -> Bool {
        suspect > last
            ? time.addingSaturating(Self.reordering) > suspect
            : time.addingSaturating(Self.reordering) <= last
    }

    /// Goes on from a step that was followed, and returns by how much it was set back.
    private mutating func accept() -> UInt64 {
        defer { last = suspect }
        guard suspect < last else {
            step = suspect &- last
            return 0
        }
        jumps.addSaturating(1)
        // The step back took as long as the one before.
        return (last &- suspect) &+ min(step, Self.reordering)
    }
}
