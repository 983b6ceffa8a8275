import Glibc
import Synchronization
public import Timepiece

/// Measures the intervals of a recurring event, or how long work takes, and publishes the statistics to CloudWatch.
///
/// For a frame processing loop, make one and call ``tick(at:)`` for each frame; it publishes the metric, with
/// percentiles, minute by minute. The frame rate needs no metric of its own: it is `SampleCount / PERIOD` in metric
/// math. With `measure(_:)` and ``record(_:at:)`` instead of ticks it publishes elapsed times.
///
/// ```swift
/// let tachometer = try CloudWatchTachometer(
///     namespace: "GStreamer/Video", metricName: "frame_processing_time", dimensions: ["Device": "cam-01"])
/// while let frame = camera.next() {
///     tachometer.tick()
///     process(frame)
/// }
/// tachometer.close()
/// ```
///
/// The measurements of an interval of the wall clock are dated to it, even if the next tick comes hours later: at the
/// end of each interval the sender collects them.
///
/// - Failures: a line on standard error for each new one, unless ``onStatusChange(_:)`` was called.
/// - Threads: every call is safe from any thread. A tick never waits for the network or the disk.
public final class CloudWatchTachometer: Sendable {
    /// How often a window is published; a crash of the process loses the statistics of at most this time.
    private static let windowLength: Duration = .seconds(1)

    private let tachometer: Tachometer
    private let publisher: CloudWatchPublisher

    /// Makes a tachometer that publishes one metric with the credentials and the region that AWS's own tools would use.
    ///
    /// - Parameters:
    ///   - namespace: the namespace of the metric.
    ///   - metricName: the name of the metric.
    ///   - dimensions: the dimensions that distinguish this series from others, as a dictionary or a literal of pairs;
    ///     in the order of the names.
    ///   - interval: the time that one datum covers: whole seconds, up to a day.
    ///   - region: the AWS region, if it is not in the environment.
    ///   - credentials: the source of credentials, if not the sources that AWS's own tools use.
    /// - Throws: ``CloudWatchSettingsError`` if a setting cannot be used.
    public convenience init(
        namespace: String, metricName: String = "frame_processing_time", dimensions: [String: String] = [:],
        interval: Duration = .seconds(60), region: String? = nil, credentials: CloudWatchCredentialsProvider? = nil
    ) throws(CloudWatchSettingsError) {
        var settings = CloudWatchSettings(namespace: namespace)
        settings.metricName = metricName
        settings.setDimensions(dimensions)
        settings.interval = interval
        settings.region = region
        settings.credentials = credentials
        try self.init(settings)
    }

    /// Makes a tachometer with any settings.
    ///
    /// - Throws: ``CloudWatchSettingsError`` if a setting cannot be used.
    public init(_ settings: CloudWatchSettings) throws(CloudWatchSettingsError) {
        let publisher = try CloudWatchPublisher(settings)
        tachometer = Tachometer(interval: min(Self.windowLength, settings.interval)) { _, window in
            Self.publish(window, with: publisher)
        }
        self.publisher = publisher
        // These are released when the publisher is closed.
        publisher.onExit { [tachometer] in Self.publish(tachometer.closeWindow(), with: publisher) }
        publisher.onIntervalEnd { [tachometer] in
            // Statistics that ticks have just published need no other window.
            if tachometer.holdsStatistics { Self.publish(tachometer.closeWindow(), with: publisher) }
        }
        publisher.onStatusChange(Self.tellFailures())
    }

    deinit { close() }

    /// Ticks: ends an interval and begins the next one.
    ///
    /// - Parameter instant: when, a moment ago.
    public func tick(at instant: MonotonicInstant = .now()) {
        tachometer.tick(at: instant)
    }

    /// Counts a length that was measured elsewhere, instead of ticks.
    ///
    /// - Parameters:
    ///   - length: how long it took; a negative one counts as zero.
    ///   - instant: when it ended, a moment ago.
    public func record(_ length: Duration, at instant: MonotonicInstant = .now()) {
        tachometer.record(length, at: instant)
    }

    /// Measures how long a closure takes, also one that throws, and returns its value, instead of ticks.
    public func measure<Value: ~Copyable, Failure: Error>(
        _ work: () throws(Failure) -> Value
    ) throws(Failure) -> Value {
        try tachometer.measure(work)
    }

