package import Synchronization
package import Timepiece

/// The alarms of a meter: the library's alarm clock, and what the element wants done for each.
@safe package struct MeterAlarms: ~Copyable, Sendable {
    /// False until the first alarm is armed, so that meters without alarms do not count for them.
    @usableFromInline let armed = Atomic<Bool>(false)
    /// The same as `clock`, which holds the reference as long as this can be called.
    @usableFromInline let ticking: Unmanaged<AlarmClock>?
    private let clock: AlarmClock?
    private let orders = Mutex<[String: Order]>([:])

    /// What the element gave with an alarm, to have it back at each firing.
    package struct Order: Sendable {
        package var action: UInt32 = 0
        package var serial: UInt64 = 0

        package init(action: UInt32 = 0, serial: UInt64 = 0) {
            self.action = action
            self.serial = serial
        }
    }

    init() {
        clock = try? AlarmClock()
        unsafe ticking = clock.map { unsafe Unmanaged.passUnretained($0) }
    }

    /// Counts a tick; true if something is due.
    @inlinable
    @inline(__always)
    package func countTick(at now: UInt64, mediaTime: UInt64?) -> Bool {
        guard armed.load(ordering: .relaxed), let ticking = unsafe ticking else { return false }
        // No retain and no release on the way of a buffer.
        return unsafe ticking._withUnsafeGuaranteedRef {
            $0.countTick(at: MonotonicInstant(nanoseconds: now), mediaTime: mediaTime)
        }
    }

    // The lock spans the clock's part in each of these, so that nothing fires without its order. These schedules have
    // no callbacks, so nothing is called out for meanwhile.

    package func add(_ schedule: any Schedule, name: String, order: Order) throws(TimepieceError) {
        try orders.withLock { orders throws(TimepieceError) in
            try clock?.add(schedule)
            orders[name] = order
        }
        armed.store(true, ordering: .relaxed)
    }

    package func remove(_ name: String) -> Bool {
        orders.withLock { orders in
            orders[name] = nil
            return clock?.remove(name) ?? false
        }
    }

    /// Fires what is due, each with its order.
    package func fire(at now: UInt64, mediaTime: UInt64?) -> [(firing: Firing, order: Order)] {
        orders.withLock { orders in
            let firings = clock?.fire(at: MonotonicInstant(nanoseconds: now), mediaTime: mediaTime) ?? []
            return firings.map { firing in
                guard let name = firing.name else { return (firing, Order()) }
                let order = orders[name] ?? Order()
                if firing.isLast { orders[name] = nil }
                return (firing, order)
            }
        }
    }
}
