import Synchronization
package import Timepiece

/// The measurement of one point of a stream: a tachometer whose windows are closed on the clock and at the ends of the
/// stream, a stall detector on the same clock, and an alarm clock that the buffers drive.
@safe package final class TickMeter: StreamMeter {
    // The fields that a buffer needs come first, in one cache line.
    package let writer: TickWriter
    package let alarms = MeterAlarms()
    package let tachometer: Tachometer
    // Only the streaming thread accesses it; the memory exists from init to deinit.
    nonisolated(unsafe) let media: UnsafeMutablePointer<MediaClock>
    package let pipeline: UInt
    private let reporter: any TickReporter
    private let state: Mutex<State>
    private let nominalRateStore = Atomic<UInt64>(0)

    struct State {
        var plan: ReportPlan
        var detector: StallDetector
        var preroll = PrerollDetector()
        var stalls = StallTally()
        var publisher: (any Publisher)?
        var flushing = false
    }

    /// The settings that may change while the stream flows.
    package struct Settings: Sendable {
        /// Nanoseconds between reports; 0 for only the last one.
        package var interval: UInt64
        package var stalls: StallSettings

        package init(interval: UInt64, stalls: StallSettings = StallSettings()) {
            self.interval = interval
            self.stalls = stalls
        }
    }

    /// Returns nil if `maxIntervals` is 0. `pipeline`: see ``ClockMember/pipeline``.
    package init?(settings: Settings, maxIntervals: Int, pipeline: UInt, reporter: any TickReporter) {
        guard maxIntervals > 0 else { return nil }
        self.pipeline = pipeline
        let tachometer = Tachometer(maxIntervals: maxIntervals)
        // A buffer may arrive before play, also after a pause, because sinks start first.
        tachometer.pause(at: MonotonicInstant(nanoseconds: 0))
        self.tachometer = tachometer
        writer = tachometer.writer
        self.reporter = reporter
        unsafe media = .allocate(capacity: 1)
        unsafe media.initialize(to: MediaClock())
        state = Mutex(
            State(
                plan: ReportPlan(interval: settings.interval),
                detector: StallDetector(settings: settings.stalls)))
    }

    deinit {
        unsafe media.deallocate()
    }

    package var position: UInt64 { tachometer.lastPosition }
    package func forgetPosition() { tachometer.forgetPosition() }
    package func interrupt() { tachometer.interrupt() }
    package func release(at now: UInt64) { tachometer.release() }

    /// The element is ready to play, which is reported as a stall if it does not start to play.
    package func prepare(at now: UInt64) -> Bool {
        reschedule(at: now, restart: false) { $0.preroll.start(at: now) }
    }

    package func play(at now: UInt64) -> Bool {
        let event = state.withLock { $0.preroll.rest(at: now) }
        tell(event, at: now)
        tachometer.resume(at: MonotonicInstant(nanoseconds: now))
        return reschedule(at: now, restart: true) { $0.plan.playing = true }
    }

    package func pause(at now: UInt64) {
        tellResumption(at: now)
        tachometer.pause(at: MonotonicInstant(nanoseconds: now))
        _ = reschedule(at: now, restart: true) { $0.plan.playing = false }
    }

    package func begin(at now: UInt64) -> Bool {
        // A new segment in a stream that has not ended does not change the start of a standstill.
        reschedule(at: now, restart: state.withLock { $0.plan.ended }) { $0.plan.ended = false }
    }

    package func flush(_ begins: Bool, at now: UInt64) -> Bool {
        tellResumption(at: now)
        return reschedule(at: now, restart: true) { $0.flushing = begins }
    }

    package func set(_ settings: Settings, at now: UInt64) -> Bool {
        reschedule(at: now, restart: false) { state in
            state.plan.interval = settings.interval
            state.detector.settings = settings.stalls
        }
    }

    package func publish(to publisher: any Publisher) {
        tachometer.tap()
        state.withLock { state in
            state.publisher = publisher
            state.plan.period = publisher.period
        }
        publisher.onExit { [weak self] in self?.handOver(at: MonotonicInstant.now().nanoseconds) }
    }

    package func end(at now: UInt64) {
        tellResumption(at: now)
        let isStopped = state.withLock { state in
            state.plan.ended = true
            state.detector.rest()
            state.stalls.rest(at: now)
            return state.plan.stopped
        }
        // A handler of the resumption may have stopped the meter.
        guard !isStopped else { return }
        ReportClock.shared.remove(self, within: ReportClock.patienceAtEnd)
        // No later report would cover it, so it does not wait for the reader.
        let last = tachometer.closeWindow(at: MonotonicInstant(nanoseconds: now))
        // Directly after a report the next buffer is not due yet, and a window without one would read as a collapse.
        if !last.tally.isEmpty || !tachometer.isUsual(last.sinceLastTick) { reporter.report(last) }
        handOver(at: now)
        state.withLock { $0.publisher }?.flush()
    }

    package func stop(at now: UInt64) {
        let already = state.withLock { state in
            defer { state.plan.stopped = true }
            return state.plan.stopped
        }
        guard !already else { return }
        ReportClock.shared.remove(self, within: ReportClock.patienceAtStop)
        state.withLock { $0.stalls.rest(at: now) }
        let last = tachometer.closeWindow(at: MonotonicInstant(nanoseconds: now))
        if last.tally.events > 0 { reporter.report(last) }
        handOver(at: now)
    }

    package func run(at now: UInt64) -> UInt64 {
        guard state.withLock({ $0.plan.flows }) else { return checkPreroll(at: now) }
        checkForStall(at: now)
        if state.withLock({ $0.plan.takeReport(at: now) }) != nil, reporter.isReady { closeWindow(at: now) }
        if state.withLock({ $0.plan.takeHandOver(at: now) }) != nil { handOver(at: now) }
        return state.withLock { $0.next(lastTick: tachometer.lastSign, at: now) }
    }

    /// Checks whether a pipeline does not complete its change to playing; returns when to check again.
    private func checkPreroll(at now: UInt64) -> UInt64 {
        guard state.withLock({ $0.prerollTimeout != nil }) else { return .max }
        let isExpected = reporter.isExpectedToPlay()
        let (event, next) = state.withLock { state in
            let event = state.prerollTimeout.flatMap {
                state.preroll.check(isExpected: isExpected, timeout: $0, interval: state.plan.interval, at: now)
            }
            return (event, state.next(lastTick: 0, at: now))
        }
        tell(event, at: now)
        return next
    }

    private func closeWindow(at now: UInt64) {
        let window = tachometer.closeWindow(at: MonotonicInstant(nanoseconds: now))
        reporter.report(window)
        // A stream that announces a gap has no rate.
        let isTelling = window.statistics.count > 0 && window.tally.gaps == 0
        let event = state.withLock { state in
            // A handler of the window may have stopped the meter and freed its element.
            state.plan.stopped
                ? nil
                : state.detector.closed(
                    at: now, rate: isTelling ? window.statistics.rate : nil, lastTick: tachometer.lastSign,
                    isExcused: window.total.events == window.tally.events, duration: window.duration)
        }
        tell(event, at: now)
    }

    /// Passes the measurements since the last time to the publisher.
    private func handOver(at now: UInt64) {
        state.withLock { $0.publisher }?.publish(tachometer.takeTapped(), at: now)
    }

    private func checkForStall(at now: UInt64) {
        let looks = state.withLock { $0.detector.nextCheck(lastTick: tachometer.lastSign, at: now) <= now }
        // The mark is set before the last tick is read, so that a later tick is certain to be noted.
        if looks { tachometer.markNextTick() }
        let event = state.withLock { state in
            state.detector.check(
                at: now, lastTick: tachometer.lastSign, firstTickAfter: tachometer.firstTickAfterMark)
        }
        tell(event, at: now)
    }

    /// Reports the end of a stall that the clock has not detected yet; for changes of the stream that end the wait.
    private func tellResumption(at now: UInt64) {
        let event = state.withLock { state in
            state.detector.stalled != .standstill
                ? nil
                : state.detector.check(
                    at: now, lastTick: tachometer.lastSign, firstTickAfter: tachometer.firstTickAfterMark)
        }
        tell(event, at: now)
    }

    private func tell(_ event: StallDetector.Event?, at now: UInt64) {
        guard let event else { return }
        state.withLock { $0.stalls.note(event, at: now) }
        reporter.report(event, lastPosition: tachometer.lastPosition)
    }

    func readStalls(at now: UInt64) -> StallTotals {
        state.withLock { $0.stalls.read(at: now) }
    }

    package var nominalRate: Double { Double(bitPattern: nominalRateStore.load(ordering: .relaxed)) }
    package func setNominalRate(_ rate: Double) { nominalRateStore.store(rate.bitPattern, ordering: .relaxed) }

    /// Changes the state and reschedules on the clock; false if the clock cannot run.
    private func reschedule(at now: UInt64, restart: Bool, _ change: (inout sending State) -> Void) -> Bool {
        let open = tachometer.openFor(at: now)
        let due = state.withLock { state in
            change(&state)
            if restart {
                if state.plan.flows, !state.flushing {
                    state.detector.start(at: MonotonicInstant(nanoseconds: now))
                } else {
                    state.detector.rest()
                }
                state.stalls.rest(at: now)
            }
            state.plan.replan(at: now, openFor: open)
            return state.next(lastTick: tachometer.lastSign, at: now)
        }
        if due != .max { return ReportClock.shared.schedule(self, at: due) }
        ReportClock.shared.cancel(self)
        return true
    }
}

