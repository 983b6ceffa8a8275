import Glibc
import Synchronization
package import Timepiece

/// The thread that gathers and sends for one destination, and what it shares with those who publish there.
///
/// Publishing takes the lock of the state for microseconds. The thread waits for the disk without it; a request, which may
/// take long, has a thread of its own, so that what cannot be sent by a deadline is stored in time.
package final class Sender: Sendable {
    let state: Mutex<SenderState>
    private let observers = StatusObservers()
    private let lastHandlers = Mutex<[UInt64: @Sendable () -> Void]>([:])
    private let intervalEnds = IntervalEnds()
    let delivery: any Delivery
    let openSpool: (@Sendable () throws(SpoolError) -> Spool)?
    /// Whether there is a thread that runs this sender, or has run it to its end.
    private let isStarted = Atomic(false)
    /// Counts what the thread has to look at.
    private let wake = EventCount()
    /// Counts the steps of the thread, for those who wait for a flush.
    private let progress = EventCount()

    private let hasProbed = Atomic(false)

    /// Makes a sender; it does nothing until it is started.
    ///
    /// - Parameters:
    ///   - configuration: the numbers it works by.
    ///   - delivery: the way out.
    ///   - openSpool: opens the file where data wait that cannot be sent; called on the sender's thread, and again when it
    ///     failed or the file is lost. Nil where there is to be none.
    package init(
        _ configuration: SenderConfiguration, delivery: any Delivery,
        openSpool: (@Sendable () throws(SpoolError) -> Spool)?
    ) {
        state = Mutex(SenderState(configuration))
        self.delivery = delivery
        self.openSpool = openSpool
    }

    /// Starts the thread, which keeps the sender alive until it has finished.
    ///
    /// - Returns: false if the system gives no thread; it is asked for one again, the next time something is closed.
    @discardableResult
    package func start() -> Bool {
        guard !isStarted.exchange(true, ordering: .relaxed) else { return true }
        guard !OwnThreads.shared.start({ self.run() }) else { return true }
        isStarted.store(false, ordering: .relaxed)
        state.withLock { $0.status.lastError = "The system gives no thread for sending; metrics stay in memory." }
        return false
    }

    /// What became of everything so far.
    package var status: CloudWatchStatus { state.withLock { $0.status } }

    /// The length of the shortest interval among the series, in seconds, and how many series there are.
    package var load: (series: Int, shortestInterval: Int64) {
        state.withLock { ($0.publisherCount, $0.shortestInterval ?? 60) }
    }

    /// Makes room for one more series; returns its number.
    package func open(_ identity: MetricIdentity) -> UInt64 {
        state.withLock { $0.open(identity) }
    }

    /// Calls back on a thread of the sender's whenever a failure is counted, and once more in
    /// ``close(_:within:isLast:)``.
    ///
    /// When this returns, the observer that was there before is not called any more, nor still being called, unless it is
    /// from there that this is called. No lock is held in a call that anything but this method takes for this publisher.
    package func observe(_ publisher: UInt64, _ observer: (@Sendable (CloudWatchStatus) -> Void)?) {
        observers.set(publisher, observer)
    }

    /// Whether a series is being published that differs in nothing, or only in the length of its interval.
    package func publishes(_ identity: MetricIdentity) -> Bool {
        state.withLock { $0.publishes(identity) }
    }

    /// Looks, once, whether what sending needs is there, so that the want of it is told before the first interval is over.
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

    /// Sends what a series has gathered so far, or stores it by the deadline, without waiting for that.
    package func flushSoon(_ publisher: UInt64, within deadline: Duration) {
        let end = BootInstant.now().advanced(by: deadline)
        state.withLock { state in
            state.take(publisher)
            state.flushSoon(until: end)
        }
        wake.advance()
    }

    /// Sets what hands over what a series gathered, at the end of each of its intervals; called on the sender's thread.
    package func atIntervalEnd(_ publisher: UInt64, interval: Int64, _ handler: (@Sendable () -> Void)?) {
        intervalEnds.set(publisher, interval: interval, clock: state.withLock { $0.clock }, handler: handler)
        wake.advance()
    }

    /// Sets what hands over the last statistics of a series when the process ends without closing it.
    package func atExit(_ publisher: UInt64, _ handler: (@Sendable () -> Void)?) {
        lastHandlers.withLock { $0[publisher] = handler }
    }

    /// Ends a series; with the last one waits until all that was published is sent or in the spool, and ends the thread.
    ///
    /// The deadline is for network and disk together, and for all destinations that a thread closes one after the other, as
    /// ``CloseBudget`` has it. What could be neither sent nor stored by then, the thread goes on trying to store. The last
    /// observer is told what became of it before it is removed. While others publish, the thread goes on: what a hundred
    /// elements that stop one after the other leave is sent together, and waited for once.
    package func close(_ publisher: UInt64, within deadline: Duration, isLast: Bool) {
        atExit(publisher, nil)
        atIntervalEnd(publisher, interval: 1, nil)
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
        // Called one after the other with no lock held, as each publishes.
        for handler in lastHandlers.withLock({ $0.values.map(\.self) }) { handler() }
        state.withLock { $0.closeAll() }
        beginFlush(within: deadline, isLast: true)
    }

    /// Waits until all that was published is sent or in the spool.
    package func flush(within deadline: Duration) {
        beginFlush(within: deadline, isLast: false)
        awaitFlush(within: deadline)
        state.withLock { $0.endFlush() }
        wake.advance()
    }

    /// Asks that all that was published be sent or stored; the disk gets the last part of the time.
    private func beginFlush(within deadline: Duration, isLast: Bool) {
        let all = max(deadline, CloseBudget.least)
        let network = openSpool == nil ? deadline : min(deadline, all - min(.milliseconds(500), all / 2))
        let end = BootInstant.now().advanced(by: network)
        state.withLock { $0.flush(until: end, isLast: isLast) }
        wake.advance()
    }

    /// Waits until all that was published is sent or in the spool, no longer than a time.
    func awaitFlush(within time: Duration) {
        let end = MonotonicInstant.now().advanced(by: time)
        // Where the system gives no thread, this one does the work.
        guard start() else { return run(until: end) }
        while true {
            let seen = progress.value
            if state.withLock({ $0.isFlushed }) || MonotonicInstant.now() >= end { return }
            progress.wait(after: seen, until: end)
        }
    }

    /// Does the steps of the state until the last one, or until an instant.
    private func run(until end: MonotonicInstant? = nil) {
        var spool: Spool?
        while end.map({ MonotonicInstant.now() < $0 && !state.withLock { $0.isFlushed } }) ?? true {
            let seen = wake.value
            // What they hand over belongs to the intervals that the next step closes.
            let nextEnd = intervalEnds.callDue(at: .now(), clock: state.withLock { $0.clock })
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
