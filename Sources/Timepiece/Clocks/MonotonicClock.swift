/// The clock of intervals as a `Clock`: CLOCK_MONOTONIC, for waiting and for functions that accept any clock.
///
/// ```swift
/// try await MonotonicClock().sleep(until: .now().advanced(by: .seconds(1)))
/// try await Task.sleep(for: .seconds(1), clock: .timepiece)
/// ```
///
/// Time in which the machine is suspended does not count.
public struct MonotonicClock: Clock {
    /// The clock's point in time.
    public typealias Instant = MonotonicInstant

    /// Makes the clock; all are the same.
    public init() {}

    /// The present.
    public var now: MonotonicInstant { .now() }

    /// A nanosecond.
    public var minimumResolution: Duration { .nanoseconds(1) }

    /// Waits until an instant.
    ///
    /// - Throws: `CancellationError` when the task is cancelled.
    public func sleep(until deadline: MonotonicInstant, tolerance: Duration? = nil) async throws {
        // The standard library's timers may be a little early or use another clock, so the clock is read again.
        while true {
            let rest = now.duration(to: deadline)
            guard rest > .zero else { return try Task.checkCancellation() }
            try await Task.sleep(for: rest, tolerance: tolerance, clock: .suspending)
        }
    }
}

extension Clock where Self == MonotonicClock {
    /// CLOCK_MONOTONIC, see ``MonotonicClock``.
    public static var timepiece: MonotonicClock { MonotonicClock() }
}
