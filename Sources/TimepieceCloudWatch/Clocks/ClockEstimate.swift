package import Timepiece

/// The estimate of the right time: the machine's wall clock, unless the service's `Date` has shown that it is wrong.
///
/// A device without a battery for its clock boots in 1970. Its data are dated since boot; once the service has
/// responded, even with an error, the offset and thereby the right time stamps are known, also for data that were
/// gathered before.
package struct ClockEstimate: Sendable, Equatable {
    /// How far the wall clock may be from the service's before it is considered wrong.
    ///
    /// A `Date` counts whole seconds and is as old as the response's travel time; half a second is added to it for the
    /// rounding.
    static let tolerance: Duration = .seconds(2)
    /// A wall clock that shows less was never set: the start of 2025.
    package static let earliestPlausible = WallTime(nanoseconds: 1_735_689_600_000_000_000)

    /// How far the right time is ahead of the machine's clock; zero while that is considered right.
    package private(set) var skew: Duration = .zero
    /// True once the service has sent its time.
    package private(set) var isConfirmed = false
    /// The right time at boot, if it differs from the one by the machine's clock.
    private var learned: WallTime?

    package init() {}

    /// Takes the time from a response of the service.
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
}
