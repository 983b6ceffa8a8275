extension StopWatch {
    /// Measures how long a closure takes, also one that throws, and returns its value.
    ///
    /// Costs two readings of the clock, about 25 ns each, and a lock held for a moment.
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

    /// Measures how long a closure takes by a clock that is given, also one that throws, and returns its value.
    ///
    /// - Parameters:
    ///   - clock: what to measure by; a test gives its own.
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
    /// - Returns: what ends the measurement, at the latest when it goes out of scope.
    public func start(at instant: MonotonicInstant = .now()) -> Lap {
        Lap(of: self, start: instant)
    }
}

extension StopWatch: CustomStringConvertible {
    /// The tree from this stopwatch down, a line each, in seconds with four decimals and at most five intervals; without
    /// an interval only the name.
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
