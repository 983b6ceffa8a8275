import Synchronization

/// Measures the intervals of a recurring event and reports their statistics window by window.
///
/// It combines what the ancestor composed of a Ticker or a StopWatch and an IntervalSchedule: the first tick opens a
/// window, and the first tick at or after each further multiple of `interval` closes it. Every interval belongs to the
/// window in which it ends, so no interval is lost or counted twice, regardless of concurrent calls.
///
/// ```swift
/// let tachometer = Tachometer(interval: .seconds(2), executor: try SerialWorker()) { timestamp, window in
///     print("timestamp:", timestamp, "num:", window.statistics.count)
/// }
/// ```
///
/// `measure(_:)` and ``record(_:at:)`` count lengths of work instead of the time between ticks; do not use both with
/// one tachometer, whose statistics would mix them.
///
/// A tachometer without an interval is read and closed from outside, for example on a clock, and so also reports the
/// absence of an event: ``closeWindow(at:)``, ``read(at:)``. With an interval, ``run(clock:)`` does the same.
///
/// - Threads: every call is safe from any thread, and no tick is lost where several tick. A tick waits only for other
///   ticks; the tick that ends a window takes a lock, which is otherwise held only to copy a window.
/// - Cost: about 8 ns a tick in addition to the clock; no allocation, and no reference counting except at a window's
///   end.
public final class Tachometer: Sendable {
    /// The closure of a report: it receives the wall-clock time and the closed window.
    public typealias Report = @Sendable (_ timestamp: WallTime, _ window: Window) -> Void

    /// The largest number of intervals that a window lists, see ``init(interval:maxIntervals:executor:report:)``.
    public static var largestMaxIntervals: Int { 1 << 20 }

    private let recorder: Recorder
    /// For a single thread that ticks without checking whether a tick closes a window; valid as long as the tachometer.
    package let writer: TickWriter
    /// When the next tick closes a window; 0 before the first tick, `UInt64.max` if only others close windows.
    private let nextReport: Atomic<UInt64>
    private let interval: UInt64?
    private let executor: any CallbackExecutor
    private let readClocks: @Sendable () -> ClockReading
    private let report: Report
    private let state: Mutex<State>
    private let listeners = Broadcast<Window>()

    private struct State: Sendable {
        var open = OpenWindow()
        /// The records since they were last taken, for a second reader with windows of its own; nil if there is none.
        var tapped: Statistics?
        /// The records since they were first requested; nil if they were not.
        var kept: Statistics?
        var total = Tally()
        var time = ActiveTime()
        var freezes = FreezeDetector()
        var isPaused = false
        /// While paused and released, the intervals since the last release, which count if ``resume(at:)`` follows.
        var tentative: OpenWindow?

        mutating func drain(_ recorder: borrowing Recorder) {
            var drained = OpenWindow()
            recorder.drain(into: &drained)
            drained.findFreezes(&freezes)
            if tentative != nil { tentative?.merge(drained.takeIntervals(), keeping: recorder.maxIntervals) }
            open.merge(drained, keeping: recorder.maxIntervals)
            tapped?.merge(drained.statistics)
            kept?.merge(drained.statistics)
        }

        /// Lets the intervals since the last release count.
        mutating func accept(_ recorder: borrowing Recorder) {
            drain(recorder)
            guard let tentative else { return }
            open.returnIntervals(tentative, keeping: recorder.maxIntervals)
            tapped?.merge(tentative.statistics)
            kept?.merge(tentative.statistics)
            self.tentative = nil
        }
    }

    /// Makes a tachometer that reports by its ticks.
    ///
    /// - Parameters:
    ///   - interval: the time between reports, in whole nanoseconds; zero and less is replaced by one.
    ///   - maxIntervals: how many of the last intervals a window lists, clamped to 1 to ``largestMaxIntervals``. From
    ///     1,025 on their memory is allocated from the start, 16 bytes each.
    ///   - executor: where the report runs; in the tick itself if not given.
    ///   - report: called with the wall time and the closed window.
    public convenience init(
        interval: Duration, maxIntervals: Int = 10, executor: any CallbackExecutor = InlineExecutor(),
        report: @escaping Report
    ) {
        self.init(
            interval: interval, maxIntervals: maxIntervals, executor: executor, wallClock: ClockReading.now,
            report: report)
    }

