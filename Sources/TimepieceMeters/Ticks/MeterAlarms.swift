package import Synchronization
package import Timepiece

/// The alarms of a meter: the library's alarm clock, which a buffer reads without counting references.
@safe package struct MeterAlarms: ~Copyable, Sendable {
    /// False until the first alarm is armed, so that meters without alarms do not count for them.
    @usableFromInline let armed = Atomic<Bool>(false)
    /// The same as `clock`, which holds the reference as long as this can be called.
    @usableFromInline let ticking: Unmanaged<AlarmClock>?
    private let clock: AlarmClock?
    private let firedStore = Atomic<UInt64>(0)

    init() {
        clock = try? AlarmClock()
        unsafe ticking = clock.map { unsafe Unmanaged.passUnretained($0) }
    }

    /// Counts a tick; true if something is due.
    @inlinable
    @inline(__always)
    package func countTick(at now: UInt64, mediaTime: UInt64?) -> Bool {
        guard armed.load(ordering: .relaxed), let ticking = unsafe ticking else { return false }
        // No retain and no release in the path of a buffer.
        return unsafe ticking._withUnsafeGuaranteedRef {
            $0.countTick(at: MonotonicInstant(nanoseconds: now), mediaTime: mediaTime)
        }
    }

    /// Arms an alarm; the tag comes with each of its firings.
    package func add(_ schedule: any Schedule, tag: FiringTag) throws(TimepieceError) {
        try clock?.add(schedule, tag: tag)
        armed.store(true, ordering: .relaxed)
    }

    package func remove(_ name: String) -> Bool {
        clock?.remove(name) ?? false
    }

    /// Fires and returns the alarms that are due.
    package func fire(at now: UInt64, mediaTime: UInt64?) -> [(firing: Firing, tag: FiringTag)] {
        let firings = clock?.fire(at: MonotonicInstant(nanoseconds: now), mediaTime: mediaTime) ?? []
        firedStore.add(UInt64(firings.count), ordering: .relaxed)
        return firings
    }

    /// The number of firings.
    package var fired: UInt64 { firedStore.load(ordering: .relaxed) }
}
