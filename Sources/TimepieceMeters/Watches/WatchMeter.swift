package import Synchronization
package import Timepiece

/// The measurement of laps: one point, what it records, and its windows, closed by the clock and the ends of the stream.
@safe package final class WatchMeter: StreamMeter {
    /// What a watch does at its point of the pipeline.
    package enum Edge: Sendable {
        case around
        case start
        case stop(TransitStop.Correlation)
    }

    /// What is set when a watch starts.
    package struct Settings: Sendable {
        /// The names from the root of the tree, with dots between.
        package var path: String
        package var label: String
        package var edge: Edge
        /// Nanoseconds between reports; with 0 only the last comes.
        package var interval: UInt64
        /// How old what is under way to a stop may be, in nanoseconds; 0 for any age.
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

    // What a buffer touches comes first, together.
    /// The parts of `role`, which keeps them alive, without counting references.
    package let start: Unmanaged<TransitStart>?
    package let stop: Unmanaged<TransitStop>?
    /// How often laps under way were broken off.
    let breaks = Atomic<UInt64>(0)
    package let lastPosition = Atomic<UInt64>(.max)
    // Only the thread that holds the stream lock touches it; the memory is there from init to deinit.
    nonisolated(unsafe) let cache: UnsafeMutablePointer<Cache>

    let path: WatchPath
    let label: String
    package let role: Role
    package let group: TransitGroup
    let scope: WatchScope
    private let address: UInt
    private let reporter: any WatchReporter
    private let plan: Mutex<ReportPlan>
    private let overdue: Mutex<OverdueDetector>
    private let publisher = Mutex<(any Publisher)?>(nil)
    private let time = Mutex(ActiveTime())
    private let hasPaused = Atomic<Bool>(false)
    /// Whether the stream has been let flow since the last pause.
    private let isReleased = Atomic<Bool>(false)

    init(
        path: WatchPath, settings: Settings, scope: WatchScope, address: UInt, reporter: any WatchReporter
    ) {
        self.path = path
        label = settings.label
        self.scope = scope
        self.address = address
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
        publisher.onExit { [weak self] in self?.handOver(at: MonotonicInstant.now().nanoseconds) }
        plan.withLock { $0.period = publisher.period }
    }

    /// Laps under way do not count.
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

    /// A pipeline that goes on to play at once does not rest: what moves slowly is at work.
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
        tell(overdue.withLock { $0.rest(at: now) })
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

    /// Says which starts, by their identifiers, a path leads from to this stop.
    package func connect(_ upstream: Set<UInt64>) {
        if case .stop(let stop) = role { stop.connect(upstream) }
    }

    package func end(at now: UInt64) {
        plan.withLock { $0.ended = true }
        ReportClock.shared.remove(self)
        if case .stop(let stop) = role { stop.end() }
        tell(overdue.withLock { $0.rest(at: now) })
        guard !isStopped else { return }
        report(at: now, always: true, isEnd: true)
        handOver(at: now)
        publisher.withLock { $0 }?.flush()
    }

    package func stop(at now: UInt64) {
        let already = plan.withLock { plan in
            defer { plan.stopped = true }
            return plan.stopped
        }
        guard !already else { return }
        ReportClock.shared.remove(self)
        switch role {
        case .around: break
        case .start(let start, let group): group.remove(start)
        case .stop(let stop): stop.close()
        }
        report(at: now, always: false)
        handOver(at: now)
        WatchRegistry.leave(address, self)
    }

    package func run(at now: UInt64) -> UInt64 {
        checkOverdue(at: now)
        if plan.withLock({ $0.takeReport(at: now) }) {
            findPaths()
            report(at: now, always: true)
        }
        if plan.withLock({ $0.takeHandOver(at: now) }) { handOver(at: now) }
        return next(at: now)
    }

    /// Asks for the paths as long as there is a start of which nothing has come.
    private func findPaths() {
        if case .stop(let stop) = role, stop.asksForPaths { reporter.findPaths() }
    }

    /// When the clock has something to do; `UInt64.max` for never.
    private func next(at now: UInt64) -> UInt64 {
        let (flows, next) = plan.withLock { ($0.flows, $0.next) }
        guard flows, case .stop(let stop) = role else { return next }
        return min(
            next, overdue.withLock { $0.nextCheck(oldest: $0.timeout > 0 ? stop.underWay.oldest : .max, at: now) })
    }

    /// Looks whether the oldest that is under way is overdue, or came.
    private func checkOverdue(at now: UInt64) {
        guard case .stop(let stop) = role, plan.withLock({ $0.flows }) else { return }
        guard overdue.withLock({ $0.isInUse }) else { return }
        findPaths()
        tell(overdue.withLock { $0.check(oldest: stop.underWay.oldest, at: now) })
    }

    private var isStopped: Bool { plan.withLock { $0.stopped } }

    /// Not after the stop: a handler of what was told before may have stopped the watch and freed its element.
    private func tell(_ event: StallDetector.Event?) {
        if let event, !isStopped { reporter.report(event, lastPosition: position) }
    }

    /// Shows the open window to a reporter.
    package func read(at now: UInt64, _ reporter: any WatchReporter) {
        guard let report = scope.read(self) else { return }
        reporter.report(
            WatchWindow(
                report: report, duration: time.withLock { $0.elapsed(at: now) }, position: position, closedAt: now,
                complaint: nil))
    }

    private func report(at now: UInt64, always: Bool, isEnd: Bool = false) {
        // A start has no laps of its own to tell of.
        if case .start = role { return }
        guard reporter.isReady, let report = scope.close(self) else { return }
        let duration = time.withLock { time in
            defer { time.restart(at: now) }
            return time.elapsed(at: now)
        }
        guard always || !report.tree.isEmpty else { return }
        reporter.report(
            WatchWindow(
                report: report, duration: duration, position: position, closedAt: now,
                complaint: complaint(isEnd: isEnd)))
        if !isEnd { tell(overdue.withLock { $0.reported(at: now) }) }
    }

    /// Hands what was measured since the last time to whom it is published by.
    private func handOver(at now: UInt64) {
        guard let publisher = publisher.withLock({ $0 }) else { return }
        publisher.publish(scope.takeTapped(self), at: now)
    }

    package var position: UInt64 { lastPosition.load(ordering: .relaxed) }

    /// The number of buffers from which on it is not a coincidence if a stop recognizes none.
    private static let suspicious: UInt64 = 64

    private func complaint(isEnd: Bool) -> WatchComplaint? {
        guard case .stop(let stop) = role, !stop.hasMatched else { return nil }
        let passed = stop.passed
        let issued = group.all.reduce(0 as UInt64) { $0.addingSaturating($1.issued) }
        if issued == 0 {
            let isElsewhere = passed > 0 && group.all.isEmpty && WatchRegistry.hasStart(path, outside: address)
            return isElsewhere ? .startElsewhere : nil
        }
        if passed == 0 { return isEnd ? .nothingArrived(issued: issued) : nil }
        let isSuspicious = isEnd || group.all.contains { $0.issued >= Self.suspicious } && passed >= Self.suspicious
        return isSuspicious ? .neverMatched(passed: passed) : nil
    }

    /// Changes the plan and tells the clock what follows from it; false if the clock cannot run.
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
        ReportClock.shared.remove(self)
        return true
    }
}
