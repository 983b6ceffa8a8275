package import Timepiece

/// What is known about the right time: the machine's wall clock, unless the service's `Date` has proved it wrong.
///
/// A device without a battery for its clock boots in 1970. What it gathers is dated since boot; once the service has
/// answered, with whatever error, the offset is known and the right time stamps follow, for what was gathered before too.
package struct ClockEstimate: Sendable, Equatable {
    /// How far the wall clock may be from the service's before it is held to be wrong.
    ///
    /// A `Date` counts whole seconds and is as old as the answer's way; half a second is added to it for the first.
    static let tolerance: Duration = .seconds(2)
    /// A wall clock that shows less was never set: the start of 2025.
    static let earliestPlausible = WallTime(nanoseconds: 1_735_689_600_000_000_000)

    /// How far the right time is ahead of the machine's clock; zero while that is held to be right.
    package private(set) var skew: Duration = .zero
    /// True once the service has told its time.
    package private(set) var isConfirmed = false
    /// The right time at boot, where it differs from what the machine's clock makes of it.
    private var learned: WallTime?

    package init() {}

    /// Takes the time from an answer of the service.
    package mutating func learn(date: WallTime, sent: Moment, received: Moment) {
        isConfirmed = true
        let way = sent.boot.duration(to: received.boot)
        let right = date.advanced(by: .milliseconds(500))
        let ahead = received.wall.duration(to: right)
        if ahead <= Self.tolerance + way, ahead >= .zero - (Self.tolerance + way) {
            learned = nil
            skew = .zero
        } else {
            learned = right.advanced(by: .nanoseconds(-received.boot.nanoseconds))
            skew = ahead
        }
    }

    /// Returns the right time at an instant of this boot.
    package func wall(at instant: BootInstant, now: Moment) -> WallTime {
        epoch(now: now).advanced(by: .nanoseconds(instant.nanoseconds))
    }

    /// Returns the right time at boot.
    package func epoch(now: Moment) -> WallTime {
        learned ?? now.wall.advanced(by: .nanoseconds(-now.boot.nanoseconds))
    }

    /// True if time stamps can be trusted: the service has told its time, or the clock at least was set.
    package func isPlausible(now: Moment) -> Bool {
        isConfirmed || now.wall >= Self.earliestPlausible
    }
}
