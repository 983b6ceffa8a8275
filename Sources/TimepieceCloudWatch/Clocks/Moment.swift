package import Timepiece

/// What the machine's two clocks showed at once.
package struct Moment: Sendable, Equatable {
    /// The clock that never steps.
    package let boot: BootInstant
    /// The clock on the wall as the machine has it, which may be wrong.
    package let wall: WallTime

    package init(boot: BootInstant, wall: WallTime) {
        self.boot = boot
        self.wall = wall
    }

    /// Reads both clocks.
    package static func now() -> Moment {
        Moment(boot: .now(), wall: .now())
    }

    /// Returns the moment later by a duration, if nobody sets the clock in between.
    package func advanced(by duration: Duration) -> Moment {
        Moment(boot: boot.advanced(by: duration), wall: wall.advanced(by: duration))
    }
}
