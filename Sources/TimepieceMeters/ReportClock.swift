import Glibc
import Timepiece

/// Something that has to do a thing at an instant, again and again.
package protocol ClockMember: AnyObject, Sendable {
    /// Does what is due and returns when the next thing is, `UInt64.max` for never: then it is let go. Called with no
    /// lock held.
    func run(at now: UInt64) -> UInt64
}

/// The one thread that all meters share: it wakes for the member whose time has come and runs it.
///
/// The thread starts with the first member and ends when the last one has gone, so a process at rest has none.
@safe package final class ReportClock: @unchecked Sendable {
    // Sendable: all state is read and written with `mutex` held.
    package static let shared = ReportClock()

    private struct Entry {
        let member: any ClockMember
        var due: UInt64
    }

    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let changed: UnsafeMutablePointer<pthread_cond_t>
    private var entries: [ObjectIdentifier: Entry] = [:]
    private var running: ObjectIdentifier?
    private var thread: pthread_t?

    package init() {
        unsafe mutex = .allocate(capacity: 1)
        unsafe mutex.initialize(to: pthread_mutex_t())
        unsafe pthread_mutex_init(mutex, nil)
        unsafe changed = .allocate(capacity: 1)
        unsafe changed.initialize(to: pthread_cond_t())
        var attributes = pthread_condattr_t()
        unsafe pthread_condattr_init(&attributes)
        unsafe pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
        unsafe pthread_cond_init(changed, &attributes)
        unsafe pthread_condattr_destroy(&attributes)
    }

    deinit {
        unsafe pthread_cond_destroy(changed)
        unsafe pthread_mutex_destroy(mutex)
        unsafe changed.deallocate()
        unsafe mutex.deallocate()
    }

    /// Runs a member at an instant, and on from there as it answers; one that is here already gets the new instant.
    ///
    /// - Returns: false if no thread could be started, in which case nothing will run.
    package func schedule(_ member: any ClockMember, at due: UInt64) -> Bool {
        lock()
        defer { unlock() }
        entries[ObjectIdentifier(member)] = Entry(member: member, due: due)
        unsafe pthread_cond_broadcast(changed)
        if thread == nil { thread = start() }
        if thread == nil { entries[ObjectIdentifier(member)] = nil }
        return thread != nil
    }

    /// Runs a member no more. When this returns, it is not running either, unless it is itself the caller.
    package func remove(_ member: any ClockMember) {
        let key = ObjectIdentifier(member)
        lock()
        let removed = entries.removeValue(forKey: key)
        unsafe pthread_cond_broadcast(changed)
        while running == key, let thread, pthread_equal(thread, pthread_self()) == 0 {
            unsafe pthread_cond_wait(changed, mutex)
        }
        unlock()
        // Let go of the member only now: its end may call back into this clock.
        _ = removed
    }

    private func lock() { unsafe pthread_mutex_lock(mutex) }
    private func unlock() { unsafe pthread_mutex_unlock(mutex) }

    private func start() -> pthread_t? {
        let thread = try? startThread {
            nameThread("timepiece")
            self.loop()
        }
        if let thread { pthread_detach(thread) }
        return thread
    }

    private func loop() {
        lock()
        while !entries.isEmpty {
            let now = MonotonicInstant.now().nanoseconds
            let due = entries.values.lazy.map(\.due).min() ?? .max
            if due > now {
                wait(until: due)
                continue
            }
            for key in entries.filter({ $0.value.due <= now }).map(\.key) { run(key) }
        }
        thread = nil
        unsafe pthread_cond_broadcast(changed)
        unlock()
    }

    /// Runs one member with the lock let go.
    private func run(_ key: ObjectIdentifier) {
        var member = entries[key]?.member
        guard member != nil else { return }
        running = key
        entries[key]?.due = .max
        unlock()
        let next = member?.run(at: MonotonicInstant.now().nanoseconds) ?? .max
        lock()
        running = nil
        // Rescheduled or removed meanwhile? Then that holds. One that wants nothing more must not stay: it may have been
        // scheduled by a thread that did not see it stop, and nobody would remove it.
        if entries[key]?.due == .max {
            if next == .max { entries[key] = nil } else { entries[key]?.due = next }
        }
        unsafe pthread_cond_broadcast(changed)
        // The last reference may be this one, and its end may call back into this clock.
        unlock()
        member = nil
        lock()
    }

    private func wait(until due: UInt64) {
        guard due != .max else {
            unsafe pthread_cond_wait(changed, mutex)
            return
        }
        var time = timespec(
            tv_sec: Int(clamping: due / 1_000_000_000), tv_nsec: Int(truncatingIfNeeded: due % 1_000_000_000))
        unsafe pthread_cond_timedwait(changed, mutex, &time)
    }
}
