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

    /// Checks the settings and gets ready; no network is used.
    ///
    /// - Parameter settings: what to publish, and where.
    /// - Throws: if a setting breaks a limit of CloudWatch, a profile, file or address that was given cannot be used, or
    ///   the spool cannot be opened.
    public init(_ settings: CloudWatchSettings) throws(CloudWatchSettingsError) {
        try settings.validate()
        self.settings = settings
        sender = try SenderRegistry.shared.acquire(settings)
        number = sender.open(settings.identity)
    }

    deinit {
        close(within: settings.flushDeadline)
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

    /// Sets what hands over the last figures when the process ends by `exit` without a ``close(within:)``.
    ///
    /// The process then waits for the network up to three seconds, and what is not sent by then is in the spool; up to two
    /// more for a thread that hangs in the network to let go. Nothing can be done for a process that a signal kills: it
    /// loses what it gathered since the last interval, but nothing that was spooled.
    ///
    /// - Parameter handler: called on the thread that ends the process, while others still run; it is kept until the
    ///   publisher is closed. Nil for nothing.
    public func onExit(_ handler: (@Sendable () -> Void)?) {
        sender.atExit(number, handler)
    }

    /// Sends what was gathered, or stores it, and ends; later windows are ignored.
    ///
    /// The last publisher of a destination waits for the network no longer than the deadline, then at most a second for the
    /// disk; what has not been sent by then is in the spool and goes out at the next start. Those before it do not wait:
    /// their figures are sent, or stored by the deadline, while the others go on.
    public func close(within deadline: Duration) {
        let isFirst = isClosed.withLock { isClosed in
            defer { isClosed = true }
            return !isClosed
        }
        guard isFirst else { return }
        sender.close(number, within: deadline, isLast: SenderRegistry.shared.release(settings))
    }

    /// How often an element hands its statistics over, so that they fall into the right interval.
    package var handOverPeriod: Duration { min(.seconds(1), settings.interval / 2) }

    /// The deadline of the settings, for a flush and a close by an element.
    package var flushDeadline: Duration { settings.flushDeadline }

    /// What became of the figures for this destination, those of its other publishers included.
    public var status: CloudWatchStatus { sender.status }

    /// Sets what is called when a failure was counted: a repetition, a loss, something spooled, an error.
    ///
    /// - Parameter handler: called on the sender's thread, and for what happened until its end in ``close(within:)``;
    ///   never again once that or another call of this method has returned; it must not wait. Whoever holds a lock that
    ///   the handler takes must not call either. Nil for nothing.
    public func onStatusChange(_ handler: (@Sendable (CloudWatchStatus) -> Void)?) {
        sender.observe(number, handler)
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
