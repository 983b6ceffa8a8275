import CTimepiece
import Synchronization
import Timepiece

/// The alarms of a meter: the library's alarm clock, and what the element wants done for each.
final class MeterAlarms: Sendable {
    private let clock: AlarmClock?
    private let actions = Mutex<[String: UInt32]>([:])
    /// False until the first alarm is armed, so that meters without alarms do not count for them.
    private let armed = Atomic<Bool>(false)

    init() {
        clock = try? AlarmClock()
    }

    /// Counts a tick; true if something is due.
    @inline(__always)
    func countTick(at now: UInt64, mediaTime: UInt64?) -> Bool {
        guard armed.load(ordering: .relaxed), let clock else { return false }
        return clock.countTick(at: MonotonicInstant(nanoseconds: now), mediaTime: mediaTime)
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
