import Glibc
import Synchronization
public import Timepiece

/// Measures the intervals of a recurring event and publishes their statistics to CloudWatch.
///
/// The drop-in for a frame processing loop: make one, call ``tick()`` for each frame, and the metric is there, with
/// percentiles, minute by minute. Fps needs no metric of its own: it is `SampleCount / PERIOD` in metric math.
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
/// - Threads: one thread at a time ticks; anybody may close or read the status. A tick never waits for the network or
///   the disk.
public final class CloudWatchTachometer: Sendable {
    /// How often a window is handed to the publisher; figures that a crash of the process can take are no older.
    private static let windowLength: Duration = .seconds(1)

    private let tachometer: Tachometer
    private let publisher: CloudWatchPublisher

    /// Makes a tachometer that publishes one metric with the keys and the region that AWS's own tools would use.
    ///
    /// - Parameters:
    ///   - namespace: the namespace of the metric.
    ///   - metricName: the name of the metric.
    ///   - dimensions: what tells this series from others.
    ///   - interval: what one datum gathers.
    ///   - region: the AWS region, if it is not to be found in the environment.
    /// - Throws: ``CloudWatchSettingsError`` if a setting cannot be used.
    public convenience init(
        namespace: String, metricName: String = "frame_processing_time",
        dimensions: KeyValuePairs<String, String> = [:], interval: Duration = .seconds(60), region: String? = nil
    ) throws(CloudWatchSettingsError) {
        var settings = CloudWatchSettings(namespace: namespace)
        settings.metricName = metricName
        settings.dimensions = dimensions.map { (name: $0.key, value: $0.value) }
        settings.interval = interval
        settings.region = region
        try self.init(settings)
    }

    /// Makes a tachometer with any settings.
    ///
    /// - Throws: ``CloudWatchSettingsError`` if a setting cannot be used.
    public init(_ settings: CloudWatchSettings) throws(CloudWatchSettingsError) {
        let publisher = try CloudWatchPublisher(settings)
        tachometer = Tachometer(interval: min(Self.windowLength, settings.interval)) { _, window in
            publisher.publish(window.statistics, closedAt: window.closedAt)
        }
        self.publisher = publisher
        publisher.onStatusChange(FirstFailure().tell)
        // Both are let go of when the publisher is closed.
        publisher.onExit { [tachometer] in
            let window = tachometer.closeWindow(at: .now())
            publisher.publish(window.statistics, closedAt: window.closedAt)
        }
    }

    deinit { close() }

    /// Ticks now.
    public func tick() {
        tachometer.tick()
    }

    /// Ticks at a given instant, of a moment ago.
    public func tick(at instant: MonotonicInstant) {
        tachometer.tick(at: instant)
    }

    /// Publishes what was measured so far and ends; ticks that come later are measured and not published.
    ///
    /// - Parameter deadline: how long to wait for the network; what is not sent by then is in the spool.
    public func close(within deadline: Duration = .seconds(3)) {
        let window = tachometer.closeWindow(at: .now())
        publisher.publish(window.statistics, closedAt: window.closedAt)
        publisher.close(within: deadline)
    }

    /// What became of the figures for this destination.
    public var status: CloudWatchStatus { publisher.status }

    /// Sets what is called when a failure was counted: a repetition, a loss, something spooled, an error.
    ///
    /// Without a handler, one line on standard error tells the first failure.
    ///
    /// - Parameter handler: as in ``CloudWatchPublisher/onStatusChange(_:)``.
    public func onStatusChange(_ handler: (@Sendable (CloudWatchStatus) -> Void)?) {
        publisher.onStatusChange(handler)
    }

    /// One line that says how many billed series there are and about what they cost.
    public var costNote: String { publisher.costNote }
}

/// Tells the first failure on standard error.
private final class FirstFailure: Sendable {
    private let isTold = Atomic(false)

    @Sendable func tell(_ status: CloudWatchStatus) {
        guard status.isFailing, !isTold.exchange(true, ordering: .relaxed) else { return }
        let line = "timepiece: Metrics cannot be sent to CloudWatch. \(status.lastError ?? "")\n"
        _ = unsafe Glibc.write(STDERR_FILENO, line, line.utf8.count)
    }
}

/// The ancestor's name for ``CloudWatchTachometer``.
public typealias CWTachometer = CloudWatchTachometer
