import Glibc
package import Timepiece

/// A point of CLOCK_BOOTTIME: the monotonic clock plus the time the machine was suspended.
///
/// Data are dated on it because it neither steps when the wall clock is set nor stops in between, so that one offset to
/// the wall clock, learned later, dates everything since the machine was booted.
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

    /// Returns the instant moved by a duration, limited to the range of the type.
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

/// The kernel's name for this run of the machine, without which an instant since boot has no meaning to a reader.
package enum BootIdentity {
    /// The name, from `/proc/sys/kernel/random/boot_id`; a name of this process' own if there is no such file.
    package static let current: String = read() ?? "process-" + String(UInt64.random(in: .min ... .max), radix: 16)

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

/// The times of the machine's two clocks at the same moment.
package struct Moment: Sendable, Equatable {
    /// The clock that never steps.
    package let boot: BootInstant
    /// The machine's wall clock, which may be wrong.
    package let wall: WallTime

    package init(boot: BootInstant, wall: WallTime) {
        self.boot = boot
        self.wall = wall
    }

    /// Reads both clocks.
    package static func now() -> Moment {
        Moment(boot: .now(), wall: .now())
    }

    /// Returns the moment after a duration, unless the clock is set in between.
    package func advanced(by duration: Duration) -> Moment {
        Moment(boot: boot.advanced(by: duration), wall: wall.advanced(by: duration))
    }
}
