import Synchronization
import Timepiece

/// What is called at the end of each interval of a series, so that it hands over what it gathered in that interval.
///
/// Called on the sender's thread with no lock held.
final class IntervalEnds: Sendable {
    private struct Entry {
        let interval: Int64
        let handler: @Sendable () -> Void
        var due: BootInstant
    }

    private let entries = Mutex<[UInt64: Entry]>([:])

    /// Sets what is called for a series with intervals of so many seconds; nil for nothing.
    func set(_ publisher: UInt64, interval: Int64, clock: ClockEstimate, handler: (@Sendable () -> Void)?) {
        let due = Self.end(of: interval, now: .now(), clock: clock)
        let former = entries.withLock { entries in
            defer { entries[publisher] = handler.map { Entry(interval: interval, handler: $0, due: due) } }
            return entries[publisher]
        }
        // Released with no lock held.
        _ = consume former
    }

    /// Calls what is due, and returns when it is next.
    func callDue(at now: Moment, clock: ClockEstimate) -> BootInstant {
        let (due, next) = entries.withLock { entries in
            var due: [@Sendable () -> Void] = []
            var next = BootInstant(nanoseconds: .max)
            for (publisher, var entry) in entries {
                if now.boot >= entry.due {
                    due.append(entry.handler)
                    entry.due = Self.end(of: entry.interval, now: now, clock: clock)
                    entries[publisher] = entry
                }
                next = min(next, entry.due)
            }
            return (due, next)
        }
        for handler in due { handler() }
        return next
    }

    /// The end of the interval of the wall clock's grid that is under way, at the present estimate of the time.
    private static func end(of interval: Int64, now: Moment, clock: ClockEstimate) -> BootInstant {
        let width = max(1, interval)
        let cell = TimeGrid.cell(of: clock.wall(at: now.boot, now: now), interval: width)
        let rest = Duration.seconds((cell + 1) * width) - .nanoseconds(clock.epoch(now: now).nanoseconds)
        return BootInstant(nanoseconds: rest.nanoseconds)
    }
}
