import Synchronization
public import Timepiece
package import TimepieceTelemetry

/// Publishes the statistics of one series to CloudWatch.
///
/// It collects closed windows and sends them once per interval as one datum, on a thread that all publishers with the
/// same destination share. The state of the network and of the disk never affects the caller of
/// ``publish(_:closedAt:)``. Data that cannot be sent are kept in a file and sent later, also after a restart. Safe on
/// any thread.
public final class CloudWatchPublisher: Sendable {
    private let settings: CloudWatchSettings
    /// The sender for PutMetricData, or for documents and dry runs of it; nil if only ``points`` are sent.
    private let series: (sender: Sender, number: UInt64)?
    private let points: PointSeries?
    private let isClosed = Mutex(false)
    /// Doubts about settings that are allowed, a sentence each.
    package let doubts: [String]

    /// Checks the settings and prepares; no network is used.
    ///
    /// - Parameter settings: what to publish, and where.
    /// - Throws: if a setting breaks a limit of CloudWatch, or a given profile, file or address cannot be used.
    public init(_ settings: CloudWatchSettings) throws(CloudWatchSettingsError) {
        try settings.validate()
        self.settings = settings
        let identity = settings.identity
        var isTwice = false
        if settings.transferProtocol == .openTelemetry {
            series = nil
        } else {
            let sender = SenderRegistry.shared.acquire(DestinationKey(settings)) { Sender(settings) }
            isTwice = sender.publishes(identity)
            series = (sender, sender.open(identity))
        }
        points = settings.transferProtocol == .putMetricData ? nil : PointSeries(settings)
        doubts = [settings.intervalDoubt, isTwice ? Self.doubt(of: identity) : nil].compactMap(\.self)
    }

    /// The senders, each with the number that this publisher has there.
    private var places: [(sender: Sender, number: UInt64)] {
        [series, points.map { ($0.sender, $0.number) }].compactMap(\.self)
    }

    /// Whether OpenTelemetry's protocol is used.
    package var speaksOpenTelemetry: Bool { points != nil }

    /// Also sends an element's own metrics, in OpenTelemetry's protocol: whether the stream is stalled, how old the
    /// last buffer is, and its counters.
    package func follow(_ source: any TelemetrySource) {
        points?.follow(source)
    }

    deinit {
        close(within: settings.flushDeadline)
    }

    private static func doubt(of identity: MetricIdentity) -> String {
        "Two publishers of this process publish the series \(identity): CloudWatch adds their samples up, so rates are "
            + "double and percentiles mixed. Give each a label or a dimension of its own."
    }

    /// Publishes the statistics of a closed window.
    ///
    /// Takes microseconds and waits for neither network nor disk. Windows without a sample are ignored.
    ///
    /// - Parameters:
    ///   - statistics: the statistics of the window.
    ///   - closedAt: when it was closed, a moment ago; it belongs to the interval of the wall clock that contains this
    ///     time.
    public func publish(_ statistics: Statistics, closedAt: MonotonicInstant) {
        guard statistics.count > 0 else { return }
        let boot = BootInstant(closedAt)
        let now = Moment.now()
        let wall = now.wall.advanced(by: now.boot.duration(to: boot))
        if let series { series.sender.publish(statistics, of: series.number, at: Moment(boot: boot, wall: wall)) }
        points?.add(statistics)
    }

    /// Starts to send the gathered data immediately, without waiting, and continues.
    ///
    /// For the end of a stream, after which no data may arrive for long. Data that have not been sent by the deadline
    /// are stored in the spool. Takes microseconds. Later data of the same interval are sent as one more datum of it,
    /// which CloudWatch adds.
    public func flush(within deadline: Duration) {
        if let series { series.sender.flushSoon(series.number, within: deadline) }
        if let points { points.sender.endIntervalSoon(points.number, within: deadline) }
    }

    /// Sets a handler that is called at the end of each interval, to publish the data gathered in it.
    ///
    /// So the events of an interval are dated to it, even if no event follows for long.
    ///
    /// - Parameter handler: called on the sender's thread, which waits for it; it is kept until the publisher is closed.
    ///   Nil for nothing.
    public func onIntervalEnd(_ handler: (@Sendable () -> Void)?) {
        if let series { series.sender.atIntervalEnd(series.number, interval: settings.interval, handler) }
        guard let points else { return }
        // If both are used, one calls the handler, and both receive the data.
        let asks = series == nil ? handler : nil
        points.sender.atIntervalEnd(points.number, interval: settings.interval) { [weak points] in
            asks?()
            points?.collect()
        }
    }

