import Synchronization

/// Reports the windows of one pipeline by the clock, and the last one at its end.
///
/// The report is called on the thread that all meters share, or inside the calls that say so; with no lock held.
package final class PipelineReports: ClockMember {
    package let meter: PipelineMeter
    private let plan: Mutex<ReportPlan>
    private let isReady: @Sendable () -> Bool
    private let report: @Sendable (PipelineWindow) -> Void

    /// - Parameters:
    ///   - interval: between reports, 0: only the last.
    ///   - isReady: whether a window is wanted now; it stays open where not.
    package init(
        _ meter: PipelineMeter, interval: UInt64, isReady: @escaping @Sendable () -> Bool,
        report: @escaping @Sendable (PipelineWindow) -> Void
    ) {
        self.meter = meter
        self.isReady = isReady
        self.report = report
        plan = Mutex(ReportPlan(interval: interval))
    }

    package func run(at now: UInt64) -> UInt64 {
        guard plan.withLock({ $0.takeReport(at: now) }) else { return plan.withLock { $0.next } }
        if isReady(), let window = meter.window(at: now) { report(window) }
        return plan.withLock { $0.next }
    }

    /// The pipeline is about to play, or goes on after its end.
    ///
    /// - Returns: false if no thread could be started, so that no report will come by the clock.
    package func play(at now: UInt64) -> Bool {
        meter.play(at: now)
        let next = plan.withLock { plan in
            let flowed = plan.flows
            (plan.playing, plan.ended) = (true, false)
            if !flowed { plan.replan(at: now, openFor: 0) }
            return plan.next
        }
        return next == .max || ReportClock.shared.schedule(self, at: next)
    }

    /// The pipeline is about to pause: reports the last window in this call.
    package func pause(at now: UInt64) {
        let ended = plan.withLock { plan in
            plan.playing = false
            return plan.ended
        }
        ReportClock.shared.remove(self)
        // The last window of a stream has been reported at its end.
        if let window = meter.pause(at: now), !(ended && window.isEmpty), isReady() { report(window) }
    }

    /// The stream has ended: reports the last window in this call, and none until ``play(at:)``.
    package func end(at now: UInt64) {
        let flowed = plan.withLock { plan in
            defer { plan.ended = true }
            return plan.flows
        }
        ReportClock.shared.remove(self)
        if flowed, isReady(), let window = meter.window(at: now) { report(window) }
    }

    /// The pipeline stops: reports what is left in this call, if anything moved.
    package func stop(at now: UInt64) {
        pause(at: now)
        if let window = meter.rest(at: now) { report(window) }
    }

    /// The pipeline went; nothing is reported any more.
    package func close() {
        plan.withLock { $0.stopped = true }
        ReportClock.shared.remove(self)
        meter.stop()
    }
}
