import Synchronization

/// Reports the windows of one pipeline by the clock, and the last one at its end.
///
/// The report is called on a thread of the ``ReportClock``, or inside the calls whose documentation says so; with no
/// lock held.
package final class PipelineReports: ClockMember {
    package let meter: PipelineMeter
    package let pipeline: UInt
    private let plan: Mutex<ReportPlan>
    private let isReady: @Sendable () -> Bool
    private let report: @Sendable (PipelineWindow) -> Void
    private let totals = Mutex<PipelineTotals?>(nil)

    /// - Parameters:
    ///   - pipeline: see ``ClockMember/pipeline``.
    ///   - interval: the time between reports; 0: only the last.
    ///   - isReady: whether a window is requested now; it stays open if not.
    package init(
        _ meter: PipelineMeter, of pipeline: UInt, interval: UInt64, isReady: @escaping @Sendable () -> Bool,
        report: @escaping @Sendable (PipelineWindow) -> Void
    ) {
        self.meter = meter
        self.pipeline = pipeline
        self.isReady = isReady
        self.report = report
        plan = Mutex(ReportPlan(interval: interval))
    }

    /// Adds up the windows from now on.
    package func keepTotals() -> PipelineTotals {
        totals.withLock { totals in
            let kept = totals ?? PipelineTotals()
            totals = kept
            return kept
        }
    }

    private func tell(_ window: PipelineWindow) {
        totals.withLock { $0 }?.add(window)
        report(window)
    }

    package func run(at now: UInt64) -> UInt64 {
        guard plan.withLock({ $0.takeReport(at: now) }) != nil else { return plan.withLock { $0.next } }
        if isReady(), let window = meter.window(at: now) { tell(window) }
        return plan.withLock { $0.next }
    }

    /// The pipeline is about to play, or continues after its end.
    ///
    /// - Returns: false if no thread could be started, so that no report will be made by the clock.
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
        pause(at: now, within: ReportClock.patienceAtEnd)
    }

    private func pause(at now: UInt64, within patience: UInt64) {
        let ended = plan.withLock { plan in
            plan.playing = false
            return plan.ended
        }
        ReportClock.shared.remove(self, within: patience)
        // The last window of a stream has been reported at its end.
        if let window = meter.pause(at: now), !(ended && window.isEmpty), isReady() { tell(window) }
    }

    /// The stream has ended: reports the last window in this call, and none until ``play(at:)``.
    package func end(at now: UInt64) {
        let flowed = plan.withLock { plan in
            defer { plan.ended = true }
            return plan.flows
        }
        ReportClock.shared.remove(self, within: ReportClock.patienceAtEnd)
        if flowed, isReady(), let window = meter.window(at: now) { tell(window) }
    }

    /// The pipeline stops: reports the rest in this call, if any buffer passed.
    package func stop(at now: UInt64) {
        pause(at: now, within: ReportClock.patienceAtStop)
        if let window = meter.rest(at: now) { tell(window) }
    }

    /// The pipeline was removed; nothing is reported from now on.
    package func close() {
        plan.withLock { $0.stopped = true }
        ReportClock.shared.remove(self)
        meter.stop()
    }
}