    /// Makes a tachometer that reports by its ticks, with time stamps from a given wall clock.
    ///
    /// - Parameters:
    ///   - interval: the time between reports, in whole nanoseconds; what is not longer than zero is taken as one.
    ///   - maxIntervals: how many of the last intervals a window lists, from 1 to ``largestMaxIntervals``; what lies
    ///     outside is taken as the nearer end.
    ///   - executor: where the report runs; in the tick itself if not given.
    ///   - wallClock: reads both clocks at the end of a window; the time stamp is the wall-clock time at that instant.
    ///   - report: called with the wall time and the closed window.
    public init(
        interval: Duration, maxIntervals: Int = 10, executor: any CallbackExecutor = InlineExecutor(),
        wallClock: @escaping @Sendable () -> ClockReading, report: @escaping Report
    ) {
        recorder = Recorder(maxIntervals: min(max(1, maxIntervals), Self.largestMaxIntervals))
        writer = recorder.writer
        self.interval = max(1, interval.clampedNanoseconds)
        self.executor = executor
        readClocks = wallClock
        self.report = report
        nextReport = Atomic(0)
        state = Mutex(State())
    }

    /// Makes a tachometer whose windows others close.
    ///
    /// Its time begins with the first tick, or when it is first read or closed, or at ``resume(at:)``.
    ///
    /// - Parameter maxIntervals: how many of the last intervals a window lists, from 1 to ``largestMaxIntervals``; what
    ///   lies outside is taken as the nearer end.
    public init(maxIntervals: Int = 10) {
        recorder = Recorder(maxIntervals: min(max(1, maxIntervals), Self.largestMaxIntervals))
        writer = recorder.writer
        interval = nil
        executor = InlineExecutor()
        readClocks = ClockReading.now
        report = { _, _ in }
        nextReport = Atomic(0)
        state = Mutex(State())
    }

    deinit {
        listeners.finish()
    }

    /// Ticks: ends an interval and begins the next one.
    ///
    /// - Parameters:
    ///   - instant: when; one before that of the previous tick is counted in ``Tally/backwards`` and does not end an
    ///     interval.
    ///   - events: how many events the tick stands for, none if negative.
    ///   - bytes: how many bytes came with them, none if negative.
    ///   - discontinuity: whether data are missing before it.
    public func tick(
        at instant: MonotonicInstant = .now(), events: Int = 1, bytes: Int = 0, discontinuity: Bool = false
    ) {
        let now = instant.nanoseconds
        writer.tickInTurn(
            at: now, events: UInt64(max(0, events)), bytes: UInt64(max(0, bytes)), discontinuity: discontinuity)
        if now >= nextReport.load(ordering: .relaxed) { reportIfDue(at: now) }
    }

    /// Counts a length that was measured elsewhere; windows close by the same rules.
    ///
    /// - Parameters:
    ///   - length: how long it took; a negative one counts as zero.
    ///   - instant: when it ended.
    public func record(_ length: Duration, at instant: MonotonicInstant = .now()) {
        let now = instant.nanoseconds
        writer.recordInTurn(length.clampedNanoseconds, at: now)
        if now >= nextReport.load(ordering: .relaxed) { reportIfDue(at: now) }
    }

    /// Measures how long a closure takes, also one that throws, and returns its value: the tachometer as a stopwatch.
    public func measure<Value: ~Copyable, Failure: Error>(
        _ work: () throws(Failure) -> Value
    ) throws(Failure) -> Value {
        let start = MonotonicInstant.now()
        defer {
            let end = MonotonicInstant.now()
            record(start.duration(to: end), at: end)
        }
        return try work()
    }

    /// Measures how long an asynchronous closure takes from its start to its end, waiting included.
    ///
    /// The closure runs where the caller runs.
    public nonisolated(nonsending) func measure<Value: ~Copyable, Failure: Error>(
        _ work: nonisolated(nonsending) () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let start = MonotonicInstant.now()
        defer {
            let end = MonotonicInstant.now()
            record(start.duration(to: end), at: end)
        }
        return try await work()
    }

    /// Measures how long a closure takes by a clock that is given, also one that throws, and returns its value.
    ///
    /// - Parameters:
    ///   - clock: what to measure by; a test gives its own.
    ///   - work: what is measured.
    public func measure<Value: ~Copyable, Failure: Error, Time: Clock>(
        clock: Time, _ work: () throws(Failure) -> Value
    ) throws(Failure) -> Value where Time.Instant == MonotonicInstant {
        let start = clock.now
        defer {
            let end = clock.now
            record(start.duration(to: end), at: end)
        }
        return try work()
    }

