import Synchronization
public import Timepiece
public import TimepieceCloudWatch
public import TimepieceTelemetry

/// Publishes statistics, and metrics of a program's own, in OpenTelemetry's protocol: to a collector, or to any service
/// that accepts OTLP over HTTP.
///
/// Distributions are sent as exponential histograms at scale 6, with exact counts, sums and extremes; they merge, over
/// time and over a fleet. All publishers to one receiver share a thread, a file and its requests. The state of the
/// network does not affect the measuring threads: data that cannot be sent are kept in the file and sent later in the
/// order of their time, also after a restart.
///
/// ```swift
/// let publisher = try OpenTelemetryPublisher(OpenTelemetrySettings(endpoint: "http://127.0.0.1:4318"))
/// let tachometer = Tachometer()
/// publisher.add(tachometer, labels: ["label": "camera 1"])
/// while let frame = camera.next() {
///     tachometer.tick()
///     process(frame)
/// }
/// publisher.close()
/// ```
///
/// - Threads: every call is safe from any thread.
public final class OpenTelemetryPublisher: Sendable {
    private struct State {
        /// By what was added.
        var sources: [ObjectIdentifier: EndingSource] = [:]
        var isClosed = false
    }

    private let exporter: OpenTelemetryExporter
    private let sender: Sender
    private let number: UInt64
    private let deadline: Duration
    private let state = Mutex(State())
    /// Doubts about settings and the environment that are allowed, a sentence each.
    public let doubts: [String]

    /// Checks the settings and the environment and prepares; no network is used.
    ///
    /// - Throws: if one of them cannot be used.
    public init(_ settings: OpenTelemetrySettings = OpenTelemetrySettings()) throws(OpenTelemetrySettingsError) {
        let destination = try OpenTelemetryDestination(settings)
        exporter = .of(destination, lease: settings.lease ?? .seconds(180))
        doubts = destination.doubts
        deadline = settings.flushDeadline
        (sender, number) = exporter.open()
    }

    deinit {
        close(within: deadline)
    }

    /// Publishes the measurements of a tachometer from now on: `timepiece.interval`, `timepiece.buffers` and others.
    ///
    /// A tick has no additional cost.
    ///
    /// - Parameters:
    ///   - tachometer: it is kept until this is closed.
    ///   - labels: the attributes that distinguish it from others; two with the same are added up.
    public func add(_ tachometer: Tachometer, labels: [String: String]) {
        add(TachometerSource(tachometer), for: tachometer, labels: Self.sorted(labels))
    }

    /// Publishes the measurements of a stopwatch and those below it, `timepiece.watch`, each with its full name as the
    /// attribute `watch`.
    ///
    /// Do not reset them meanwhile: to a receiver that is a new start of the count.
    ///
    /// - Parameters:
    ///   - stopWatch: it is kept until this is closed.
    ///   - labels: the attributes that distinguish it from others; two with the same are added up.
    public func add(_ stopWatch: StopWatch, labels: [String: String]) {
        add(StopWatchSource(stopWatch), for: stopWatch, labels: Self.sorted(labels))
    }

    /// Publishes a counter of your own.
    ///
    /// - Parameters:
    ///   - counter: it is kept until it is removed or this is closed.
    ///   - labels: the attributes that distinguish it from others; two with the same are added up.
    /// - Throws: if a metric of another kind, or one of Timepiece's own, has its name.
    public func add(
        _ counter: TelemetryCounter, labels: [String: String]
    ) throws(OpenTelemetrySettingsError) {
        try addInstrument(counter, labels: labels)
    }

    /// Publishes a gauge of your own.
    ///
    /// - Parameters:
    ///   - gauge: it is kept until it is removed or this is closed.
    ///   - labels: the attributes that distinguish it from others; of two with the same the larger value is sent.
    /// - Throws: if a metric of another kind, or one of Timepiece's own, has its name.
    public func add(_ gauge: TelemetryGauge, labels: [String: String]) throws(OpenTelemetrySettingsError) {
        try addInstrument(gauge, labels: labels)
    }

