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
/// It keeps the schedules ordered by what is due next, so a tick that fires nothing costs the same for one schedule and
/// for a hundred thousand: it counts, and compares the time with one deadline, the count with another, and the media's
/// time, if it is given, with a third. That takes no lock, no memory and no reference count. A tick that fires pays for
/// what it fires. Schedules that have fired for the last time are dropped.
///
/// Wall time is derived from the instant of the tick. While an ``AtSchedule`` waits, the difference of the clocks is read
/// anew about once a second of ticks, and before one fires; so a step of the wall clock moves such schedules with it
/// within a second and never disturbs the others.
///
/// Thread rule: ticks come from one thread at a time, as buffers do; everything else may be called from any thread at any
/// moment, also from callbacks. Callbacks run with no lock held.
public final class AlarmClock: Sendable {
    /// How long the difference between the clocks is trusted.
    static let wallClockTrust: UInt64 = 1_000_000_000

    @usableFromInline let tickCount = Atomic<UInt64>(0)
    /// The deadlines that a tick looks at. They are stored under the lock and read without it: a tick that reads one a
    /// moment too early sees the change at the next tick.
    @usableFromInline let nextDue = Atomic<UInt64>(.max)
    @usableFromInline let nextOrdinal = Atomic<UInt64>(.max)
    @usableFromInline let nextMedia = Atomic<UInt64>(.max)
    /// The media time of the last look; an earlier one means that the media jumped back.
    @usableFromInline let earliestMedia = Atomic<UInt64>(0)

    private let hasWallSchedules = Atomic<Bool>(false)
    private let readClocks: @Sendable () -> ClockReading
    private let queue = Mutex(ScheduleQueue())

    /// Makes an alarm clock.
    ///
    /// - Parameters:
    ///   - schedules: what to hold at first; they fire in this order where several fire at one tick.
    ///   - wallClock: reads both clocks; a test gives one of its own and steps it.
    /// - Throws: ``TimepieceError/duplicateName(_:)`` or ``TimepieceError/alreadyArmed(_:)``.
    public init(
        _ schedules: [any Schedule] = [], wallClock: @escaping @Sendable () -> ClockReading = ClockReading.now
    ) throws(TimepieceError) {
        readClocks = wallClock
        for schedule in schedules { try add(schedule) }
    }

    deinit {
        // A schedule may outlive the clock, and be ticked by itself or held by another.
        for queued in queue.withLock({ $0.queuedSchedules }) { queued.detach() }
    }

    /// How many ticks there were.
    public var ticks: UInt64 { tickCount.load(ordering: .relaxed) }
    /// How many schedules there are.
    public var count: Int { queue.withLock { $0.count } }
    /// The names of the schedules that have one, in the order in which they were added.
    public var names: [String] { queue.withLock { $0.queuedSchedules }.compactMap(\.name) }

    /// Adds a schedule and starts it anew, as if it had never fired; only an ``AtSchedule`` keeps its time.
    ///
    /// - Throws: ``TimepieceError/duplicateName(_:)`` if there is one of this name, or
    ///   ``TimepieceError/alreadyArmed(_:)`` if an alarm clock holds the schedule.
    public func add(_ schedule: any Schedule) throws(TimepieceError) {
        let queued = schedule.queued
        try queue.withLock { queue throws(TimepieceError) in
            try queue.add(queued, to: self, ticks: ticks)
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

    /// Removes a schedule; returns false if it is not here.
    @discardableResult
    public func remove(_ schedule: any Schedule) -> Bool {
        queue.withLock { queue in
            defer { publish(queue) }
            return queue.remove(schedule.queued, from: self)
        }
    }

    /// Goes on by one tick: fires what is due and runs the callbacks.
    ///
    /// - Parameters:
    ///   - instant: the present.
    ///   - mediaTime: the present on the media's clock in nanoseconds, for schedules that go by
    ///     ``ScheduleClock/runningTime``; without it those wait.
    /// - Returns: the firings, in the order in which the schedules were added.
    @inlinable
    @discardableResult
    public func tick(at instant: MonotonicInstant = .now(), mediaTime: UInt64? = nil) -> [Firing] {
        countTick(at: instant, mediaTime: mediaTime) ? fire(at: instant, mediaTime: mediaTime) : []
    }

    /// Counts a tick, and tells whether ``fire(at:mediaTime:)`` has to be called for it.
    ///
    /// The cheap half of ``tick(at:mediaTime:)``, for a caller who does not want to be on the path of the other.
    @inlinable
    @inline(__always)
    public func countTick(at instant: MonotonicInstant, mediaTime: UInt64? = nil) -> Bool {
        // Not an atomic addition: only one thread at a time ticks, and a plain store costs a fifth of it.
        let count = tickCount.load(ordering: .relaxed) &+ 1
        tickCount.store(count, ordering: .relaxed)
        if instant.nanoseconds >= nextDue.load(ordering: .relaxed) { return true }
        if count >= nextOrdinal.load(ordering: .relaxed) { return true }
        guard let mediaTime else { return false }
        return mediaTime >= nextMedia.load(ordering: .relaxed) || mediaTime < earliestMedia.load(ordering: .relaxed)
    }

    /// Fires what is due at the tick that was counted last, runs the callbacks, returns the firings in the order of adding.
    ///
    /// The dear half of ``tick(at:mediaTime:)``. It is harmless to call it when nothing is due.
    @discardableResult
    public func fire(at instant: MonotonicInstant, mediaTime: UInt64? = nil) -> [Firing] {
        // Read before the lock is taken, as the closure is somebody else's.
        let reading = hasWallSchedules.load(ordering: .relaxed) ? readClocks() : nil
        let ticks = self.ticks
        let fired = queue.withLock { queue in
            defer { publish(queue) }
            return queue.fire(at: instant, reading: reading, ticks: ticks, mediaTime: mediaTime)
        }
        for (queued, firing) in fired { queued.deliver(firing) }
        return fired.map(\.firing)
    }

    /// Follows a change of a schedule's time.
    func reschedule(_ queued: QueuedSchedule, place: Int) {
        queue.withLock { queue in
            queue.reschedule(queued, place: place)
            publish(queue)
        }
    }

    /// Shows the ticking thread what is due next. Called with the lock held, so that the last change wins.
    private func publish(_ queue: borrowing ScheduleQueue) {
        nextDue.store(queue.nextDue, ordering: .relaxed)
        nextOrdinal.store(queue.nextOrdinal, ordering: .relaxed)
        nextMedia.store(queue.nextMedia, ordering: .relaxed)
        earliestMedia.store(queue.earliestMedia, ordering: .relaxed)
        hasWallSchedules.store(queue.hasWallSchedules, ordering: .relaxed)
    }
}
