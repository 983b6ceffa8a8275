import Glibc
import Synchronization
public import Timepiece

/// Measures the intervals of a recurring event, or how long work takes, and publishes the statistics to CloudWatch.
///
/// The drop-in for a frame processing loop: make one, call ``tick(at:)`` for each frame, and the metric is there, with
/// percentiles, minute by minute. Fps needs no metric of its own: it is `SampleCount / PERIOD` in metric math. With
/// `measure(_:)` and ``record(_:at:)`` instead of ticks it publishes elapsed times.
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
/// What was measured in an interval of the wall clock is dated to it, also where the next tick comes hours later: at the
/// end of each interval the sender asks for it.
///
/// - Failures: a line on standard error for each that is new, unless ``onStatusChange(_:)`` was called.
/// - Threads: every call is safe from any thread. A tick never waits for the network or the disk.
public final class CloudWatchTachometer: Sendable {
    /// How often a window is handed to the publisher; statistics that a crash of the process can take are no older.
    private static let windowLength: Duration = .seconds(1)

    private let tachometer: Tachometer
    private let publisher: CloudWatchPublisher

    /// Makes a tachometer that publishes one metric with the credentials and the region that AWS's own tools would use.
    ///
    /// - Parameters:
    ///   - namespace: the namespace of the metric.
    ///   - metricName: the name of the metric.
    ///   - dimensions: what tells this series from others, as a dictionary or a literal of pairs; in the order of the names.
    ///   - interval: what one datum gathers: whole seconds, up to a day.
    ///   - region: the AWS region, if it is not to be found in the environment.
    ///   - credentials: where credentials come from, if not from the places that AWS's own tools look at.
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
            // What ticks have just handed over needs no other window.
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

    /// Counts a length that was measured elsewhere, in place of ticks.
    ///
    /// - Parameters:
    ///   - length: how long it took; a negative one counts as zero.
    ///   - instant: when it ended, a moment ago.
    public func record(_ length: Duration, at instant: MonotonicInstant = .now()) {
        tachometer.record(length, at: instant)
    }

    /// Measures how long a closure takes, also one that throws, and returns its value, in place of ticks.
    public func measure<Value: ~Copyable, Failure: Error>(
        _ work: () throws(Failure) -> Value
    ) throws(Failure) -> Value {
        try tachometer.measure(work)
    }

    /// Measures how long an asynchronous closure takes, waiting included, in place of ticks.
    public nonisolated(nonsending) func measure<Value: ~Copyable, Failure: Error>(
        _ work: nonisolated(nonsending) () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        try await tachometer.measure(work)
    }

    /// Publishes what was measured so far and ends; ticks that come later are measured and not published.
    ///
    /// - Parameters:
    ///   - deadline: how long to wait for the network; what is not sent by then is in the spool.
    ///   - instant: the present.
    public func close(within deadline: Duration = .seconds(3), at instant: MonotonicInstant = .now()) {
        Self.publish(tachometer.closeWindow(at: instant), with: publisher)
        publisher.close(within: deadline)
    }

    /// Does the same as the other `close(within:at:)` without holding up the task's thread.
    public func close(within deadline: Duration = .seconds(3), at instant: MonotonicInstant = .now()) async {
        Self.publish(tachometer.closeWindow(at: instant), with: publisher)
        await publisher.close(within: deadline)
    }

    /// Waits until the task is cancelled, and closes: the shape of a service.
    ///
    /// With swift-service-lifecycle, `extension CloudWatchTachometer: @retroactive Service {}` makes it one; for its
    /// graceful shutdown, wrap the call in `cancelWhenGracefulShutdown`.
    public func run() async {
        while !Task.isCancelled { try? await Task.sleep(for: .seconds(86_400)) }
        await close()
    }

    /// The windows that are handed over from now on, one a second while ticks come.
    public var windows: some AsyncSequence<Window, Never> & Sendable { tachometer.windows }

    /// What became of the statistics for this destination.
    public var status: CloudWatchStatus { publisher.status }

    /// Sets what is called when a failure was counted, see ``CloudWatchPublisher/onStatusChange(_:)``, in place of a line
    /// on standard error.
    public func onStatusChange(_ handler: (@Sendable (CloudWatchStatus) -> Void)?) {
        publisher.onStatusChange(handler)
    }

    /// The status whenever a failure was counted, in place of a line on standard error; ends when this is closed.
    public var statusChanges: some AsyncSequence<CloudWatchStatus, Never> & Sendable { publisher.statusChanges }

    /// One line that says how many billed series there are and about what they cost.
    public var costNote: String { publisher.costNote }

    /// Publishes a window as of its last tick, or of its end if that is earlier: when the next one comes does not matter.
    private static func publish(_ window: Window, with publisher: CloudWatchPublisher) {
        publisher.publish(window.statistics, closedAt: window.closedAt.advanced(by: .zero - window.sinceLastTick))
    }

    private static func tellFailures() -> @Sendable (CloudWatchStatus) -> Void {
        let told = Told()
        return { status in
            guard let problem = status.lastError, told.isNew(problem) else { return }
            let line = "timepiece: CloudWatch: \(problem)\n"
            _ = unsafe write(STDERR_FILENO, line, line.utf8.count)
        }
    }
}

/// The last failure that was written, so that one which lasts is written once.
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
