import Timepiece

/// The schedule of a clock's members and threads: the rules of ``ReportClock``, without a thread.
///
/// The members of a pipeline run one after the other, in the order in which they are due. Two threads wait: the leader
/// runs members that are due, and the standby those that have been due for ``patience``, because the leader is still
/// busy in another pipeline. The leader runs a member of a slow pipeline only after it has made the standby the leader.
/// A thread that has finished a run takes a free place, or ends. So there are two threads, or one for a single
/// pipeline, and one more for each pipeline that is slow at the moment.
///
/// A plain value: time is a parameter, and threads are numbers. Finding a due member costs log₂ n steps.
struct ReportQueue: Sendable {
    /// How long a due member waits for the leader.
    static let patience: UInt64 = 10_000_000
    /// A member that takes longer makes its pipeline slow: the leader passes its role on before it runs a member of it
    /// again.
    static let brief: UInt64 = 1_000_000
    /// How long a pipeline counts as slow.
    static let memory: UInt64 = 60_000_000_000

    /// A member to run.
    struct Turn: Sendable {
        let member: any ClockMember
        fileprivate let thread: Int
        fileprivate let pipeline: Int
        fileprivate let began: UInt64
        /// The standby leads from now on, and has to check again.
        let handsOver: Bool
    }

    enum Step: Sendable {
        case run(Turn)
        case wait(until: UInt64)
        /// Enough other threads wait, or there is nothing to wait for.
        case end
    }

    private struct Pipeline {
        let key: UInt
        /// By place.
        var members: [(any ClockMember)?] = []
        var places = Places()
        /// Of the members that do not run.
        var due = DeadlineHeap()
        var isRunning = false
        var slowUntil: UInt64 = 0

        mutating func add(_ member: any ClockMember) -> Int {
            let place = places.take()
            if place == members.count { members.append(member) } else { members[place] = member }
            return place
        }

        mutating func remove(at place: Int) -> (any ClockMember)? {
            defer { members[place] = nil }
            due.set(nil, at: place)
            places.giveBack(place)
            return members[place]
        }
    }

    private struct Waiter {
        let thread: Int
        let since: UInt64
        var until: UInt64
    }

    private var members: [ObjectIdentifier: (pipeline: Int, place: Int)] = [:]
    private var keys: [UInt: Int] = [:]
    /// By place.
    private var pipelines: [Pipeline] = []
    private var places = Places()
    /// Of the pipelines that do not run.
    private var due = DeadlineHeap()
    private var leader: Waiter?
    private var standby: Waiter?
    /// How many members run.
    private var running = 0

    /// Runs a member at an instant, and then at those that it returns; a member that is already scheduled gets the new
    /// instant.
    ///
    /// - Returns: whether a waiting thread has to check again.
    mutating func schedule(_ member: any ClockMember, at instant: UInt64) -> Bool {
        let (pipeline, place) = members[ObjectIdentifier(member)] ?? add(member)
        pipelines[pipeline].due.set(instant, at: place)
        refresh(pipeline)
        return isAwaitedTooLate
    }

    /// Removes a member, from its next run on.
    ///
    /// - Returns: whether waiting threads have to check again; and the member, to be released with no lock held.
    mutating func remove(_ key: ObjectIdentifier) -> (looksAgain: Bool, member: (any ClockMember)?) {
        guard let (pipeline, place) = members.removeValue(forKey: key) else { return (false, nil) }
        let member = pipelines[pipeline].remove(at: place)
        refresh(pipeline)
        return (members.isEmpty, member)
    }

    /// The next action of an idle thread.
    mutating func next(for thread: Int, at now: UInt64) -> Step {
        // Threads other than the first begin because that one is busy; it may be free again in a moment.
        if running == 0 { takeLead(thread, at: now) }
        takeStandby(thread, at: now)
        let isLeader = leader?.thread == thread
        guard !members.isEmpty, let waiter = isLeader ? leader : standby, waiter.thread == thread else {
            giveUpPlace(thread)
            return .end
        }
        let until = isLeader ? due.next : Self.limit(due.next, since: waiter.since)
        guard until <= now, let pipeline = due.nextPlace, let place = pipelines[pipeline].due.nextPlace,
            let member = pipelines[pipeline].members[place]
        else {
            if isLeader { leader?.until = until } else { standby?.until = until }
            return .wait(until: until)
        }
        giveUpPlace(thread)
        let handsOver = leader == nil && standby != nil && pipelines[pipeline].slowUntil > now
        if handsOver { (leader, standby) = (standby, nil) }
        pipelines[pipeline].due.set(nil, at: place)
        pipelines[pipeline].isRunning = true
        running += 1
        refresh(pipeline)
        return .run(Turn(member: member, thread: thread, pipeline: pipeline, began: now, handsOver: handsOver))
    }

