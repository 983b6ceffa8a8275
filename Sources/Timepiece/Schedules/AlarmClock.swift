public import Synchronization

/// Many schedules, ticked as one.
///
/// ```swift
/// let alarmClock = try AlarmClock([
///     IntervalSchedule(every: .seconds(5), name: "beat") { print($0) },
///     OrdinalSchedule(each: 10, name: "tenth") { print($0) },
/// ])
/// for frame in frames {
///     alarmClock.tick()
///     process(frame)
/// }
/// ```
///
/// It keeps the schedules ordered by due time, so a tick that fires nothing costs the same for one schedule and
/// for a hundred thousand: it counts, and compares the time with one deadline, the count with another, and the media's
/// time, if it is given, with a third. That takes no lock, no memory and no reference count. The cost of a tick that
/// fires is proportional to what it fires. Schedules that have fired for the last time are dropped; an ``AtSchedule``
/// that gets a new time after that is added again.
///
/// Wall time is derived from the instant of the tick. While an ``AtSchedule`` waits, the difference of the clocks is read
/// again about once a second of ticks, and before one fires; so a step of the wall clock moves such schedules with it
/// within a second and never disturbs the others.
///
/// Thread rule: everything may be called from any thread at any moment, also from callbacks, and every tick counts.
/// Callbacks run with no lock held, on the thread whose tick fires, or where their executor runs them.
public final class AlarmClock: Sendable {
    /// How long a reading of the difference between the clocks is valid.
    static let wallClockTrust: UInt64 = 1_000_000_000

    @usableFromInline let tickCount = Atomic<UInt64>(0)
    /// The deadlines that a tick reads. They are stored under the lock and read without it: a tick that reads one a
    /// moment too early sees the change at the next tick.
    @usableFromInline let nextDue = Atomic<UInt64>(.max)
    @usableFromInline let nextOrdinal = Atomic<UInt64>(.max)
    @usableFromInline let nextMedia = Atomic<UInt64>(.max)
    /// The media time of the last check; an earlier one means that the media jumped back.
    @usableFromInline let earliestMedia = Atomic<UInt64>(0)

    private let hasWallSchedules = Atomic<Bool>(false)
    private let readClocks: @Sendable () -> ClockReading
    private let queue = Mutex(ScheduleQueue())
    private let listeners = Broadcast<Firing>()

    /// Makes an alarm clock.
    ///
    /// - Parameters:
    ///   - schedules: the initial schedules; they fire in this order if several fire at one tick.
    ///   - wallClock: reads both clocks; a test passes its own and steps it.
    /// - Throws: ``TimepieceError/duplicateName(_:)`` or ``TimepieceError/alreadyArmed(_:)``.
    public init(
        _ schedules: [any Schedule] = [], wallClock: @escaping @Sendable () -> ClockReading = ClockReading.now
    ) throws(TimepieceError) {
        readClocks = wallClock
        for schedule in schedules { try add(schedule) }
    }

    deinit {
        // A schedule may outlive the clock, and be ticked alone or by another clock.
        for schedule in schedules { schedule.queued.detach() }
        listeners.finish()
    }

    /// The number of ticks so far.
    public var ticks: UInt64 { tickCount.load(ordering: .relaxed) }
    /// How many schedules there are.
    public var count: Int { queue.withLock { $0.count } }
    /// The names of the schedules that have one, in the order in which they were added.
    public var names: [String] { schedules.compactMap(\.name) }

    /// The schedules that are held, in the order in which they were added.
    public var schedules: [any Schedule] { queue.withLock { $0.schedules } }

    /// Adds a schedule and restarts it, as if it had never fired; only an ``AtSchedule`` keeps its time.
    ///
    /// - Throws: ``TimepieceError/duplicateName(_:)`` if there is one of this name, or
    ///   ``TimepieceError/alreadyArmed(_:)`` if an alarm clock holds the schedule.
    public func add(_ schedule: any Schedule) throws(TimepieceError) {
        try add(schedule, tag: FiringTag())
    }

    /// Adds a schedule with a value that its firings return.
    package func add(_ schedule: any Schedule, tag: FiringTag) throws(TimepieceError) {
        try queue.withLock { queue throws(TimepieceError) in
            try queue.add(schedule, tag: tag, to: self, ticks: ticks)
            publish(queue)
        }
    }

    /// Removes the schedule of this name; returns false if there is none.
    ///
    /// A firing that a tick has already decided on may still be delivered.
    @discardableResult
    public func remove(_ name: String) -> Bool {
        let queued = queue.withLock { queue in
            defer { publish(queue) }
            return queue.remove(named: name)
        }
        return queued != nil
    }

    /// Removes a schedule; returns false if it is not held.
    @discardableResult
    public func remove(_ schedule: any Schedule) -> Bool {
        queue.withLock { queue in
            defer { publish(queue) }
            return queue.remove(schedule.queued, from: self)
        }
    }

    /// Removes all schedules.
    ///
    /// A firing that a tick has already decided on may still be delivered.
    public func removeAll() {
        queue.withLock { queue in
            queue.removeAll()
            publish(queue)
        }
    }