    /// Ticks for a number of events at once, from one thread at a time.
    package func tick(
        at now: UInt64, events: UInt64 = 1, bytes: UInt64 = 0, discontinuity: Bool = false, position: UInt64 = .max
    ) {
        writer.tick(at: now, events: events, bytes: bytes, discontinuity: discontinuity, position: position)
        if now >= nextReport.load(ordering: .relaxed) { reportIfDue(at: now) }
    }

    /// The windows closed from now on, for one or more tasks that each read all of them.
    ///
    /// The newest 1,000 that a task has not read yet are kept. The sequence ends with the tachometer.
    public var windows: some AsyncSequence<Window, Never> & Sendable { listeners.stream(keeping: 1_000) }

    /// Closes the windows on the clock until the task is cancelled, also while no tick arrives; then closes the last
    /// one.
    ///
    /// It has the shape of a service: it ends without an error when its task is cancelled. Without an interval it only
    /// waits for that.
    ///
    /// - Parameter clock: the clock to use; a test passes its own.
    public func run<Time: Clock>(clock: Time = MonotonicClock()) async where Time.Instant == MonotonicInstant {
        start(at: clock.now)
        while !Task.isCancelled {
            let due = MonotonicInstant(nanoseconds: nextReport.load(ordering: .relaxed))
            guard (try? await clock.sleep(until: due, tolerance: nil)) != nil else { break }
            reportIfDue(at: clock.now.nanoseconds)
        }
        if interval != nil { deliver(closeWindow(at: clock.now)) }
    }

    /// Makes the next tick start a new row: no interval spans an interruption such as a pause or a seek.
    public func interrupt() {
        recorder.interrupt()
    }

    /// Closes the window and opens the next.
    ///
    /// - Parameter instant: the present; the window's duration ends there.
    @discardableResult
    public func closeWindow(at instant: MonotonicInstant = .now()) -> Window {
        start(at: instant)
        let window = state.withLock { state in
            state.drain(recorder)
            let window = Self.window(of: state, recorder: recorder, at: instant.nanoseconds)
            state.total.add(state.open.tally)
            state.open = OpenWindow()
            state.time.restart(at: instant.nanoseconds)
            return window
        }
        listeners.send(window)
        return window
    }

    /// Reads the contents of the open window, and leaves it open.
    ///
    /// - Parameter instant: the present.
    public func read(at instant: MonotonicInstant = .now()) -> Window {
        start(at: instant)
        return state.withLock { state in
            state.drain(recorder)
            return Self.window(of: state, recorder: recorder, at: instant.nanoseconds)
        }
    }

    /// Whether an interval ended, or a length was recorded, in the open window.
    package var holdsStatistics: Bool {
        state.withLock { state in
            state.drain(recorder)
            return state.open.statistics.count > 0
        }
    }

    /// Whether the next tick is not overdue after a silence of some length: at most twice the mean of the last 30
    /// intervals. False if there was no interval yet.
    package func isUsual(_ silence: Duration) -> Bool {
        state.withLock { state in
            state.freezes.mean > 0 && silence.clampedNanoseconds <= state.freezes.mean.multipliedSaturating(by: 2)
        }
    }

    /// Keeps statistics for ``takeTapped()`` from now on.
    package func tap() {
        state.withLock { $0.tapped = $0.tapped ?? Statistics() }
    }

    /// Takes the records since the last call, regardless of windows closed meanwhile.
    package func takeTapped() -> Statistics {
        state.withLock { state in
            state.drain(recorder)
            defer { if state.tapped != nil { state.tapped = Statistics() } }
            return state.tapped ?? Statistics()
        }
    }

    /// Keeps statistics for ``readTotal(at:)`` from now on.
    package func keepTotal() {
        state.withLock { state in
            // Earlier records do not count.
            state.drain(recorder)
            state.kept = state.kept ?? Statistics()
        }
    }

