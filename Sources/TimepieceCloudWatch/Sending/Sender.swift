import Glibc
import Synchronization
package import Timepiece

/// The thread that gathers and sends for one destination, and the state that it shares with the publishers there.
///
/// Publishing takes the lock of the state for microseconds. The thread waits for the disk without it; a request, which
/// may take long, has a thread of its own, so that data that cannot be sent by a deadline are stored in time.
package final class Sender: Sendable {
    let state: Mutex<SenderState>
    private let observers = StatusObservers()
    private let lastHandlers = Mutex<[UInt64: @Sendable () -> Void]>([:])
    private let intervalEnds = IntervalEnds()
    let delivery: any Delivery
    let openSpool: (@Sendable () throws(SpoolError) -> Spool)?
    let keepsOrder: Bool
    /// Whether there is a thread that runs this sender, or has run it to its end.
    private let isStarted = Atomic(false)
    /// Counts the events that the thread has to handle.
    private let wake = EventCount()
    /// Counts the steps of the thread, for threads that wait for a flush.
    private let progress = EventCount()

    private let hasProbed = Atomic(false)

    /// Makes a sender; it does nothing until it is started.
    ///
    /// - Parameters:
    ///   - configuration: its parameters.
    ///   - delivery: the destination.
    ///   - openSpool: opens the file for data that cannot be sent; called on the sender's thread, and again after it
    ///     failed or the file was lost. Nil for none.
    package init(
        _ configuration: SenderConfiguration, delivery: any Delivery,
        openSpool: (@Sendable () throws(SpoolError) -> Spool)?
    ) {
        state = Mutex(SenderState(configuration))
        keepsOrder = configuration.keepsOrder
        self.delivery = delivery
        self.openSpool = openSpool
    }

    /// Starts the thread, which keeps the sender alive until it has finished.
    ///
    /// - Returns: false if the system has no thread; the next close tries again.
    @discardableResult
    package func start() -> Bool {
        guard !isStarted.exchange(true, ordering: .relaxed) else { return true }
        guard !OwnThreads.shared.start({ self.run() }) else { return true }
        isStarted.store(false, ordering: .relaxed)
        state.withLock { $0.status.lastError = "The system gives no thread for sending; metrics stay in memory." }
        return false
    }

    /// The status so far.
    package var status: CloudWatchStatus { state.withLock { $0.status } }

    /// The length of the shortest interval among the series, in seconds, and how many series there are.
    package var load: (series: Int, shortestInterval: Int64) {
        state.withLock { ($0.publisherCount, $0.shortestInterval ?? 60) }
    }

    /// Makes room for one more series; returns its number.
    package func open(_ identity: MetricIdentity) -> UInt64 {
        state.withLock { $0.open(identity) }
    }

    /// Makes room for a series that passes complete data; returns its number.
    package func open() -> UInt64 {
        state.withLock { $0.open() }
    }

    /// Takes complete data.
    package func publish(_ data: [Datum]) {
        state.withLock { $0.publish(data, at: .now()) }
        wake.advance()
    }

    /// Calls back on a thread of the sender's whenever a failure is counted, and once more in
    /// ``close(_:within:isLast:)``.
    ///
    /// When this returns, the previous observer is no longer called, nor still in a call, unless this is called from
    /// it, or that call does not return for two seconds. No lock is held in a call.
    package func observe(_ publisher: UInt64, _ observer: (@Sendable (CloudWatchStatus) -> Void)?) {
        observers.set(publisher, observer)
    }

    /// Whether the same series is already published, possibly with an interval of another length.
    package func publishes(_ identity: MetricIdentity) -> Bool {
        state.withLock { $0.publishes(identity) }
    }

    /// Checks, once, the prerequisites for sending, so that a missing one is reported before the first interval is
    /// over.
    package func probe() {
        guard !hasProbed.exchange(true, ordering: .relaxed) else { return }
        _ = OwnThreads.shared.start {
            guard let sentence = self.delivery.obstacle(at: .now()) else { return }
            self.state.withLock { $0.lacks(sentence) }
            self.wake.advance()
        }
    }

    /// Takes a closed window.
    package func publish(_ window: Statistics, of publisher: UInt64, at moment: Moment) {
        let mustWake = state.withLock { $0.publish(window, of: publisher, at: moment) }
        if mustWake { wake.advance() }
    }

    /// Sends the data that a series has gathered so far, or stores them by the deadline, without waiting for that.
    package func flushSoon(_ publisher: UInt64, within deadline: Duration) {
        let end = BootInstant.now().advanced(by: deadline)
        state.withLock { state in
            state.take(publisher)
            state.flushSoon(until: end)
        }
        wake.advance()
    }

    /// Sets the handler that publishes the data of a series at the end of each of its intervals; called on the sender's
    /// thread.
    package func atIntervalEnd(_ publisher: UInt64, interval: Duration, _ handler: (@Sendable () -> Void)?) {
        intervalEnds.set(publisher, interval: interval, clock: state.withLock { $0.clock }, handler: handler)
        wake.advance()
    }

    /// Calls the handler for the end of an interval now, and sends its data, or stores them by the deadline, without
    /// waiting for that.
    package func endIntervalSoon(_ publisher: UInt64, within deadline: Duration) {
        intervalEnds.callSoon(publisher, deadline: BootInstant.now().advanced(by: deadline))
        wake.advance()
    }

    /// Sets the handler that publishes the last statistics of a series when the process ends without closing it.
    package func atExit(_ publisher: UInt64, _ handler: (@Sendable () -> Void)?) {
        lastHandlers.withLock { $0[publisher] = handler }
    }

    /// Ends a series; with the last one, waits until all published data are sent or in the spool, and ends the thread.
    ///
    /// The deadline is for network and disk together, and for all destinations that a thread closes in sequence, see
    /// ``CloseBudget``. The thread continues to try to store data that could be neither sent nor stored by then. The
    /// last observer is called with the outcome before it is removed. While others publish, the thread continues: the
    /// data of a hundred elements that stop in sequence are sent together, with one wait.
    package func close(_ publisher: UInt64, within deadline: Duration, isLast: Bool) {
        atExit(publisher, nil)
        atIntervalEnd(publisher, interval: .seconds(1), nil)
        state.withLock { $0.close(publisher) }
        if isLast {
            CloseBudget.spend(of: max(deadline, CloseBudget.least)) { budget in
                beginFlush(within: deadline, isLast: true)
                awaitFlush(within: budget)
            }
            observers.tell(publisher) { self.status }
        } else {
            flushSoon(publisher, within: deadline)
        }
        observe(publisher, nil)
    }

    /// Ends all series and begins to end the thread, as the process ends.
    package func closeAll(within deadline: Duration) {
        // Called in sequence with no lock held, because each publishes.
        for handler in lastHandlers.withLock({ $0.values.map(\.self) }) { handler() }
        state.withLock { $0.closeAll() }
        beginFlush(within: deadline, isLast: true)
    }

    /// Waits until all published data are sent or in the spool.
    package func flush(within deadline: Duration) {
        beginFlush(within: deadline, isLast: false)
        awaitFlush(within: deadline)
        state.withLock { $0.endFlush() }
        wake.advance()
    }

    /// Requests that all published data be sent or stored; the disk gets the last part of the time.
    private func beginFlush(within deadline: Duration, isLast: Bool) {
        let all = max(deadline, CloseBudget.least)
        // Without a spool, dropped data are still counted and reported.
        let rest: Duration = openSpool == nil ? .milliseconds(50) : .milliseconds(500)
        let network = min(deadline, all - min(rest, all / 2))
        let end = BootInstant.now().advanced(by: network)
        state.withLock { $0.flush(until: end, isLast: isLast) }
        wake.advance()
    }

    /// Waits until all published data are sent or in the spool, no longer than a time.
    func awaitFlush(within time: Duration) {
        let end = MonotonicInstant.now().advanced(by: time)
        // If the system has no thread, this one does the work.
        guard start() else { return run(until: end) }
        while true {
            let seen = progress.value
            if state.withLock({ $0.isFlushed }) || MonotonicInstant.now() >= end { return }
            progress.wait(after: seen, until: end)
        }
    }

    /// Performs the steps of the state until the last one, or until an instant.
    private func run(until end: MonotonicInstant? = nil) {
        var spool: Spool?
        while end.map({ MonotonicInstant.now() < $0 && !state.withLock { $0.isFlushed } }) ?? true {
            let seen = wake.value
            // Their data belong to the intervals that the next step closes.
            let (nextEnd, deadline) = intervalEnds.callDue(at: .now(), clock: state.withLock { $0.clock })
            if let deadline { state.withLock { $0.flushSoon(until: deadline) } }
            let step = state.withLock { $0.nextStep(at: .now()) }
            switch step {
            case .condense(let closedIntervals):
                let data = closedIntervals.map { Datum($0) }
                state.withLock { $0.condensed(data) }
            case .deliver(let batch):
                // The thread keeps this sender until it is done.
                if !OwnThreads.shared.start({ self.deliver(batch) }) { deliver(batch) }
            case .wait(let instant):
                let pause = max(.zero, BootInstant.now().duration(to: min(instant, nextEnd)))
                let last = MonotonicInstant.now().advanced(by: pause)
                wake.wait(after: seen, until: end.map { min($0, last) } ?? last)
            case .open, .store, .settle, .claim, .renew, .remember:
                use(&spool, for: step)
            case .finish:
                tell()
                return progress.advance()
            }
            progress.advance()
            tell()
        }
    }

    private func deliver(_ batch: Batch) {
        let report = delivery.deliver(batch)
        state.withLock { $0.delivered(report, of: batch.number, now: .now()) }
        wake.advance()
        progress.advance()
        tell()
    }

    private func tell() {
        observers.tellAll { self.status }
    }
}