    /// Does the same on a given clock, for a test.
    public func measure<Value: ~Copyable, Failure: Error, Time: Clock>(
        clock: Time, _ work: () throws(Failure) -> Value
    ) throws(Failure) -> Value where Time.Instant == MonotonicInstant {
        try tachometer.measure(clock: clock, work)
    }

    /// Measures how long an asynchronous closure takes, waiting included, instead of ticks.
    public nonisolated(nonsending) func measure<Value: ~Copyable, Failure: Error>(
        _ work: nonisolated(nonsending) () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        try await tachometer.measure(work)
    }

    /// Publishes the measurements so far and ends; later ticks are measured and not published.
    ///
    /// - Parameters:
    ///   - deadline: how long to wait for the network; data that are not sent by then are in the spool.
    ///   - instant: the present.
    public func close(within deadline: Duration = .seconds(3), at instant: MonotonicInstant = .now()) {
        Self.publish(tachometer.closeWindow(at: instant), with: publisher)
        publisher.close(within: deadline)
    }

    /// Does the same as the other `close(within:at:)` without blocking the task's thread.
    ///
    /// At the top level of a `main.swift` Swift selects the other one, with or without `await`; ``finish(within:at:)``
    /// is this one there, too.
    public func close(within deadline: Duration = .seconds(3), at instant: MonotonicInstant = .now()) async {
        await finish(within: deadline, at: instant)
    }

    /// Does the same as `close(within:at:)` without blocking the task's thread.
    public func finish(within deadline: Duration = .seconds(3), at instant: MonotonicInstant = .now()) async {
        Self.publish(tachometer.closeWindow(at: instant), with: publisher)
        await publisher.finish(within: deadline)
    }

    /// Waits until the task is cancelled, and closes: the shape of a service.
    ///
    /// With swift-service-lifecycle, `extension CloudWatchTachometer: @retroactive Service {}` makes it one; for its
    /// graceful shutdown, wrap the call in `cancelWhenGracefulShutdown`.
    public func run() async {
        while !Task.isCancelled { try? await Task.sleep(for: .seconds(86_400)) }
        await finish()
    }

    /// The windows published from now on, one a second while ticks arrive.
    public var windows: some AsyncSequence<Window, Never> & Sendable { tachometer.windows }

    /// The outcome for the statistics of this destination.
    public var status: CloudWatchStatus { publisher.status }

    /// Sets a handler that is called when a failure was counted, see ``CloudWatchPublisher/onStatusChange(_:)``,
    /// instead of a line on standard error.
    public func onStatusChange(_ handler: (@Sendable (CloudWatchStatus) -> Void)?) {
        publisher.onStatusChange(handler)
    }

    /// The status whenever a failure was counted, instead of a line on standard error; ends when this is closed.
    public var statusChanges: some AsyncSequence<CloudWatchStatus, Never> & Sendable { publisher.statusChanges }

    /// One line with the number of billed series and their approximate cost.
    public var costNote: String { publisher.costNote }

    /// Publishes a window as of its last tick, or of its end if that is earlier, regardless of the next tick.
    private static func publish(_ window: Window, with publisher: CloudWatchPublisher) {
        publisher.publish(window.statistics, closedAt: window.closedAt.advanced(by: .zero - window.sinceLastTick))
    }

    private static func tellFailures() -> @Sendable (CloudWatchStatus) -> Void {
        let told = Told()
        let toldOfSpool = Told()
        return { status in
            var lines: [String] = []
            if let problem = status.spoolError, toldOfSpool.isNew(problem) { lines.append(problem) }
            if let problem = status.lastError, problem != status.spoolError, told.isNew(problem) {
                lines.append(problem)
            }
            for line in lines.map({ "timepiece: CloudWatch: \($0)\n" }) {
                _ = unsafe write(STDERR_FILENO, line, line.utf8.count)
            }
        }
    }
}

/// The last failure that was written, so that a lasting failure is written once.
private final class Told: Sendable {
    private let last = Mutex<String?>(nil)

    func isNew(_ problem: String) -> Bool {
        last.withLock { last in
            defer { last = problem }
            return last != problem
        }
    }
}

/// The ancestor's name for ``CloudWatchTachometer``.
public typealias CWTachometer = CloudWatchTachometer
