import Glibc
import Synchronization
package import Timepiece

/// The thread that gathers and sends for one destination, and what it shares with those who publish there.
///
/// Publishing takes the lock of the state for microseconds; the thread waits for the network and the disk without it.
package final class Sender: Sendable {
    private let state: Mutex<SenderState>
    private let observers = Mutex<[UInt64: @Sendable (CloudWatchStatus) -> Void]>([:])
    private let lastHandlers = Mutex<[UInt64: @Sendable () -> Void]>([:])
    private let delivery: any Delivery
    private let spool: Spool?
    /// Held while observers are called, so that whoever removes one can wait until it is not being called any more. What
    /// they were told last.
    private let told = Mutex(CloudWatchStatus())
    /// The thread that calls observers, while it does.
    private let teller = Atomic<UInt>(0)
    /// The thread that runs this sender, once it does.
    private let ownThread = Atomic<UInt>(0)
    private let wake = WakeSignal()
    private let progress = WakeSignal()

    /// Makes a sender; it does nothing until it is started.
    ///
    /// - Parameters:
    ///   - configuration: the numbers it works by.
    ///   - delivery: the way out.
    ///   - spool: where data wait that cannot be sent.
    ///   - problem: what the status tells as the last error from the start.
    package init(
        _ configuration: SenderConfiguration, delivery: any Delivery, spool: Spool?, problem: String? = nil
    ) {
        var first = SenderState(configuration)
        first.status.lastError = problem
        state = Mutex(first)
        self.delivery = delivery
        self.spool = spool
    }

    /// Starts the thread, which keeps the sender alive until it has finished.
    package func start() {
        guard !OwnThreads.shared.start({ self.run() }) else { return }
        state.withLock {
            $0.couldNotUseSpool("The system gives no thread for sending; figures stay in memory.", now: .now())
        }
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

    /// Calls back on the sender's thread whenever a failure is counted, and once more in ``close(_:within:isLast:)``.
    ///
    /// When this returns, the observer that was there before is not called any more, nor still being called, unless it is
    /// from there that this is called. No lock is held in a call that anything but this method takes.
    package func observe(_ publisher: UInt64, _ observer: (@Sendable (CloudWatchStatus) -> Void)?) {
        observers.withLock { $0[publisher] = observer }
        if !isTelling { told.withLock { _ in } }
    }

    /// True in a call of an observer, from where nothing can wait for its end.
    private var isTelling: Bool {
        teller.load(ordering: .relaxed) == UInt(pthread_self())
    }

    /// True on the sender's thread, for which nothing there can wait.
    private var isOnOwnThread: Bool {
        ownThread.load(ordering: .relaxed) == UInt(pthread_self())
    }

    /// Takes a closed window.
    package func publish(_ window: Statistics, of publisher: UInt64, at moment: Moment) {
        let mustWake = state.withLock { $0.publish(window, of: publisher, at: moment) }
        if mustWake { wake.ring() }
    }

    /// Sends what a series has gathered so far, or stores it by the deadline, without waiting for that.
    package func flushSoon(_ publisher: UInt64, within deadline: Duration) {
        let end = BootInstant.now().advanced(by: deadline)
        state.withLock { state in
            state.take(publisher)
            state.flushSoon(until: end)
        }
        wake.ring()
    }

    /// Sets what hands over the last figures of a series when the process ends without closing it.
    package func atExit(_ publisher: UInt64, _ handler: (@Sendable () -> Void)?) {
        lastHandlers.withLock { $0[publisher] = handler }
    }

    /// Ends a series; with the last one waits until all that was published is sent or in the spool, and ends the thread.
    ///
    /// At the deadline it stops to wait for the network; what is under way then goes to the spool too. The last observer
    /// hears what became of it before it is removed. While others publish, the thread goes on: what a hundred elements
    /// that stop one after the other leave is sent together, and waited for once.
    package func close(_ publisher: UInt64, within deadline: Duration, isLast: Bool) {
        atExit(publisher, nil)
        state.withLock { $0.close(publisher) }
        if isLast {
            flush(within: deadline, isLast: true)
            if !isTelling { tell() }
        } else {
            flushSoon(publisher, within: deadline)
        }
        observe(publisher, nil)
    }

    /// Ends all series and the thread, as the process ends.
    package func closeAll(within deadline: Duration) {
        // Called one after the other with no lock held, as each publishes.
        for handler in lastHandlers.withLock({ $0.values.map(\.self) }) { handler() }
        state.withLock { $0.closeAll() }
        flush(within: deadline, isLast: true)
    }

    /// Waits until all that was published is sent or in the spool.
    package func flush(within deadline: Duration, isLast: Bool) {
        let end = BootInstant.now().advanced(by: deadline)
        state.withLock { $0.flush(until: end, isLast: isLast) }
        wake.ring()
        // Once the network had its time, only the disk is waited for, if there is one, and that not for ever.
        let lastEnd = spool == nil ? end : end.advanced(by: .seconds(1))
        while true {
            let (isFlushed, isSending) = state.withLock { ($0.isFlushed, $0.isSending) }
            let now = BootInstant.now()
            if isFlushed || now >= lastEnd || now >= end && isSending || isOnOwnThread { break }
            progress.wait(atMost: min(.milliseconds(50), now.duration(to: lastEnd)))
        }
        rescue()
        state.withLock { $0.endFlush() }
        wake.ring()
    }

    private func rescue() {
        var (rescue, isFlushed) = state.withLock { state in
            state.isFlushed ? (SenderState.Rescue(), true) : (state.rescue(), false)
        }
        guard !isFlushed, let spool else { return }
        rescue.queuedData += rescue.closedIntervals.map { QueuedDatum(datum: Datum($0)) }
        do throws(SpoolError) {
            let all = rescue.flying + rescue.queuedData
            let (rows, dropped) = try spool.store(all)
            try spool.settle(removed: [], released: rescue.released)
            let summary = try spool.summary()
            state.withLock {
                $0.stored(dropped: dropped, now: .now())
                $0.rescued(Array(rows.prefix(rescue.flying.count)))
                $0.learn(summary)
            }
        } catch {
            state.withLock { $0.couldNotRescue(rescue, error.description, now: .now()) }
        }
    }

    private func run() {
        ownThread.store(UInt(pthread_self()), ordering: .relaxed)
        learnEpochs()
        while perform(state.withLock { $0.nextStep(at: .now()) }) {
            progress.ring()
            tell()
        }
        tell()
        progress.ring()
    }

    /// Does one step; returns false after the last.
    private func perform(_ step: SenderStep) -> Bool {
        switch step {
        case .condense(let minutes):
            let data = minutes.map { Datum($0) }
            state.withLock { $0.condensed(data) }
        case .deliver(let batch):
            let report = delivery.deliver(batch)
            state.withLock { $0.delivered(report, of: batch.number, now: .now()) }
            rememberEpoch()
        case .wait(let instant):
            wake.wait(atMost: max(.zero, BootInstant.now().duration(to: instant)))
        case .finish:
            return false
        case .store, .settle, .claim, .renew:
            useSpool(step)
        }
        return true
    }

    private func useSpool(_ step: SenderStep) {
        guard let spool else { return }
        do throws(SpoolError) {
            switch step {
            case .store(let queuedData):
                let dropped = try spool.store(queuedData).dropped
                note(spool) { $0.stored(dropped: dropped, now: .now()) }
            case .settle(let removed, let released):
                try spool.settle(removed: removed, released: released)
                note(spool) { $0.settled(removed: removed, released: released.map(\.row)) }
            case .claim(let count):
                let delivery = delivery
                let data = try spool.claim(
                    count: count, bytes: CloudWatchLimits.bytesPerRequest - 1024, now: .now(),
                    size: { delivery.largestSize(of: $0) })
                note(spool) { $0.claimed(data, now: .now()) }
            case .renew(let rows):
                let held = try spool.renew(rows, now: .now())
                note(spool) { $0.renewed(held, now: .now()) }
            case .condense, .deliver, .wait, .finish:
                return
            }
        } catch {
            state.withLock { state in
                if case .store = step {
                    state.couldNotStore(error.description, now: .now())
                } else {
                    state.couldNotUseSpool(error.description, now: .now())
                }
            }
        }
    }

    /// Tells the state what a step did in the spool and what lies there now, both at once: whoever waits for the step
    /// reads the status then.
    private func note(_ spool: Spool, _ outcome: (inout SenderState) -> Void) {
        // A spool that cannot be asked any more fails in the next step, and is told of there.
        let summary = try? spool.summary()
        state.withLock { state in
            outcome(&state)
            if let summary { state.learn(summary) }
        }
    }

    private func learnEpochs() {
        guard let known = try? spool?.epochs() else { return }
        state.withLock { $0.learn(epochs: known) }
    }

    /// Writes down the right time of boot for data that wait in the spool, which may outlive this boot.
    private func rememberEpoch() {
        guard let spool, let epoch = state.withLock({ $0.epochToRemember(at: .now()) }) else { return }
        // Without it, data are dated by the machine's clock of then; it is tried again after the next answer.
        guard (try? spool.remember(epoch: epoch)) != nil else { return }
        state.withLock { $0.remembered(epoch) }
    }

    private func tell() {
        told.withLock { told in
            let status = status
            guard status.tellsMoreFailures(than: told) else { return }
            told = status
            teller.store(UInt(pthread_self()), ordering: .relaxed)
            defer { teller.store(0, ordering: .relaxed) }
            for number in observers.withLock({ $0.keys.sorted() }) {
                // Asked anew for each, because one may have removed another.
                observers.withLock { $0[number] }?(status)
            }
        }
    }
}
