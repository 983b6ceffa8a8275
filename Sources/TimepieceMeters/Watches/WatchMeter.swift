package import Synchronization
package import Timepiece

/// The measurement of laps: one point, its records, and its windows, which are closed on the clock and at the ends of
/// the stream.
@safe package final class WatchMeter: StreamMeter {
    /// What a watch does at its point of the pipeline.
    package enum Edge: Sendable {
        case around
        case start
        case stop(TransitStop.Correlation)
    }

    /// The settings at the start of a watch.
    package struct Settings: Sendable {
        /// The names from the root of the tree, separated by dots.
        package var path: String
        package var label: String
        package var edge: Edge
        /// Nanoseconds between reports; 0 for only the last one.
        package var interval: UInt64
        /// The greatest age of buffers in flight to a stop, in nanoseconds; 0 for no limit.
        package var stallTimeout: UInt64

        package init(path: String, label: String, edge: Edge, interval: UInt64, stallTimeout: UInt64 = 0) {
            self.path = path
            self.label = label
            self.edge = edge
            self.interval = interval
            self.stallTimeout = stallTimeout
        }
    }

    package enum Role: Sendable {
        case around
        case start(TransitStart, TransitGroup)
        case stop(TransitStop)
    }

    /// The context that was entered last, and inside which other one (0 for none).
    @safe struct Cache {
        var outer: UInt64 = .max
        var identifier: UInt64 = 0
        var context: Unmanaged<WatchContext>?
    }

    // The fields that a buffer touches come first, together.
    /// The parts of `role`, which keeps them alive, without counting references.
    package let start: Unmanaged<TransitStart>?
    package let stop: Unmanaged<TransitStop>?
    /// How often laps in progress were interrupted.
    let breaks = Atomic<UInt64>(0)
    package let lastPosition = Atomic<UInt64>(.max)
    // Only the thread that holds the stream lock touches it; the memory exists from init to deinit.
    nonisolated(unsafe) let cache: UnsafeMutablePointer<Cache>

    let path: WatchPath
    let label: String
    package let role: Role
    package let group: TransitGroup
    let scope: WatchScope
    package let pipeline: UInt
    private let reporter: any WatchReporter
    private let plan: Mutex<ReportPlan>
    private let overdue: Mutex<OverdueDetector>
    private let stalls = Mutex(StallTally())
    /// The totals, once the watch has left its scope.
    private let lastTotal = Mutex<TransitResult?>(nil)
    private let publisher = Mutex<(any Publisher)?>(nil)
    private let time = Mutex(ActiveTime())
    private let hasPaused = Atomic<Bool>(false)
    /// Whether the stream was allowed to flow since the last pause.
    private let isReleased = Atomic<Bool>(false)

    init(
        path: WatchPath, settings: Settings, scope: WatchScope, address: UInt, reporter: any WatchReporter
    ) {
        self.path = path
        label = settings.label
        self.scope = scope
        pipeline = address
        self.reporter = reporter
        group = scope.group(path.text)
        role =
            switch settings.edge {
            case .start: .start(TransitStart(name: label), group)
            case .stop(let correlation): .stop(TransitStop(group: group, correlation: correlation))
            case .around: .around
            }
        switch role {
        case .around: unsafe (start, stop) = (nil, nil)
        case .start(let start, _): unsafe (self.start, stop) = unsafe (Unmanaged.passUnretained(start), nil)
        case .stop(let stop): unsafe (start, self.stop) = unsafe (nil, Unmanaged.passUnretained(stop))
        }
        plan = Mutex(ReportPlan(interval: settings.interval))
        overdue = Mutex(OverdueDetector(timeout: settings.stallTimeout))
        if case .stop(let stop) = role { stop.hold() }
        unsafe cache = .allocate(capacity: 1)
        unsafe cache.initialize(to: Cache())
    }

    deinit {
        unsafe cache.deallocate()
    }

    var isAround: Bool {
        if case .around = role { true } else { false }
    }

    /// Lets the stops of the group see this start.
    func announce() {
        if case .start(let start, let group) = role { group.add(start) }
    }

    /// Publishes the laps as well, from now on; a start has none.
    package func publish(to publisher: any Publisher) {
        if case .start = role { return }
        scope.tap(self)
        self.publisher.withLock { $0 = publisher }
        publisher.onExit { [weak self] in
            self?.handOver(at: MonotonicInstant.now().nanoseconds, due: .max)
        }
        plan.withLock { $0.period = publisher.period }
    }

    /// Laps in progress do not count.
    package func interrupt() {
        breaks.add(1, ordering: .relaxed)
    }

    /// The stream is about to flow: the lap that waits for that does not count, and those after it do, also before ``play(at:)``.
    ///
    /// A lap to a stop that began before the first time to play counts without the time in which nothing moved up to here.
    package func release(at now: UInt64) {
        guard !plan.withLock({ $0.playing }) else { return }
        interrupt()
        isReleased.store(true, ordering: .relaxed)
        if !hasPaused.load(ordering: .relaxed), case .stop(let stop) = role {
            let moved = group.all.reduce(stop.lastArrival) { max($0, $1.lastInstant) }
            let isRest = moved > 0 && now > moved && now - moved >= Self.shortestRest
            stop.release(at: now, restedSince: isRest ? moved : .max)
        }
    }

    /// A pipeline that starts to play immediately does not rest: slow buffers are being processed.
    private static let shortestRest: UInt64 = 50_000_000

    package func forgetPosition() { lastPosition.store(.max, ordering: .relaxed) }

    package func flush(_ begins: Bool, at now: UInt64) -> Bool {
        if !begins, case .stop(let stop) = role {
            stop.flush()
            checkOverdue(at: now)
        }
        return true
    }

    package func play(at now: UInt64) -> Bool {
        if !isReleased.load(ordering: .relaxed) { release(at: now) }
        if hasPaused.load(ordering: .relaxed), case .stop(let stop) = role { stop.resume(at: now) }
        time.withLock { $0.resume(at: now) }
        overdue.withLock { $0.start(at: now) }
        return reschedule(at: now) { $0.playing = true }
    }

    package func pause(at now: UInt64) {
        isReleased.store(false, ordering: .relaxed)
        interrupt()
        hasPaused.store(true, ordering: .relaxed)
        time.withLock { $0.pause(at: now) }
        tell(overdue.withLock { $0.rest(at: now) }, at: now)
        _ = reschedule(at: now) { $0.playing = false }
    }

    package func begin(at now: UInt64) -> Bool {
        guard plan.withLock({ $0.ended }) else { return true }
        return reschedule(at: now) { $0.ended = false }
    }

    package func set(interval: UInt64, stallTimeout: UInt64, at now: UInt64) -> Bool {
        overdue.withLock { $0.timeout = stallTimeout }
        return reschedule(at: now) { $0.interval = interval }
    }

    /// Sets the starts from which a path leads to this stop, by their identifiers, and the kinds of elements on it.
    package func connect(_ upstream: [UInt64: TransitPath]) {
        if case .stop(let stop) = role { stop.connect(upstream) }
    }

    package func end(at now: UInt64) {
        plan.withLock { $0.ended = true }
        ReportClock.shared.remove(self, within: ReportClock.patienceAtEnd)
        if case .stop(let stop) = role { stop.end() }
        tell(overdue.withLock { $0.rest(at: now) }, at: now)
        guard !isStopped else { return }
        report(at: now, due: .max, always: true, isEnd: true)
        handOver(at: now, due: .max)
        publisher.withLock { $0 }?.flush()
    }

    package func stop(at now: UInt64) {
        let already = plan.withLock { plan in
            defer { plan.stopped = true }
            return plan.stopped
        }
        guard !already else { return }
        ReportClock.shared.remove(self, within: ReportClock.patienceAtStop)
        switch role {
        case .around: break
        case .start(let start, let group): group.remove(start)
        case .stop(let stop): stop.close()
        }
        report(at: now, due: .max, always: false)
        handOver(at: now, due: .max)
        stalls.withLock { $0.rest(at: now) }
        let total = scope.total(self)
        lastTotal.withLock { $0 = total }
        WatchRegistry.leave(pipeline, self, at: now)
    }

    package func run(at now: UInt64) -> UInt64 {
        checkOverdue(at: now)
        if let due = plan.withLock({ $0.takeReport(at: now) }) {
            findPaths()
            report(at: now, due: due, always: true)
        }
        if let due = plan.withLock({ $0.takeHandOver(at: now) }) { handOver(at: now, due: due) }
        return next(at: now)
    }

    /// Requests the paths as long as there is a start from which nothing has arrived.
    private func findPaths() {
        if case .stop(let stop) = role, stop.asksForPaths { reporter.findPaths() }
    }

    /// When the next work on the clock is due; `UInt64.max` for never.
    private func next(at now: UInt64) -> UInt64 {
        let (flows, next) = plan.withLock { ($0.flows, $0.next) }
        guard flows, case .stop(let stop) = role else { return next }
        return min(
            next, overdue.withLock { $0.nextCheck(oldest: $0.timeout > 0 ? stop.underWay.front : .max, at: now) })
    }

    /// Checks whether the oldest buffer in flight is overdue, or has arrived.
    private func checkOverdue(at now: UInt64) {
        guard case .stop(let stop) = role, plan.withLock({ $0.flows }) else { return }
        guard overdue.withLock({ $0.isInUse }) else { return }
        findPaths()
        tell(overdue.withLock { $0.check(oldest: stop.underWay.front, at: now) }, at: now)
    }

    var isStopped: Bool { plan.withLock { $0.stopped } }

    /// Not after the stop: a handler of an earlier report may have stopped the watch and freed its element.
    private func tell(_ event: StallDetector.Event?, at now: UInt64) {
        guard let event, !isStopped else { return }
        stalls.withLock { $0.note(event, at: now) }
        reporter.report(event, lastPosition: position)
    }

    func readStalls(at now: UInt64) -> StallTotals {
        stalls.withLock { $0.read(at: now) }
    }

    func age(of underWay: TransitOrigin.UnderWay, at now: UInt64) -> UInt64 {
        time.withLock { underWay.age(in: $0, at: now) }
    }

    func readTotal() -> TransitResult {
        lastTotal.withLock { $0 } ?? scope.total(self)
    }

    package func setNominalRate(_ rate: Double) {}

    /// Shows the open window to a reporter.
    package func read(at now: UInt64, _ reporter: any WatchReporter) {
        guard let report = scope.read(self, at: now) else { return }
        let time = time.withLock { $0 }
        reporter.report(
            WatchWindow(
                report: report, duration: time.elapsed(at: now), position: position, closedAt: now, time: time,
                complaint: nil))
    }

    /// Reports the window that is due at an instant; it may have been closed since then, see ``WatchScope/close(_:due:at:)``.
    private func report(at now: UInt64, due: UInt64, always: Bool, isEnd: Bool = false) {
        // A start has no laps of its own to report.
        if case .start = role { return }
        // No later report would cover the last window, so it does not wait for the reader.
        guard due == .max || reporter.isReady, let (report, closedAt) = scope.close(self, due: due, at: now) else {
            return
        }
        let time = time.withLock { time in
            defer { time.restart(at: closedAt) }
            return time
        }
        guard always || !report.tree.isEmpty else { return }
        reporter.report(
            WatchWindow(
                report: report, duration: time.elapsed(at: closedAt), position: position, closedAt: closedAt,
                time: time, complaint: complaint(isEnd: isEnd)))
        if !isEnd { tell(overdue.withLock { $0.reported(at: now) }, at: now) }
    }

    /// Passes the measurements since the last time to the publisher.
    private func handOver(at now: UInt64, due: UInt64) {
        guard let publisher = publisher.withLock({ $0 }) else { return }
        publisher.publish(scope.takeTapped(self, due: due, at: now), at: now)
    }

    package var position: UInt64 { lastPosition.load(ordering: .relaxed) }

    /// The number of buffers from which it is not a coincidence that a stop recognizes none.
    private static let suspicious: UInt64 = 64

    private func complaint(isEnd: Bool) -> WatchComplaint? {
        guard case .stop(let stop) = role, !stop.hasMatched else { return nil }
        let passed = stop.passed
        let issued = group.all.reduce(0 as UInt64) { $0.addingSaturating($1.issued) }
        if issued == 0 {
            let isElsewhere = passed > 0 && group.all.isEmpty && WatchRegistry.hasStart(path)
            return isElsewhere ? .startElsewhere : nil
        }
        if passed == 0 { return isEnd ? .nothingArrived(issued: issued) : nil }
        let isSuspicious = isEnd || group.all.contains { $0.issued >= Self.suspicious } && passed >= Self.suspicious
        return isSuspicious ? .neverMatched(passed: passed) : nil
    }

    /// Changes the plan and reschedules on the clock; false if the clock cannot run.
    private func reschedule(at now: UInt64, _ change: (inout ReportPlan) -> Void) -> Bool {
        let open = time.withLock { $0.elapsed(at: now) }
        plan.withLock { plan in
            change(&plan)
            plan.replan(at: now, openFor: open)
        }
        // A start has nothing to report, and needs no clock.
        if case .start = role { return true }
        let next = next(at: now)
        if next != .max { return ReportClock.shared.schedule(self, at: next) }
        ReportClock.shared.cancel(self)
        return true
    }
}
