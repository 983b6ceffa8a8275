import Synchronization
public import Timepiece

/// Publishes the statistics of one series to CloudWatch.
///
/// Closed windows go in; once per interval they leave as one datum, from a thread that all publishers with the same
/// destination share. No state of the network or of the disk reaches the caller of ``publish(_:closedAt:)``. What cannot
/// be sent is kept in a file and goes out later, also after a restart. Safe on any thread.
public final class CloudWatchPublisher: Sendable {
    private let settings: CloudWatchSettings
    private let sender: Sender
    private let number: UInt64
    private let isClosed = Mutex(false)
    /// What is doubtful in the settings though they are allowed, a sentence each.
    package let doubts: [String]

    /// Checks the settings and gets ready; no network is used.
    ///
    /// - Parameter settings: what to publish, and where.
    /// - Throws: if a setting breaks a limit of CloudWatch, or a profile, file or address that was given cannot be used.
    public init(_ settings: CloudWatchSettings) throws(CloudWatchSettingsError) {
        try settings.validate()
        self.settings = settings
        sender = SenderRegistry.shared.acquire(settings)
        let identity = settings.identity
        doubts = [settings.intervalDoubt, sender.publishes(identity) ? Self.doubt(of: identity) : nil].compactMap(
            \.self)
        number = sender.open(identity)
    }

    deinit {
        close(within: settings.flushDeadline)
    }

    private static func doubt(of identity: MetricIdentity) -> String {
        "Two publishers of this process publish the series \(identity): CloudWatch adds their samples up, so rates are "
            + "double and percentiles mixed. Give each a label or a dimension of its own."
    }

    /// Hands over the statistics of a window that was closed.
    ///
    /// Takes microseconds and waits for neither network nor disk. Windows without a sample say nothing and are ignored.
    ///
    /// - Parameters:
    ///   - statistics: what was measured in the window.
    ///   - closedAt: when it was closed, a moment ago; it belongs to the interval of the wall clock that this falls into.
    public func publish(_ statistics: Statistics, closedAt: MonotonicInstant) {
        guard statistics.count > 0 else { return }
        let boot = BootInstant(closedAt)
        let now = Moment.now()
        let wall = now.wall.advanced(by: now.boot.duration(to: boot))
        sender.publish(statistics, of: number, at: Moment(boot: boot, wall: wall))
    }

    /// Sends what was gathered so far at once, without waiting for it, and goes on.
    ///
    /// For the end of a stream, after which nothing may come for long. What has not been sent by the deadline is stored in
    /// the spool. Takes microseconds. What comes later in the same interval goes out as one more datum of it, which
    /// CloudWatch adds.
    public func flush(within deadline: Duration) {
        sender.flushSoon(number, within: deadline)
    }

    /// Sets what is called at the end of each interval, to hand over what was gathered in it.
    ///
    /// So what happened in an interval is dated to it, also where nothing happens for long after it.
    ///
    /// - Parameter handler: called on the sender's thread, which waits for it; it is kept until the publisher is closed.
    ///   Nil for nothing.
    public func onIntervalEnd(_ handler: (@Sendable () -> Void)?) {
        sender.atIntervalEnd(number, interval: settings.interval.components.seconds, handler)
    }

    /// Sets what hands over the last statistics when the process ends by `exit` without a `close(within:)`.
    ///
    /// The process then waits for the network up to three seconds, and what is not sent by then is in the spool; up to two
    /// more for a thread that hangs in the network to return. Nothing can be done for a process that a signal kills: it
    /// loses what it gathered since the last interval, but nothing that was spooled.
    ///
    /// - Parameter handler: called on the thread that ends the process, while others still run; it is kept until the
    ///   publisher is closed. Nil for nothing.
    public func onExit(_ handler: (@Sendable () -> Void)?) {
        sender.atExit(number, handler)
    }

    /// Sends what was gathered, or stores it, and ends; later windows are ignored.
    ///
    /// The last publisher of a destination waits for network and disk together no longer than the deadline, or a quarter of a
    /// second if that is longer; what has not been sent by then is in the spool and goes out at the next start. Destinations
    /// that one thread closes one after the other share the longest of their deadlines. A disk that does not answer in time
    /// is tried for half a minute more, with no thread that waits. Publishers before the last one do not wait: their metrics
    /// are sent, or stored by the deadline, while the others go on.
    public func close(within deadline: Duration) {
        let isFirst = isClosed.withLock { isClosed in
            defer { isClosed = true }
            return !isClosed
        }
        guard isFirst else { return }
        sender.close(number, within: deadline, isLast: SenderRegistry.shared.release(settings))
    }

    /// Does the same as the other `close(within:)` without holding up the task's thread.
    public func close(within deadline: Duration) async {
        await OwnThreads.shared.run { self.close(within: deadline) }
    }

    /// How often an element hands its statistics over, so that they fall into the right interval.
    package var handOverPeriod: Duration { min(.seconds(1), settings.interval / 2) }

    /// The deadline of the settings, for a flush and a close by an element.
    package var flushDeadline: Duration { settings.flushDeadline }

    /// What became of the metrics for this destination, those of its other publishers included.
    public var status: CloudWatchStatus { sender.status }

    /// Sets what is called when a failure was counted: a repetition, a loss, something spooled, an error.
    ///
    /// - Parameter handler: called on a thread of the sender's, and for what happened until its end in `close(within:)`;
    ///   never again once that or another call of this method has returned. One that waits holds up no other publisher, but
    ///   its own `close(within:)`. A thread with a lock that the handler takes must not call either. Nil for nothing.
    public func onStatusChange(_ handler: (@Sendable (CloudWatchStatus) -> Void)?) {
        sender.observe(number, handler)
        if handler != nil { sender.probe() }
    }

    /// One line that says how many billed series there are and about what they cost.
    public var costNote: String {
        let load = sender.load
        return CostNote(
            identity: settings.identity, seriesInAll: load.series, shortestInterval: load.shortestInterval,
            isEmbedded: settings.emf != nil
        ).text
    }
}

extension CloudWatchPublisher {
    /// The status whenever a failure was counted, from now on, until the publisher is closed or its task is cancelled.
    ///
    /// It takes the place of what ``onStatusChange(_:)`` set. What was not read yet is replaced by what is newer.
    public var statusChanges: some AsyncSequence<CloudWatchStatus, Never> & Sendable {
        let (stream, continuation) = AsyncStream<CloudWatchStatus>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let end = StreamEnd(continuation)
        onStatusChange { end.continuation.yield($0) }
        return stream
    }
}

/// Finishes a stream when nothing can be added to it any more.
private final class StreamEnd: Sendable {
    let continuation: AsyncStream<CloudWatchStatus>.Continuation

    init(_ continuation: AsyncStream<CloudWatchStatus>.Continuation) {
        self.continuation = continuation
    }

    deinit {
        continuation.finish()
    }
}
