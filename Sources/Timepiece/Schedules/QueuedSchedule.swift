import Synchronization

/// The inner part of a schedule: its timetable, its callback, and the alarm clock that holds it.
///
/// A schedule type of your own conforms to ``Schedule`` by returning the inner part of a schedule that it wraps.
///
/// Usable from several threads. Its lock is held for a moment and never while something else is called.
public final class QueuedSchedule: Sendable {
    private struct State {
        var timetable: Recurrence
        /// How many ticks it received, if it is ticked alone.
        var ticks: UInt64 = 0
        /// The alarm clock that ticks it, with its place there, or the one that dropped it after its last firing.
        weak var owner: AlarmClock?
        /// The identity of the alarm clock that ticks it: comparing it does not take a reference, which could be the
        /// last one.
        var ownerIdentity: ObjectIdentifier?
        var place = 0
    }

    let name: String?
    let kind: Firing.Kind
    let clock: ScheduleClock
    let isRepeating: Bool
    private let wallClock: @Sendable () -> ClockReading
    private let executor: any CallbackExecutor
    private let callback: (@Sendable (Firing) -> Void)?
    private let state: Mutex<State>

    init(
        name: String?, kind: Firing.Kind, clock: ScheduleClock, isRepeating: Bool, timetable: Recurrence,
        wallClock: @escaping @Sendable () -> ClockReading = ClockReading.now,
        executor: any CallbackExecutor, callback: (@Sendable (Firing) -> Void)?
    ) {
        self.name = name
        self.kind = kind
        self.clock = clock
        self.isRepeating = isRepeating
        self.wallClock = wallClock
        self.executor = executor
        self.callback = callback
        state = Mutex(State(timetable: timetable))
    }

    /// When it is due on its clock's scale; nil if it does not wait.
    var deadline: UInt64? { state.withLock { $0.timetable.deadline } }
    var count: UInt64 { state.withLock { $0.timetable.count } }

    /// Its place in an alarm clock; nil if the clock does not hold it.
    func place(in owner: AlarmClock) -> Int? {
        let identity = ObjectIdentifier(owner)
        return state.withLock { $0.ownerIdentity == identity ? $0.place : nil }
    }

    /// Notes the alarm clock that will tick it, and restarts.
    ///
    /// - Parameters:
    ///   - owner: the alarm clock.
    ///   - place: its place there.
    ///   - ticks: the count of the alarm clock, from which an ordinal schedule continues.
    /// - Returns: false if an alarm clock holds it already.
    func attach(to owner: AlarmClock, place: Int, ticks: UInt64) -> Bool {
        state.withLock { state in
            guard state.ownerIdentity == nil else { return false }
            state.owner = owner
            state.ownerIdentity = ObjectIdentifier(owner)
            state.place = place
            state.timetable.restart(after: ticks)
            return true
        }
    }

    /// Leaves the alarm clock; an ordinal schedule that is then ticked alone counts from zero.
    ///
    /// - Parameter isFinished: whether it fired for the last time; the alarm clock then adds it again when it gets a
    ///   new time.
    func detach(isFinished: Bool = false) {
        state.withLock { state in
            if !isFinished { state.owner = nil }
            state.ownerIdentity = nil
            guard kind == .ordinal, state.timetable.deadline != nil else { return }
            state.ticks = 0
            state.timetable.restart(after: 0)
        }
    }

    /// Sets when it is due, also in the alarm clock that holds it.
    ///
    /// - Parameter schedule: the schedule whose inner part this is.
    func rearm(at deadline: UInt64?, of schedule: any Schedule) {
        let (owner, place) = state.withLock { state in
            state.timetable.rearm(at: deadline)
            return (state.owner, state.place)
        }
        guard let owner, !owner.reschedule(self, place: place), deadline != nil else { return }
        // The alarm clock dropped it, before this or at the same moment.
        owner.takeBack(schedule)
    }

    /// Advances to a point of its clock; returns the firing, if there is one, and when it is due next.
    ///
    /// - Parameter point: nil for one more tick that it counts itself.
    func advance(to point: UInt64?, firedAt instant: MonotonicInstant) -> (firing: Firing?, deadline: UInt64?) {
        state.withLock { state in
            if point == nil { state.ticks.addSaturating(1) }
            let now = point ?? state.ticks
            let due = state.timetable.advance(to: now, followsJumps: clock == .runningTime)
            let firing = due.map { due in
                Firing(
                    name: name, kind: kind, clock: clock, count: state.timetable.count,
                    isLast: state.timetable.deadline == nil,
                    due: duration(of: kind == .ordinal ? instant.nanoseconds : due),
                    fired: duration(of: kind == .ordinal ? instant.nanoseconds : now))
            }
            return (firing, state.timetable.deadline)
        }
    }

    /// Runs the callback on its executor; called with no lock held.
    func deliver(_ firing: Firing) {
        guard let callback else { return }
        executor.execute { callback(firing) }
    }

    /// Ticks it alone; nil if it is not due, or if an alarm clock holds and ticks it.
    func tick(at instant: MonotonicInstant, mediaTime: UInt64?) -> Firing? {
        let isFree = state.withLock { $0.ownerIdentity == nil && $0.timetable.deadline != nil }
        guard isFree else { return nil }
        let now: UInt64?
        switch (kind, clock) {
        case (.ordinal, _): now = nil
        case (_, .monotonic): now = instant.nanoseconds
        case (_, .wall): now = WallScale.point(of: wallClock().wall(at: instant))
        case (_, .runningTime):
            guard let mediaTime else { return nil }
            now = mediaTime
        }
        guard let firing = advance(to: now, firedAt: instant).firing else { return nil }
        deliver(firing)
        return firing
    }

    private func duration(of point: UInt64) -> Duration {
        clock == .wall ? .nanoseconds(WallScale.time(of: point).nanoseconds) : Duration(clampingNanoseconds: point)
    }
}
