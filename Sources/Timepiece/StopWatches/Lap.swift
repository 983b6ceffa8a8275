/// A measurement that has been started by ``StopWatch/start(at:)`` and ends once.
///
/// It ends with ``stop(at:)``, or by itself now when it goes out of scope, so no way out of a function is forgotten.
public struct Lap: ~Copyable, Sendable {
    private let watch: StopWatch
    private let start: MonotonicInstant
    private var isRunning = true

    init(of watch: StopWatch, start: MonotonicInstant) {
        self.watch = watch
        self.start = start
    }

    deinit {
        if isRunning { watch.record(start.duration(to: .now())) }
    }

    /// Ends the measurement and records it.
    ///
    /// - Parameter instant: when it ended. If that is before the start, nothing is recorded but the fact, in
    ///   ``StopWatch/backwardsCount``.
    /// - Returns: how long it took; negative if it ended before it started.
    @discardableResult
    public consuming func stop(at instant: MonotonicInstant = .now()) -> Duration {
        isRunning = false
        let duration = start.duration(to: instant)
        watch.record(duration)
        return duration
    }

    /// Ends the measurement and records nothing.
    public consuming func discard() {
        isRunning = false
    }
}