    /// The firings from now on, for one or more tasks that each read all of them.
    ///
    /// The newest 1,000 that a task has not read yet are kept. The sequence ends with the alarm clock.
    public var firings: some AsyncSequence<Firing, Never> & Sendable { listeners.stream(keeping: 1_000) }

    /// Ticks until the task is cancelled: for a program that has no loop to tick in.
    ///
    /// - Parameters:
    ///   - period: the time between ticks, at least a millisecond; a schedule fires at most that much late.
    ///   - clock: the clock to wait on; a test passes its own.
    public func run(
        every period: Duration = .milliseconds(10), clock: some Clock<MonotonicInstant.Duration> = MonotonicClock()
    ) async {
        while !Task.isCancelled {
            tick()
            guard (try? await clock.sleep(for: max(period, .milliseconds(1)))) != nil else { return }
        }
    }

    /// Advances by one tick: fires the schedules that are due and runs the callbacks.
    ///
    /// - Parameters:
    ///   - instant: the present.
    ///   - mediaTime: the present on the media's clock in nanoseconds, for schedules on ``ScheduleClock/runningTime``;
    ///     without it those wait.
    /// - Returns: the firings, in the order in which the schedules were added.
    @inlinable
    @discardableResult
    public func tick(at instant: MonotonicInstant = .now(), mediaTime: UInt64? = nil) -> [Firing] {
        let count = tickCount.add(1, ordering: .relaxed).newValue
        return isDue(count, at: instant, mediaTime: mediaTime)
            ? fire(at: instant, mediaTime: mediaTime, ticks: count) : []
    }

    /// Counts a tick, and returns whether ``fire(at:mediaTime:)`` has to be called for it.
    ///
    /// The cheap half of ``tick(at:mediaTime:)``, for callers that do the other half elsewhere. It is called by one
    /// thread at a time, as buffers arrive: this is not an atomic addition, which would cost five times as much.
    @inlinable
    @inline(__always)
    package func countTick(at instant: MonotonicInstant, mediaTime: UInt64? = nil) -> Bool {
        let count = tickCount.load(ordering: .relaxed) &+ 1
        tickCount.store(count, ordering: .relaxed)
        return isDue(count, at: instant, mediaTime: mediaTime)
    }

    @inlinable
    @inline(__always)
    func isDue(_ count: UInt64, at instant: MonotonicInstant, mediaTime: UInt64?) -> Bool {
        if instant.nanoseconds >= nextDue.load(ordering: .relaxed) { return true }
        if count >= nextOrdinal.load(ordering: .relaxed) { return true }
        guard let mediaTime else { return false }
        return mediaTime >= nextMedia.load(ordering: .relaxed) || mediaTime < earliestMedia.load(ordering: .relaxed)
    }

    /// Fires the schedules due at the last counted tick, runs the callbacks, and returns the firings in the order of
    /// addition.
    ///
    /// The expensive half of ``tick(at:mediaTime:)``. It is harmless to call it when nothing is due.
    @discardableResult
    package func fire(at instant: MonotonicInstant, mediaTime: UInt64? = nil) -> [(firing: Firing, tag: FiringTag)] {
        fireAll(at: instant, mediaTime: mediaTime, ticks: ticks).map { ($0.firing, $0.tag) }
    }

    @usableFromInline
    func fire(at instant: MonotonicInstant, mediaTime: UInt64?, ticks: UInt64) -> [Firing] {
        fireAll(at: instant, mediaTime: mediaTime, ticks: ticks).map(\.firing)
    }

    private func fireAll(
        at instant: MonotonicInstant, mediaTime: UInt64?, ticks: UInt64
    ) -> [(queued: QueuedSchedule, firing: Firing, tag: FiringTag)] {
        // Read before the lock is taken, as the closure is the caller's.
        let reading = hasWallSchedules.load(ordering: .relaxed) ? readClocks() : nil
        let fired = queue.withLock { queue in
            defer { publish(queue) }
            return queue.fire(at: instant, reading: reading, ticks: ticks, mediaTime: mediaTime)
        }
        for (queued, firing, _) in fired {
            queued.deliver(firing)
            listeners.send(firing)
        }
        return fired
    }

    /// Follows a change of a schedule's time; false if the schedule is not held.
    func reschedule(_ queued: QueuedSchedule, place: Int) -> Bool {
        queue.withLock { queue in
            defer { publish(queue) }
            return queue.reschedule(queued, place: place)
        }
    }

    /// Adds again a schedule that was dropped after its last firing and has a new time, unless its name is in use.
    func takeBack(_ schedule: any Schedule) {
        queue.withLock { queue in
            try? queue.add(schedule, tag: FiringTag(), to: self, ticks: ticks)
            publish(queue)
        }
    }

    /// Publishes the next deadlines to the ticking thread. Called with the lock held, so that the last change wins.
    private func publish(_ queue: borrowing ScheduleQueue) {
        nextDue.store(queue.nextDue, ordering: .relaxed)
        nextOrdinal.store(queue.nextOrdinal, ordering: .relaxed)
        nextMedia.store(queue.nextMedia, ordering: .relaxed)
        earliestMedia.store(queue.earliestMedia, ordering: .relaxed)
        hasWallSchedules.store(queue.hasWallSchedules, ordering: .relaxed)
    }
}
