import Glibc
import Synchronization
import Timepiece

/// Something that has to do a thing at an instant, again and again.
package protocol ClockMember: AnyObject, Sendable {
    /// Does what is due and returns when the next thing is, `UInt64.max` for never: then it is released. Called with no
    /// lock held.
    func run(at now: UInt64) -> UInt64
}

/// The one thread that all meters share: it wakes for the member whose time has come and runs it.
///
/// The thread starts with the first member and ends when the last one has gone, so a process at rest has none.
package final class ReportClock: Sendable {
    package static let shared = ReportClock()

    private struct Entry {
        let member: any ClockMember
        var due: UInt64
    }

    private struct State {
        var entries: [ObjectIdentifier: Entry] = [:]
        var running: ObjectIdentifier?
        var thread: pthread_t?

        /// Returns the members whose time has come, and when that of another one comes; nil if there are none at all, in
        /// which case the thread is to end.
        mutating func due(at now: UInt64) -> (members: [ObjectIdentifier], next: UInt64)? {
            guard !entries.isEmpty else {
                thread = nil
                return nil
            }
            return (entries.filter { $0.value.due <= now }.map(\.key), entries.values.lazy.map(\.due).min() ?? .max)
        }
    }

    private let state = Mutex(State())
    /// Counts the changes of the state.
    private let changes = EventCount()

    package init() {}

    /// Runs a member at an instant, and on from there as it answers; one that is here already gets the new instant.
    ///
    /// - Returns: false if no thread could be started, in which case nothing will run.
    package func schedule(_ member: any ClockMember, at due: UInt64) -> Bool {
        let isScheduled = state.withLock { state in
            if state.thread == nil { state.thread = start() }
            if state.thread != nil { state.entries[ObjectIdentifier(member)] = Entry(member: member, due: due) }
            return state.thread != nil
        }
        changes.advance()
        return isScheduled
    }

    /// Runs a member no more. When this returns, it is not running either, unless it is itself the caller.
    package func remove(_ member: any ClockMember) {
        let key = ObjectIdentifier(member)
        let removed = state.withLock { $0.entries.removeValue(forKey: key) }
        changes.advance()
        while true {
            let seen = changes.value
            let mustWait = state.withLock { state in
                state.running == key && state.thread.map { pthread_equal($0, pthread_self()) == 0 } ?? false
            }
            guard mustWait else { break }
            changes.wait(after: seen)
        }
        // Released only now, with no lock: its end may call back into this clock.
        withExtendedLifetime(removed) {}
    }

    private func start() -> pthread_t? {
        let thread = try? startThread {
            nameThread("timepiece")
            self.loop()
        }
        if let thread { pthread_detach(thread) }
        return thread
    }

    private func loop() {
        while true {
            let seen = changes.value
            let now = MonotonicInstant.now().nanoseconds
            guard let (members, next) = state.withLock({ $0.due(at: now) }) else { return changes.advance() }
            if members.isEmpty { changes.wait(after: seen, until: MonotonicInstant(nanoseconds: next)) }
            for key in members { run(key) }
        }
    }

    /// Runs one member with no lock held.
    private func run(_ key: ObjectIdentifier) {
        let member = state.withLock { state -> (any ClockMember)? in
            guard let entry = state.entries[key] else { return nil }
            state.running = key
            state.entries[key]?.due = .max
            return entry.member
        }
        guard let member else { return }
        let next = member.run(at: MonotonicInstant.now().nanoseconds)
        state.withLock { state in
            state.running = nil
            // Rescheduled or removed meanwhile? Then that holds. One that wants nothing more must not stay: it may have
            // been scheduled by a thread that did not see it stop, and nothing would remove it.
            if state.entries[key]?.due == .max {
                if next == .max { state.entries[key] = nil } else { state.entries[key]?.due = next }
            }
        }
        changes.advance()
        // The last reference may be this one, and its end may call back into this clock: no lock is held here.
    }
}
