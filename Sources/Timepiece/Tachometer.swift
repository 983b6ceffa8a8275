import Synchronization

/// Measures the intervals of a recurring event and reports their statistics window by window.
///
/// It joins what the ancestor built of a Ticker or a StopWatch and an IntervalSchedule: the first tick opens a window, the
/// first tick at or after each further multiple of `interval` closes it. Every interval belongs to the window in which it
/// ends, so nothing is lost or counted twice, whatever runs meanwhile.
///
/// ```swift
/// let tachometer = Tachometer(interval: .seconds(2), executor: try SerialWorker()) { timestamp, window in
///     print("timestamp:", timestamp, "num:", window.statistics.count)
/// }
/// ```
///
/// Lengths of work are counted instead of the time between ticks with `measure(_:)` and ``record(_:at:)``; the two are
/// not for one tachometer, as they would be mixed.
///
/// A tachometer that is made without an interval is read and closed from outside, say by a clock, and so reports an event
/// that stays away, too: ``closeWindow(at:)``, ``read(at:)``. With an interval, ``run(clock:)`` does the same.
///
/// - Threads: every call is safe from any thread, and no tick is lost where several tick. A tick takes a lock that is held
///   only by other ticks; the one that ends a window takes another, held elsewhere only for the time of copying a window.
/// - Cost: about 15 ns a tick beside the clock; no allocation, no reference counting but at a window's end.
public final class Tachometer: Sendable {
    /// What a report is given: when, by the wall clock, and what was seen.
    public typealias Report = @Sendable (_ timestamp: WallTime, _ window: Window) -> Void

    /// The most intervals that a window lists, see ``init(interval:maxIntervals:executor:report:)``.
    public static var largestMaxIntervals: Int { 1 << 20 }