extension TickMeter.State {
    /// How long the wait to play may last in nanoseconds, nil for any time.
    var prerollTimeout: UInt64? {
        guard !plan.playing, !plan.stopped, detector.settings.onStart, let timeout = detector.settings.timeout,
            timeout > .zero
        else { return nil }
        return UInt64(clamping: timeout.nanoseconds)
    }

    /// When the next work on the clock is due; `UInt64.max` for never.
    func next(lastTick: UInt64, at now: UInt64) -> UInt64 {
        guard plan.flows else { return preroll.nextCheck(timeout: prerollTimeout, at: now) }
        let check = min(detector.nextCheck(lastTick: lastTick, at: now), firstTickCheck(lastTick: lastTick, at: now))
        return min(plan.next, check)
    }

    /// Before the first buffer there is no start of the wait: check at intervals whether it has arrived.
    private func firstTickCheck(lastTick: UInt64, at now: UInt64) -> UInt64 {
        guard let timeout = detector.settings.timeout, !detector.settings.onStart, lastTick == 0 else { return .max }
        return now.addingSaturating(UInt64(clamping: timeout.nanoseconds) / 2)
    }
}

/// The receiver of a tick meter's reports, on the clock's thread or inside the meter's functions.
package protocol TickReporter: Sendable {
    /// Whether a report may be made now; if not, the window stays open.
    var isReady: Bool { get }
    func report(_ window: Window)
    func report(_ event: StallDetector.Event, lastPosition: UInt64)
    /// Whether the pipeline is changing to paused or playing, and has not completed the change.
    func isExpectedToPlay() -> Bool
}

extension TickReporter {
    package func isExpectedToPlay() -> Bool { false }
}
