import Glibc
package import Timepiece

/// A point of CLOCK_BOOTTIME: the monotonic clock plus the time the machine was suspended.
///
/// What is gathered is dated on it, for it neither steps when somebody sets the wall clock nor stands still in between,
/// so that one offset to the wall clock, learned later, dates everything since the machine was booted.
package struct BootInstant: Sendable, Comparable, Hashable {
    /// Nanoseconds since the machine was booted.
    package let nanoseconds: Int64

    package init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// Reads the clock.
    package static func now() -> BootInstant {
        BootInstant(nanoseconds: read(CLOCK_BOOTTIME))
    }

    /// Converts an instant of the monotonic clock from the last moments, since the last suspension.
    package init(_ instant: MonotonicInstant) {
        let monotonic = Self.read(CLOCK_MONOTONIC)
        let boot = Self.read(CLOCK_BOOTTIME)
        let own = Int64(clamping: instant.nanoseconds)
        let (sum, overflow) = own.addingReportingOverflow(boot &- monotonic)
        nanoseconds = overflow ? boot : sum
    }

    /// Returns the instant moved by a duration, held within what the type can say.
    package func advanced(by duration: Duration) -> BootInstant {
        let (sum, overflow) = nanoseconds.addingReportingOverflow(duration.nanoseconds)
        return BootInstant(nanoseconds: overflow ? (duration < .zero ? .min : .max) : sum)
    }

    /// Returns how much later the other instant is; negative if it is earlier.
    package func duration(to other: BootInstant) -> Duration {
        .nanoseconds(other.nanoseconds) - .nanoseconds(nanoseconds)
    }

    package static func < (left: BootInstant, right: BootInstant) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        unsafe clock_gettime(clock, &time)
        return Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }
}

/// The name the kernel gave to this run of the machine, without which an instant since boot means nothing to a reader.
enum BootIdentity {
    /// The name, as `/proc/sys/kernel/random/boot_id` has it; one of this process' own where there is no such file.
    static let current: String = read() ?? "process-" + String(UInt64.random(in: .min ... .max), radix: 16)

    private static func read() -> String? {
        let file = unsafe open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = unsafe bytes.withUnsafeMutableBytes { unsafe Glibc.read(file, $0.baseAddress, $0.count) }
        guard count > 0 else { return nil }
        let text = bytes.prefix(count).prefix { $0 > 0x20 }
        return text.isEmpty ? nil : String(decoding: text, as: UTF8.self)
    }
}

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

    /// Returns the moment later by a duration, unless the clock is set in between.
    package func advanced(by duration: Duration) -> Moment {
        Moment(boot: boot.advanced(by: duration), wall: wall.advanced(by: duration))
    }
}
