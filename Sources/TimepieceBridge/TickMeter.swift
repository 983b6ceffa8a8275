import CTimepiece
import Synchronization
import Timepiece

/// Behind `TimepieceTick`: a tachometer whose windows are closed by the clock, and by the ends of the stream.
final class TickMeter: ClockMember {
    let tachometer: Tachometer
    private let reporter: TickReporter
    private let state: Mutex<State>

    private struct State {
        var interval: UInt64
        /// When the next report is due while playing.
        var due: UInt64 = .max
        var playing = false
        var ended = false
        var stopped = false

        var reports: Bool { playing && !ended && !stopped && interval > 0 }
    }

    init?(interval: UInt64, maxIntervals: UInt32, reporter: TickReporter) {
        guard let tachometer = try? Tachometer(maxIntervals: Int(maxIntervals)) else { return nil }
        // A buffer may come before play, and before it again after a pause: sinks go on first.
        tachometer.pause(at: MonotonicInstant(nanoseconds: 0))
        self.tachometer = tachometer
        self.reporter = reporter
        state = Mutex(State(interval: interval))
    }

    func play(at now: UInt64) -> Bool {
        tachometer.resume(at: MonotonicInstant(nanoseconds: now))
        return reschedule(at: now) { $0.playing = true }
    }

    func pause(at now: UInt64) {
        tachometer.pause(at: MonotonicInstant(nanoseconds: now))
        _ = reschedule(at: now) { $0.playing = false }
    }

    func begin(at now: UInt64) -> Bool {
        guard state.withLock({ $0.ended }) else { return true }
        return reschedule(at: now) { $0.ended = false }
    }

    func setInterval(_ interval: UInt64, at now: UInt64) -> Bool {
        reschedule(at: now) { $0.interval = interval }
    }

    func end(at now: UInt64) {
        state.withLock { $0.ended = true }
        ReportClock.shared.remove(self)
        reporter.report(tachometer.closeWindow(at: MonotonicInstant(nanoseconds: now)))
    }

    func stop(at now: UInt64) {
        let already = state.withLock { state in
            defer { state.stopped = true }
            return state.stopped
        }
        guard !already else { return }
        ReportClock.shared.remove(self)
        let last = tachometer.closeWindow(at: MonotonicInstant(nanoseconds: now))
        if last.tally.events > 0 { reporter.report(last) }
    }

    func run(at now: UInt64) -> UInt64 {
        let due = state.withLock { state -> UInt64 in
            guard state.reports else { return .max }
            guard state.due <= now else { return state.due }
            // On the grid of the first report; slots that were missed are not made up.
            let missed = (now - state.due) / state.interval
            state.due = state.due.addingSaturating(
                missed.multipliedSaturating(by: state.interval).addingSaturating(state.interval))
            return 0
        }
        guard due == 0 else { return due }
        reporter.report(tachometer.closeWindow(at: MonotonicInstant(nanoseconds: now)))
        return state.withLock { $0.reports ? $0.due : .max }
    }

    /// Changes the state and tells the clock what follows from it; false if the clock cannot run.
    private func reschedule(at now: UInt64, _ change: (inout sending State) -> Void) -> Bool {
        let open = tachometer.openFor(at: now)
        let due = state.withLock { state -> UInt64? in
            change(&state)
            guard state.reports else { return nil }
            let left = state.interval > open ? state.interval - open : 0
            state.due = now.addingSaturating(left)
            return state.due
        }
        if let due { return ReportClock.shared.schedule(self, at: due) }
        ReportClock.shared.remove(self)
        return true
    }
}
