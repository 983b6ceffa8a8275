import CTimepiece
import Synchronization
import Timepiece

/// The alarms of a meter: the library's alarm clock, and what the element wants done for each.
@safe struct MeterAlarms: ~Copyable, Sendable {
    /// False until the first alarm is armed, so that meters without alarms do not count for them.
    private let armed = Atomic<Bool>(false)
    /// The same as `clock`, which holds the reference as long as this can be called.
    private let ticking: Unmanaged<AlarmClock>?
    private let clock: AlarmClock?
    private let actions = Mutex<[String: UInt32]>([:])

    init() {
        clock = try? AlarmClock()
        unsafe ticking = clock.map { unsafe Unmanaged.passUnretained($0) }
    }

    /// Counts a tick; true if something is due.
    @inline(__always)
    func countTick(at now: UInt64, mediaTime: UInt64?) -> Bool {
        guard armed.load(ordering: .relaxed), let ticking = unsafe ticking else { return false }
        // No retain and no release on the way of a buffer.
        return unsafe ticking._withUnsafeGuaranteedRef {
            $0.countTick(at: MonotonicInstant(nanoseconds: now), mediaTime: mediaTime)
        }
    }

    func add(_ schedule: any Schedule, name: String, action: UInt32) throws(TimepieceError) {
        try clock?.add(schedule)
        actions.withLock { $0[name] = action }
        armed.store(true, ordering: .relaxed)
    }

    func remove(_ name: String) -> Bool {
        actions.withLock { $0[name] = nil }
        return clock?.remove(name) ?? false
    }

    /// Fires what is due and names the action of each firing.
    func fire(at now: UInt64, mediaTime: UInt64?) -> [(firing: Firing, action: UInt32)] {
        let firings = clock?.fire(at: MonotonicInstant(nanoseconds: now), mediaTime: mediaTime) ?? []
        return actions.withLock { actions in
            firings.map { ($0, $0.name.flatMap { actions[$0] } ?? 0) }
        }
    }
}
