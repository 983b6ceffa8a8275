import Synchronization
import Timepiece

/// The handlers that are called at the end of each interval of a series, to publish the data of that interval.
///
/// Called on the sender's thread with no lock held.
final class IntervalEnds: Sendable {
    private struct Entry {
        /// In nanoseconds.
        let interval: Int64
        let handler: @Sendable () -> Void
        var due: BootInstant
        /// By when the data have to be sent or stored; nil for no deadline.
        var deadline: BootInstant?
    }

    private let entries = Mutex<[UInt64: Entry]>([:])

    /// Sets the handler of a series with intervals of a length; nil for none.
    func set(_ publisher: UInt64, interval length: Duration, clock: ClockEstimate, handler: (@Sendable () -> Void)?) {
        let interval = max(1, length.nanoseconds)
        let due = Self.end(of: interval, now: .now(), clock: clock)
        let former = entries.withLock { entries in
            defer { entries[publisher] = handler.map { Entry(interval: interval, handler: $0, due: due) } }
            return entries[publisher]
        }
        // Released with no lock held.
        _ = consume former
    }

    /// Makes the handler of a series due now, and its data to be sent by a deadline.
    func callSoon(_ publisher: UInt64, deadline: BootInstant) {
        entries.withLock { entries in
            entries[publisher]?.due = BootInstant(nanoseconds: .min)
            entries[publisher]?.deadline = deadline
        }
    }

    /// Calls the handlers that are due; returns when the next one is due, and by when the data have to be sent.
    func callDue(at now: Moment, clock: ClockEstimate) -> (next: BootInstant, deadline: BootInstant?) {
        let (due, next, deadline) = entries.withLock { entries in
            var due: [@Sendable () -> Void] = []
            var deadline: BootInstant?
            var next = BootInstant(nanoseconds: .max)
            for (publisher, var entry) in entries {
                if now.boot >= entry.due {
                    due.append(entry.handler)
                    deadline = [deadline, entry.deadline].compactMap(\.self).max()
                    entry.deadline = nil
                    entry.due = Self.end(of: entry.interval, now: now, clock: clock)
                    entries[publisher] = entry
                }
                next = min(next, entry.due)
            }
            return (due, next, deadline)
        }
        for handler in due { handler() }
        return (next, deadline)
    }

    /// The end of the current interval of the wall clock's grid, at the present estimate of the time.
    private static func end(of interval: Int64, now: Moment, clock: ClockEstimate) -> BootInstant {
        let time = clock.wall(at: now.boot, now: now).nanoseconds
        let past = time % interval
        return now.boot.advanced(by: .nanoseconds(past < 0 ? -past : interval - past))
    }
}
