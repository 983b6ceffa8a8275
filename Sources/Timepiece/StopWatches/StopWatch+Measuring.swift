extension StopWatch {
    /// Measures how long a closure takes, also one that throws, and returns its value.
    ///
    /// The cost is two readings of the clock, about 25 ns each, and a lock held for a moment.
    public func measure<Value: ~Copyable, Failure: Error>(
        _ work: () throws(Failure) -> Value
    ) throws(Failure) -> Value {
        let start = MonotonicInstant.now()
        defer { record(start.duration(to: .now())) }
        return try work()
    }

    /// Measures how long an asynchronous closure takes from its start to its end, waiting included.
    ///
    /// The closure runs where the caller runs.
    public nonisolated(nonsending) func measure<Value: ~Copyable, Failure: Error>(
        _ work: nonisolated(nonsending) () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let start = MonotonicInstant.now()
        defer { record(start.duration(to: .now())) }
        return try await work()
    }

    /// Measures how long a closure takes on a given clock, also one that throws, and returns its value.
    ///
    /// - Parameters:
    ///   - clock: the clock to measure with; a test passes its own.
    ///   - work: what is measured.
    public func measure<Value: ~Copyable, Failure: Error>(
        clock: some Clock<Duration>, _ work: () throws(Failure) -> Value
    ) throws(Failure) -> Value {
        let start = clock.now
        defer { record(start.duration(to: clock.now)) }
        return try work()
    }

    /// Starts to measure something that is not a closure.
    ///
    /// ```swift
    /// let lap = watch.start()
    /// …
    /// lap.stop()
    /// ```
    ///
    /// - Parameter instant: when it started.
    /// - Returns: the lap that ends the measurement, at the latest when it goes out of scope.
    public func start(at instant: MonotonicInstant = .now()) -> Lap {
        Lap(of: self, start: instant)
    }
}

extension StopWatch: CustomStringConvertible {
    /// The tree from this stopwatch down, one line each, in seconds with four decimals and at most five intervals; only
    /// the name if there is no interval.
    public var description: String {
        tree(indentation: "")
    }

    private func tree(indentation: String) -> String {
        var text = "\(indentation)<StopWatch name=\(name)\(summary)"
        let children = children
        if !children.isEmpty {
            let lines = children.map { $0.tree(indentation: indentation + "    ") }
            text += " children=[\n" + lines.joined(separator: ",\n") + "\n\(indentation)]"
        }
        return text + ">"
    }
}

/// A measurement that has been started by ``StopWatch/start(at:)`` and ends once.
///
/// It ends with ``stop(at:)``, or at the present when it goes out of scope, so no exit of a function is forgotten.
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
    /// - Parameter instant: when it ended. If that is before the start, it is only counted in
    ///   ``StopWatch/backwardsCount``.
    /// - Returns: how long it took; negative if it ended before it started.
    @discardableResult
    public consuming func stop(at instant: MonotonicInstant = .now()) -> Duration {
        isRunning = false
        let duration = start.duration(to: instant)
        watch.record(duration)
        return duration
    }

    /// Ends the measurement without recording it.
    public consuming func discard() {
        isRunning = false
    }
}
