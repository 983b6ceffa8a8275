public import Synchronization

/// Measures the intervals of a recurring event and reports their statistics window by window.
///
/// It joins what the ancestor built of a Ticker and an IntervalSchedule: the first tick opens a window, the first tick at
/// or after each further multiple of `interval` closes it. Every interval belongs to the window in which it ends, so
/// nothing is lost or counted twice, whatever runs meanwhile.
///
/// ```swift
/// let tachometer = try Tachometer(interval: .seconds(2), executor: SerialWorker()) { timestamp, window in
///     print("timestamp:", timestamp, "num:", window.statistics.count)
/// }
/// ```
///
/// A tachometer that is made without an interval is read and closed from outside, say by a clock, and so can tell of an
/// event that stays away: ``closeWindow(at:)``, ``read(at:)``.
///
/// - Threads: one thread at a time ticks; anybody may read, close, pause. A tick never waits for another thread, except
///   that the tick which ends a window takes a lock, held elsewhere only for the time of copying a window.
/// - Cost: about 5 ns a tick beside the clock; no allocation, no reference counting but at a window's end.
public final class Tachometer: Sendable {
    /// What a report is given: when, by the wall clock, and what was seen.
    public typealias Report = @Sendable (_ timestamp: WallTime, _ window: Window) -> Void

    private let recorder: Recorder
    /// For who ticks without a look whether a tick closes a window; may be used as long as the tachometer lives.
    @usableFromInline package let writer: TickWriter
    /// When the next tick closes a window; 0 before the first tick, `UInt64.max` if only others close windows.
    @usableFromInline let nextReport: Atomic<UInt64>
    private let interval: UInt64?
    private let executor: any CallbackExecutor
    private let report: Report
    private let state: Mutex<State>

    private struct State: Sendable {
        var open = OpenWindow()
        /// What was recorded since it was last taken, for a second reader with windows of its own; nil if there is none.
        var tapped: Statistics?
        var total = Tally()
        var time = ActiveTime()

        mutating func drain(_ recorder: borrowing Recorder) {
            guard tapped != nil else { return recorder.drain(into: &open) }
            var drained = OpenWindow()
            recorder.drain(into: &drained)
            open.merge(drained, keeping: recorder.maxIntervals)
            tapped?.merge(drained.statistics)
        }
    }

    /// Makes a tachometer that reports by its ticks.
    ///
    /// - Parameters:
    ///   - interval: the time between reports.
    ///   - maxIntervals: how many of the last intervals a window lists.
    ///   - executor: where the report runs; in the tick itself if not given.
    ///   - report: called with the wall time and the closed window.
    /// - Throws: ``TimepieceError`` if the interval is not positive or `maxIntervals` is less than 1.
    public init(
        interval: Duration, maxIntervals: Int = 10, executor: any CallbackExecutor = InlineExecutor(),
        report: @escaping Report
    ) throws(TimepieceError) {
        guard interval.nanoseconds > 0 else { throw .interval(interval) }
        try Self.check(maxIntervals: maxIntervals)
        recorder = Recorder(maxIntervals: maxIntervals)
        writer = recorder.writer
        self.interval = UInt64(interval.nanoseconds)
        self.executor = executor
        self.report = report
        nextReport = Atomic(0)
        state = Mutex(State())
    }

    /// Makes a tachometer whose windows others close.
    ///
    /// - Throws: ``TimepieceError`` if `maxIntervals` is less than 1.
    public init(maxIntervals: Int = 10) throws(TimepieceError) {
        try Self.check(maxIntervals: maxIntervals)
        recorder = Recorder(maxIntervals: maxIntervals)
        writer = recorder.writer
        interval = nil
        executor = InlineExecutor()
        report = { _, _ in }
        nextReport = Atomic(.max)
        state = Mutex(State())
    }

    private static func check(maxIntervals: Int) throws(TimepieceError) {
        guard maxIntervals >= 1 else { throw .maxIntervals(maxIntervals) }
    }

    /// Ticks now.
    public func tick() {
        tick(at: .now())
    }

    /// Ticks at a given instant.
    public func tick(at instant: MonotonicInstant) {
        tick(at: instant.nanoseconds)
    }

    /// Records a length that was measured elsewhere, as a stopwatch does; windows close by the same rules.
    public func record(_ length: Duration, at instant: MonotonicInstant = .now()) {
        writer.record(length.clampedNanoseconds, at: instant.nanoseconds)
        if instant.nanoseconds >= nextReport.load(ordering: .relaxed) { reportIfDue(at: instant.nanoseconds) }
    }

    /// Ticks for a number of events at once.
    @inlinable
    @inline(__always)
    package func tick(
        at now: UInt64, events: UInt64 = 1, bytes: UInt64 = 0, discontinuity: Bool = false, position: UInt64 = .max
    ) {
        writer.tick(at: now, events: events, bytes: bytes, discontinuity: discontinuity, position: position)
        if now >= nextReport.load(ordering: .relaxed) { reportIfDue(at: now) }
    }

    /// Makes the next tick start a new row: no interval spans an interruption such as a pause or a seek.
    public func interrupt() {
        recorder.interrupt()
    }

    /// Closes the window and opens the next.
    public func closeWindow(at instant: MonotonicInstant) -> Window {
        state.withLock { state in
            state.drain(recorder)
            let window = Self.window(of: state, recorder: recorder, at: instant.nanoseconds)
            state.total.add(state.open.tally)
            state.open = OpenWindow()
            state.time.restart(at: instant.nanoseconds)
            return window
        }
    }

    /// Reads what the open window holds so far, and leaves it open.
    public func read(at instant: MonotonicInstant) -> Window {
        state.withLock { state in
            state.drain(recorder)
            return Self.window(of: state, recorder: recorder, at: instant.nanoseconds)
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

    /// Starts, or goes on with, the time that counts.
    public func resume(at instant: MonotonicInstant) {
        state.withLock { state in
            recorder.release()
            state.time.resume(at: instant.nanoseconds)
        }
    }

    /// Stops the time that counts; ticks still do, but make no intervals until ``resume(at:)``.
    public func pause(at instant: MonotonicInstant) {
        state.withLock { state in
            recorder.hold()
            state.time.pause(at: instant.nanoseconds)
        }
    }

    /// Lets ticks make intervals again, ahead of ``resume(at:)``, which starts the time that counts.
    package func release() {
        state.withLock { _ in recorder.release() }
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

    /// Closes the window if the grid of the first tick says so, and sees to its report.
    @usableFromInline
    @inline(never)
    func reportIfDue(at now: UInt64) {
        guard let interval else { return }
        let due = nextReport.load(ordering: .relaxed)
        guard now >= due else { return }
        if due == 0 {
            nextReport.store(now.addingSaturating(interval), ordering: .relaxed)
            resumeTime(at: now)
            return
        }
        let missed = (now - due) / interval
        nextReport.store(
            due.addingSaturating(missed.multipliedSaturating(by: interval)).addingSaturating(interval),
            ordering: .relaxed)
        let window = closeWindow(at: MonotonicInstant(nanoseconds: now))
        let timestamp = WallTime.now()
        executor.execute { [report] in report(timestamp, window) }
    }

    private func resumeTime(at now: UInt64) {
        state.withLock { $0.time.resume(at: now) }
    }
}