    private let recorder: Recorder
    /// For a single thread that ticks without a look whether a tick closes a window; may be used as long as the
    /// tachometer lives.
    package let writer: TickWriter
    /// Held for each public call that writes, as the writer is for one thread at a time.
    private let writing = Mutex(())
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
        /// What was recorded since it was last taken, for a second reader with windows of its own; nil if there is none.
        var tapped: Statistics?
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
        }

        /// Lets the intervals since the last release count.
        mutating func accept(_ recorder: borrowing Recorder) {
            drain(recorder)
            guard let tentative else { return }
            open.returnIntervals(tentative, keeping: recorder.maxIntervals)
            tapped?.merge(tentative.statistics)
            self.tentative = nil
        }
    }

    /// Makes a tachometer that reports by its ticks.
    ///
    /// - Parameters:
    ///   - interval: the time between reports, in whole nanoseconds; what is not longer than zero is taken as one.
    ///   - maxIntervals: how many of the last intervals a window lists, from 1 to ``largestMaxIntervals``; what lies
    ///     outside is taken as the nearer end. They have their memory from the start, 16 bytes each.
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

    /// Makes a tachometer that reports by its ticks, with time stamps from a wall clock that is given.
    ///
    /// - Parameters:
    ///   - interval: the time between reports, in whole nanoseconds; what is not longer than zero is taken as one.
    ///   - maxIntervals: how many of the last intervals a window lists, from 1 to ``largestMaxIntervals``; what lies
    ///     outside is taken as the nearer end.
    ///   - executor: where the report runs; in the tick itself if not given.
    ///   - wallClock: reads both clocks at the end of a window; the time stamp is what the wall shows at that instant.
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
    /// Its time begins with the first tick, or when it is first read, closed, or told to ``resume(at:)``.
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
    ///   - instant: when; one before that of the tick before is counted in ``Tally/backwards`` and ends no interval.
    ///   - events: how many events the tick stands for, none if negative.
    ///   - bytes: how many bytes came with them, none if negative.
    ///   - discontinuity: whether something is missing before it.
    public func tick(
        at instant: MonotonicInstant = .now(), events: Int = 1, bytes: Int = 0, discontinuity: Bool = false
    ) {
        let now = instant.nanoseconds
        writing.withLock { _ in
            writer.tick(
                at: now, events: UInt64(max(0, events)), bytes: UInt64(max(0, bytes)), discontinuity: discontinuity,
                position: .max)
        }
        if now >= nextReport.load(ordering: .relaxed) { reportIfDue(at: now) }
    }

    /// Counts a length that was measured elsewhere; windows close by the same rules.
    ///
    /// - Parameters:
    ///   - length: how long it took; a negative one counts as zero.
    ///   - instant: when it ended.
    public func record(_ length: Duration, at instant: MonotonicInstant = .now()) {
        let now = instant.nanoseconds
        writing.withLock { _ in writer.record(length.clampedNanoseconds, at: now) }
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

    /// Ticks for a number of events at once, from one thread at a time.
    package func tick(
        at now: UInt64, events: UInt64 = 1, bytes: UInt64 = 0, discontinuity: Bool = false, position: UInt64 = .max
    ) {
        writer.tick(at: now, events: events, bytes: bytes, discontinuity: discontinuity, position: position)
        if now >= nextReport.load(ordering: .relaxed) { reportIfDue(at: now) }
    }

    /// The windows that are closed from now on, for one or more tasks that each read all of them.
    ///
    /// Of what a task has not read yet, the newest 1,000 are kept. The sequence ends with the tachometer.
    public var windows: some AsyncSequence<Window, Never> & Sendable { listeners.stream(keeping: 1_000) }

    /// Closes the windows by the clock until the task is cancelled, also while no tick comes; then closes the last one.
    ///
    /// It has the shape of a service: it ends without an error when its task is cancelled. Without an interval it only
    /// waits for that.
    ///
    /// - Parameter clock: what to go by; a test gives its own.
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

    /// Reads what the open window holds so far, and leaves it open.
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

    /// Keeps statistics for ``takeTapped()`` from now on.
    package func tap() {
        state.withLock { $0.tapped = $0.tapped ?? Statistics() }
    }

    /// Takes what was recorded since the last time, whatever windows were closed meanwhile.
    package func takeTapped() -> Statistics {
        state.withLock { state in
            state.drain(recorder)
            defer { if state.tapped != nil { state.tapped = Statistics() } }
            return state.tapped ?? Statistics()
        }
    }

    /// Starts the time that counts, which the first tick does as well, or goes on with it after ``pause(at:)``.
    public func resume(at instant: MonotonicInstant = .now()) {
        state.withLock { state in
            state.accept(recorder)
            if recorder.isHeld { recorder.release() }
            state.isPaused = false
            state.time.resume(at: instant.nanoseconds)
        }
    }

    /// Stops the time that counts; ticks still do, but make no intervals until ``resume(at:)``.
    public func pause(at instant: MonotonicInstant = .now()) {
        // From now on time counts by resume alone.
        if interval == nil { nextReport.store(.max, ordering: .relaxed) }
        state.withLock { state in
            recorder.hold()
            state.accept(recorder)
            state.isPaused = true
            state.time.pause(at: instant.nanoseconds)
        }
    }

    /// Lets ticks make intervals again, ahead of ``resume(at:)``, which starts the time that counts: a new row begins, and
    /// what earlier calls in the same pause let begin does not count. Does nothing unless paused.
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

    /// Forgets the position of the last tick, which no longer means anything.
    package func forgetPosition() {
        recorder.forgetPosition()
    }

    /// Makes the next tick be noted, for ``firstTickAfterMark``.
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

    /// Opens the first window, if nothing has.
    private func start(at instant: MonotonicInstant) {
        let now = instant.nanoseconds
        if nextReport.load(ordering: .relaxed) == 0 { reportIfDue(at: now) }
    }

    /// Closes the window if the grid of the first tick says so, and sees to its report.
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