    /// Whether an additional thread has to be started: none waits, and there is something to wait for.
    func lacksThread(of threads: Int) -> Bool {
        threads == running && keys.count > running
    }

    /// A member has run, and returned when it has to run next; its thread takes a free place if there is one.
    ///
    /// - Returns: whether waiting threads have to check again; and the member if it has no more work, to be released
    ///   with no lock held.
    mutating func finish(_ turn: Turn, next: UInt64, at now: UInt64) -> (looksAgain: Bool, member: (any ClockMember)?) {
        let key = ObjectIdentifier(turn.member)
        var released: (any ClockMember)?
        running -= 1
        pipelines[turn.pipeline].isRunning = false
        if now >= turn.began.addingSaturating(Self.brief) {
            pipelines[turn.pipeline].slowUntil = now.addingSaturating(Self.memory)
        }
        // A member that was rescheduled or removed meanwhile keeps that state. One without more work must not stay: it
        // may have been scheduled by a thread that did not see it stop, and nothing would remove it.
        if let (pipeline, place) = members[key], !pipelines[pipeline].due.has(place) {
            if next == .max {
                members[key] = nil
                released = pipelines[pipeline].remove(at: place)
            } else {
                pipelines[pipeline].due.set(next, at: place)
            }
        }
        refresh(turn.pipeline)
        let looksAgain = members.isEmpty || isAwaitedTooLate
        takeLead(turn.thread, at: now)
        takeStandby(turn.thread, at: now)
        return (looksAgain, released)
    }

    private mutating func add(_ member: any ClockMember) -> (pipeline: Int, place: Int) {
        let pipeline = keys[member.pipeline] ?? addPipeline(member.pipeline)
        let address = (pipeline, pipelines[pipeline].add(member))
        members[ObjectIdentifier(member)] = address
        return address
    }

    private mutating func addPipeline(_ key: UInt) -> Int {
        let place = places.take()
        if place == pipelines.count {
            pipelines.append(Pipeline(key: key))
        } else {
            pipelines[place] = Pipeline(key: key)
        }
        keys[key] = place
        return place
    }

    /// Sets the deadline of a pipeline to that of its members, or removes the pipeline if it has none.
    private mutating func refresh(_ pipeline: Int) {
        let isRunning = pipelines[pipeline].isRunning
        due.set(isRunning ? nil : pipelines[pipeline].due.next, at: pipeline)
        guard !isRunning, pipelines[pipeline].places.isEmpty else { return }
        keys[pipelines[pipeline].key] = nil
        pipelines[pipeline] = Pipeline(key: 0)
        places.giveBack(pipeline)
    }

    /// Whether work is due before a waiting thread would check.
    private var isAwaitedTooLate: Bool {
        leader.map { due.next < $0.until } ?? false
            || standby.map { Self.limit(due.next, since: $0.since) < $0.until } ?? false
    }

    /// When the standby runs members due at an instant: if many are due at the same time, the threads begin one after
    /// the other.
    private static func limit(_ due: UInt64, since: UInt64) -> UInt64 {
        due == .max ? .max : max(due, since).addingSaturating(patience)
    }

    private mutating func takeLead(_ thread: Int, at now: UInt64) {
        guard leader == nil else { return }
        giveUpPlace(thread)
        leader = Waiter(thread: thread, since: now, until: now)
    }

    private mutating func takeStandby(_ thread: Int, at now: UInt64) {
        guard standby == nil, leader?.thread != thread else { return }
        standby = Waiter(thread: thread, since: now, until: now)
    }

    private mutating func giveUpPlace(_ thread: Int) {
        if leader?.thread == thread { leader = nil }
        if standby?.thread == thread { standby = nil }
    }
}