    /// Reads the totals that no window resets, for any number of readers: the events since the tachometer was made, and
    /// the intervals since ``keepTotal()``.
    package func readTotal(
        at instant: MonotonicInstant
    ) -> (tally: Tally, statistics: Statistics, sinceLastTick: Duration) {
        state.withLock { state in
            state.drain(recorder)
            var tally = state.total
            tally.add(state.open.tally)
            let since = state.time.since(recorder.lastTick, at: instant.nanoseconds)
            return (tally, state.kept ?? Statistics(), Duration(clampingNanoseconds: since))
        }
    }

    /// Starts the time that counts, as the first tick does, or continues it after ``pause(at:)``.
    public func resume(at instant: MonotonicInstant = .now()) {
        state.withLock { state in
            state.accept(recorder)
            if recorder.isHeld { recorder.release() }
            state.isPaused = false
            state.time.resume(at: instant.nanoseconds)
        }
    }

    /// Stops the time that counts; ticks are still counted, but do not make intervals until ``resume(at:)``.
    public func pause(at instant: MonotonicInstant = .now()) {
        // From now on only resume starts the time.
        if interval == nil { nextReport.store(.max, ordering: .relaxed) }
        state.withLock { state in
            recorder.hold()
            state.accept(recorder)
            state.isPaused = true
            state.time.pause(at: instant.nanoseconds)
        }
    }

    /// Lets ticks make intervals again, ahead of ``resume(at:)``, which starts the time that counts: a new row begins,
    /// and rows begun by earlier calls in the same pause do not count. Does nothing unless paused.
    package func release() {
        state.withLock { state in
            guard state.isPaused else { return }
            recorder.release()
            state.drain(recorder)
            state.tentative = OpenWindow()
        }
    }

    /// How long the window has been open at an instant, less the time spent paused.
    package func openFor(at now: UInt64) -> UInt64 {
        state.withLock { $0.time.elapsed(at: now) }
    }

    /// Removes the position of the last tick, which is no longer valid.
    package func forgetPosition() {
        recorder.forgetPosition()
    }

    /// Requests that the next tick is noted, for ``firstTickAfterMark``.
    package func markNextTick() {
        recorder.markNextTick()
    }

    /// When the first tick after the last mark came, nil if none did.
    package var firstTickAfterMark: UInt64? { recorder.firstTickAfterMark }

    /// The position that came with the last tick, `UInt64.max` if none did.
    package var lastPosition: UInt64 { recorder.lastPosition }

    /// The instant of the last tick, 0 before the first.
    package var lastTick: UInt64 { recorder.lastTick }

    /// The instant of the last tick or gap, 0 before the first.
    package var lastSign: UInt64 { recorder.lastSign }

    private static func window(of state: State, recorder: borrowing Recorder, at now: UInt64) -> Window {
        var total = state.total
        total.add(state.open.tally)
        let position = recorder.lastPosition
        return Window(
            closedAt: MonotonicInstant(nanoseconds: now),
            duration: Duration(clampingNanoseconds: state.time.elapsed(at: now)),
            tally: state.open.tally,
            total: total,
            statistics: state.open.statistics,
            intervals: state.open.recent.map { Duration(clampingNanoseconds: $0) },
            sinceLastTick: Duration(clampingNanoseconds: state.time.since(recorder.lastTick, at: now)),
            lastPosition: position == .max ? nil : position)
    }

    /// Opens the first window, if it is not open.
    private func start(at instant: MonotonicInstant) {
        let now = instant.nanoseconds
        if nextReport.load(ordering: .relaxed) == 0 { reportIfDue(at: now) }
    }

    /// Closes the window if the grid of the first tick requires it, and reports it.
    @inline(never)
    private func reportIfDue(at now: UInt64) {
        let due = nextReport.load(ordering: .relaxed)
        guard now >= due, due < .max else { return }
        var next = UInt64.max
        if let interval {
            let missed = due == 0 ? 0 : (now - due) / interval
            let start = due == 0 ? now : due
            next = start.addingSaturating(missed.multipliedSaturating(by: interval)).addingSaturating(interval)
        }
        // Of several ticks that are due, one closes the window.
        guard nextReport.compareExchange(expected: due, desired: next, ordering: .relaxed).exchanged else { return }
        guard due > 0 else { return state.withLock { $0.time.resume(at: now) } }
        deliver(closeWindow(at: MonotonicInstant(nanoseconds: now)))
    }

    private func deliver(_ window: Window) {
        let timestamp = readClocks().wall(at: window.closedAt)
        executor.execute { [report] in report(timestamp, window) }
    }
}
