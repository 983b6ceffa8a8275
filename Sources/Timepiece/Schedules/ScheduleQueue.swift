/// The schedules of an alarm clock in the order of their deadlines: what its lock protects.
///
/// Each schedule has a place, a small number that is reused when the schedule was removed.
struct ScheduleQueue: ~Copyable {
    private struct Entry {
        let schedule: any Schedule
        let queued: QueuedSchedule
        /// How many were added before it.
        let sequence: UInt64
        let tag: FiringTag
    }

    private var entries: [Entry?] = []
    private var freePlaces: [Int] = []
    private var placesByName: [String: Int] = [:]
    private var nextSequence: UInt64 = 0

    private var monotonic = DeadlineHeap()
    private var ordinal = DeadlineHeap()
    private var media = DeadlineHeap()
    private var wall = DeadlineHeap()

    /// The last reading of the clocks, and until when it is valid.
    private var reading: ClockReading?
    private var rereadingDue: UInt64 = 0
    private var lastMedia: UInt64 = 0

    var count: Int { entries.count - freePlaces.count }
    var hasWallSchedules: Bool { !wall.isEmpty }
    var nextOrdinal: UInt64 { ordinal.next }
    var nextMedia: UInt64 { media.next }
    var earliestMedia: UInt64 { media.isEmpty ? 0 : lastMedia }

    /// The instant at which the next schedule is due, or at which the clocks have to be read again.
    var nextDue: UInt64 {
        guard !wall.isEmpty else { return monotonic.next }
        guard let reading else { return 0 }
        let wallDue = reading.instant(at: WallScale.time(of: wall.next)).nanoseconds
        return min(monotonic.next, wallDue, rereadingDue)
    }

    /// All schedules in the order of addition.
    var schedules: [any Schedule] {
        entries.compactMap(\.self).sorted { $0.sequence < $1.sequence }.map(\.schedule)
    }

    mutating func add(
        _ schedule: any Schedule, tag: FiringTag, to owner: AlarmClock, ticks: UInt64
    ) throws(TimepieceError) {
        let queued = schedule.queued
        if let name = queued.name, placesByName[name] != nil { throw .duplicateName(name) }
        let place = freePlaces.last ?? entries.count
        guard queued.attach(to: owner, place: place, ticks: ticks) else { throw .alreadyArmed(queued.name) }
        let entry = Entry(schedule: schedule, queued: queued, sequence: nextSequence, tag: tag)
        nextSequence.addSaturating(1)
        if freePlaces.popLast() == nil { entries.append(entry) } else { entries[place] = entry }
        if let name = queued.name { placesByName[name] = place }
        setDeadline(queued.deadline, of: queued, at: place)
    }

    mutating func remove(named name: String) -> QueuedSchedule? {
        guard let place = placesByName[name], let queued = entries[place]?.queued else { return nil }
        drop(queued, at: place)
        return queued
    }

    mutating func remove(_ queued: QueuedSchedule, from owner: AlarmClock) -> Bool {
        guard let place = queued.place(in: owner) else { return false }
        drop(queued, at: place)
        return true
    }

    mutating func removeAll() {
        for place in entries.indices {
            if let queued = entries[place]?.queued { drop(queued, at: place) }
        }
    }

    /// Adopts a schedule's new deadline; false if the schedule is not at its place any more.
    mutating func reschedule(_ queued: QueuedSchedule, place: Int) -> Bool {
        guard entries.indices.contains(place), entries[place]?.queued === queued else { return false }
        setDeadline(queued.deadline, of: queued, at: place)
        return true
    }

    /// Advances to the given times; returns the firings, in the order of addition, and drops schedules that fired for
    /// the last time.
    mutating func fire(
        at instant: MonotonicInstant, reading: ClockReading?, ticks: UInt64, mediaTime: UInt64?
    ) -> [(queued: QueuedSchedule, firing: Firing, tag: FiringTag)] {
        var fired: [(place: Int, entry: Entry, firing: Firing)] = []
        while monotonic.next <= instant.nanoseconds, let place = monotonic.nextPlace {
            advance(place, to: instant.nanoseconds, at: instant, into: &fired)
        }
        while ordinal.next <= ticks, let place = ordinal.nextPlace {
            advance(place, to: ticks, at: instant, into: &fired)
        }
        if let reading, !wall.isEmpty {
            self.reading = reading
            rereadingDue = instant.advanced(by: .nanoseconds(Int64(AlarmClock.wallClockTrust))).nanoseconds
            let now = WallScale.point(of: reading.wall(at: instant))
            while wall.next <= now, let place = wall.nextPlace {
                advance(place, to: now, at: instant, into: &fired)
            }
        }
        if let mediaTime {
            if mediaTime < lastMedia {
                for place in media.places { advance(place, to: mediaTime, at: instant, into: &fired) }
            }
            while media.next <= mediaTime, let place = media.nextPlace {
                advance(place, to: mediaTime, at: instant, into: &fired)
            }
            lastMedia = mediaTime
        }
        fired.sort { ($0.entry.sequence, $0.firing.count) < ($1.entry.sequence, $1.firing.count) }
        for (place, entry, firing) in fired where firing.isLast && entry.queued.deadline == nil {
            drop(entry.queued, at: place, isFinished: true)
        }
        return fired.map { ($0.entry.queued, $0.firing, $0.entry.tag) }
    }

    private mutating func advance(
        _ place: Int, to now: UInt64, at instant: MonotonicInstant,
        into fired: inout [(place: Int, entry: Entry, firing: Firing)]
    ) {
        guard let entry = entries[place] else { return }
        let (firing, deadline) = entry.queued.advance(to: now, firedAt: instant)
        setDeadline(deadline, of: entry.queued, at: place)
        if let firing { fired.append((place, entry, firing)) }
    }

    private mutating func setDeadline(_ deadline: UInt64?, of queued: QueuedSchedule, at place: Int) {
        switch (queued.kind, queued.clock) {
        case (.ordinal, _): ordinal.set(deadline, at: place)
        case (_, .monotonic): monotonic.set(deadline, at: place)
        case (_, .runningTime): media.set(deadline, at: place)
        case (_, .wall): wall.set(deadline, at: place)
        }
    }

    private mutating func drop(_ queued: QueuedSchedule, at place: Int, isFinished: Bool = false) {
        setDeadline(nil, of: queued, at: place)
        entries[place] = nil
        freePlaces.append(place)
        if let name = queued.name { placesByName[name] = nil }
        queued.detach(isFinished: isFinished)
    }
}