    /// Publishes a distribution of your own.
    ///
    /// - Parameters:
    ///   - distribution: it is kept until it is removed or this is closed.
    ///   - labels: the attributes that distinguish it from others; two with the same are added up.
    /// - Throws: if a metric of another kind, or one of Timepiece's own, has its name.
    public func add(
        _ distribution: TelemetryDistribution, labels: [String: String]
    ) throws(OpenTelemetrySettingsError) {
        try addInstrument(distribution, labels: labels)
    }

    /// Removes an object; its counts stay with its series.
    ///
    /// - Parameter published: the object that was added; nothing happens if it was not.
    public func remove(_ published: AnyObject) {
        let source = state.withLock { $0.sources.removeValue(forKey: ObjectIdentifier(published)) }
        if let source { end(source) }
    }

    private func end(_ source: EndingSource) {
        let now = MonotonicInstant.now().nanoseconds
        source.end(at: now)
        exporter.registry.remove(source, at: now)
    }

    private func addInstrument(
        _ instrument: any TelemetryInstrument, labels: [String: String]
    ) throws(OpenTelemetrySettingsError) {
        guard exporter.registry.takes(instrument.metric) else {
            throw OpenTelemetrySettingsError(
                "The metric \(instrument.metric.dottedName) cannot be published: \(TelemetryRegistry.nameProblem)")
        }
        add(instrument, for: instrument, labels: Self.sorted(labels))
    }

    private static func sorted(_ labels: [String: String]) -> [MetricLabel] {
        labels.sorted { $0.key < $1.key }.map { MetricLabel($0.key, $0.value) }
    }

    /// Publishes the measurements of a source, with labels that distinguish it from others, until this is closed.
    package func add(_ source: any TelemetrySource, labels: [MetricLabel]) {
        add(source, for: source, labels: labels)
    }

    private func add(_ source: any TelemetrySource, for object: AnyObject, labels: [MetricLabel]) {
        let key = ObjectIdentifier(object)
        let source = EndingSource(source)
        let isNew = state.withLock { state in
            guard !state.isClosed, state.sources[key] == nil else { return false }
            state.sources[key] = source
            return true
        }
        if isNew { exporter.registry.add(source, labels: labels, at: MonotonicInstant.now().nanoseconds) }
    }

    /// Starts to send the measurements so far, without waiting; data that are not sent by the deadline are stored.
    public func flush(within deadline: Duration = .seconds(3)) {
        exporter.flush(within: deadline)
    }

    /// Publishes the measurements, and ends.
    ///
    /// Counts stay with the receiver's series. The last publisher to a receiver waits for network and disk no longer
    /// than the deadline; data that are not sent by then are in the file. The others do not wait: their measurements
    /// are sent with the next export.
    ///
    /// - Parameter deadline: how long to wait.
    public func close(within deadline: Duration = .seconds(3)) {
        let sources: [EndingSource]? = state.withLock { state in
            guard !state.isClosed else { return nil }
            state.isClosed = true
            defer { state.sources = [:] }
            return Array(state.sources.values)
        }
        guard let sources else { return }
        for source in sources { end(source) }
        exporter.close(sender, number, within: deadline)
    }

    /// Does the same as ``close(within:)`` without blocking the task's thread.
    public func finish(within deadline: Duration = .seconds(3)) async {
        await OwnThreads.shared.run { self.close(within: deadline) }
    }

    /// The outcome for the data points of this receiver, including those of other publishers; a datum is a point.
    public var status: CloudWatchStatus { sender.status }

    /// Sets a handler that is called when a failure was counted: a repetition, a loss, spooled data, an error.
    ///
    /// - Parameter handler: called on a thread of the sender's, never again once `close(within:)` or another call of this
    ///   method has returned. A handler that waits delays these for two seconds, after which it may return when
    ///   everything has ended. Nil for none.
    public func onStatusChange(_ handler: (@Sendable (CloudWatchStatus) -> Void)?) {
        sender.observe(number, handler)
    }
}