    /// Sets a handler that publishes the last statistics when the process ends by `exit` without a `close(within:)`.
    ///
    /// The process then waits for the network up to three seconds, and data that are not sent by then are in the spool;
    /// it waits up to two more for a thread that hangs in the network to return. A process that a signal kills loses
    /// the data gathered since the last interval, but nothing that was spooled.
    ///
    /// - Parameter handler: called on the thread that ends the process, while others still run; it is kept until the
    ///   publisher is closed. Nil for nothing.
    public func onExit(_ handler: (@Sendable () -> Void)?) {
        if let series { series.sender.atExit(series.number, handler) }
        guard let points else { return }
        points.sender.atExit(points.number) { [weak points] in
            handler?()
            points?.collect()
        }
    }

    /// Sends the gathered data, or stores them, and ends; later windows are ignored.
    ///
    /// The last publisher of a destination waits for network and disk together no longer than the deadline, or a quarter of a
    /// second if that is longer; data that have not been sent by then are in the spool and are sent after the next
    /// start. Destinations that one thread closes in sequence share the longest of their deadlines. A disk that does
    /// not respond in time is tried for half a minute more, while no caller waits. Publishers before the last one do
    /// not wait: their metrics are sent, or stored by the deadline, while the others continue.
    public func close(within deadline: Duration) {
        let isFirst = isClosed.withLock { isClosed in
            defer { isClosed = true }
            return !isClosed
        }
        guard isFirst else { return }
        let end = MonotonicInstant.now().advanced(by: deadline)
        points?.collect()
        points?.follow(nil)
        for (place, openTelemetry) in [(series, false), (points.map { ($0.sender, $0.number) }, true)] {
            guard let place else { continue }
            let isLast = SenderRegistry.shared.release(DestinationKey(settings, openTelemetry: openTelemetry))
            place.sender.close(
                place.number, within: max(.zero, MonotonicInstant.now().duration(to: end)), isLast: isLast)
        }
    }

    /// Does the same as the other `close(within:)` without blocking the task's thread.
    ///
    /// At the top level of a `main.swift` Swift selects the other one, with or without `await`; ``finish(within:)`` is
    /// this one there, too.
    public func close(within deadline: Duration) async {
        await finish(within: deadline)
    }

    /// Does the same as `close(within:)` without blocking the task's thread.
    public func finish(within deadline: Duration) async {
        await OwnThreads.shared.run { self.close(within: deadline) }
    }

    /// How often an element publishes its statistics, so that they are in the right interval.
    package var handOverPeriod: Duration { min(.seconds(1), settings.interval / 2) }

    /// The deadline of the settings, for a flush and a close by an element.
    package var flushDeadline: Duration { settings.flushDeadline }

    /// The outcome for the metrics of this destination, including those of its other publishers.
    ///
    /// If both protocols are used it covers both, so that `sent` has each sample twice.
    public var status: CloudWatchStatus { Self.status(of: places) }

    private static func status(of places: [(sender: Sender, number: UInt64)]) -> CloudWatchStatus {
        guard let first = places.first else { return CloudWatchStatus() }
        return places.dropFirst().reduce(into: first.sender.status) { $0.add($1.sender.status) }
    }

    /// Sets a handler that is called when a failure was counted: a repetition, a loss, spooled data, an error.
    ///
    /// - Parameter handler: called on a thread of the sender's, and in `close(within:)` for everything until the end;
    ///   never again once that or another call of this method has returned. A handler that waits does not delay other
    ///   publishers, and delays its own `close(within:)` for two seconds, after which it may return when everything has
    ///   ended. Nil for none.
    public func onStatusChange(_ handler: (@Sendable (CloudWatchStatus) -> Void)?) {
        let places = places
        var whole = handler
        if let handler, places.count > 1 { whole = { _ in handler(Self.status(of: places)) } }
        for place in places {
            place.sender.observe(place.number, whole)
            if handler != nil { place.sender.probe() }
        }
    }

    /// One line with the number of billed series and their approximate cost.
    public var costNote: String {
        guard let load = series?.sender.load else {
            return
                "CloudWatch bills what comes in OpenTelemetry's protocol by the gigabyte, and not by series or request."
        }
        return CostNote(
            identity: settings.identity, seriesInAll: load.series, shortestInterval: load.shortestInterval,
            isEmbedded: settings.emf != nil
        ).text
    }
}

extension CloudWatchPublisher {
    /// The status whenever a failure was counted, from now on, until the publisher is closed or its task is cancelled.
    ///
    /// It replaces the handler of ``onStatusChange(_:)``. A status that was not read yet is replaced by a newer one.
    public var statusChanges: some AsyncSequence<CloudWatchStatus, Never> & Sendable {
        let (stream, continuation) = AsyncStream<CloudWatchStatus>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let end = StreamEnd(continuation)
        onStatusChange { end.continuation.yield($0) }
        return stream
    }
}

/// Finishes a stream to which no status can be added any more.
private final class StreamEnd: Sendable {
    let continuation: AsyncStream<CloudWatchStatus>.Continuation

    init(_ continuation: AsyncStream<CloudWatchStatus>.Continuation) {
        self.continuation = continuation
    }

    deinit {
        continuation.finish()
    }
}
