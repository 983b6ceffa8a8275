import Synchronization

// What a stop does with the buffers that are not the common case: several starts on one, or no stamp at all.
extension TransitStop {
    @inline(never)
    func passOtherwise(at now: UInt64, times: MediaTimes) {
        guard touched.load(ordering: .relaxed) == 0 else {
            passSeveral(at: now)
            return
        }
        guard correlation != .stamps else {
            countStrangers(1)
            return
        }
        refresh()
        let upstream = unsafe writer.pointee.upstream
        let candidates = unsafe writer.pointee.origins.filter {
            unsafe !$0.state.pointee.isStamped && upstream?.contains($0.start.identifier) != false
        }
        guard !candidates.isEmpty else {
            countStrangers(1)
            return
        }
        guard looksNow() else {
            countStrangers(1)
            return
        }
        let place = unsafe writer.pointee.batched
        for origin in candidates where look(for: origin, at: now, times: times, place: place) {
            unsafe writer.pointee.claimed |= 1 &<< UInt64(place)
        }
        tree.commit()
        unsafe writer.pointee.batched = place + 1
        if place + 1 >= TimeClue.batch { judgeBatch() }
    }

    /// Whether to look for the buffer of now: where none of the last was recognized, at one in 64, eight in a row, as so
    /// many tell something.
    private func looksNow() -> Bool {
        guard unsafe writer.pointee.unrecognized >= Self.fruitless else { return true }
        let place = passed & UInt64(64 * TimeClue.batch - 1)
        return place < UInt64(TimeClue.batch)
    }

    /// There are stamps on the buffer: a lap for each start that is among them.
    private func passSeveral(at now: UInt64) {
        touched.store(0, ordering: .relaxed)
        noteMatch()
        for origin in unsafe writer.pointee.origins where unsafe origin.state.pointee.isNoted {
            if let instant = unsafe origin.state.pointee.takeNoted(), let length = length(from: instant, to: now) {
                tree.stage(length, of: origin.series)
            }
            unsafe origin.state.pointee.giveUp(at: now, of: origin.start)
        }
        tree.commit()
    }

    /// Looks for a buffer among the last of a start, and says whether that is reliable and it was found.
    private func look(for origin: TransitOrigin, at now: UInt64, times: MediaTimes, place: Int) -> Bool {
        let trusted = unsafe origin.state.pointee.trusted
        var claimed = false
        if trusted != .presentation {
            let find = find(
                times.running, by: .running, after: unsafe origin.state.pointee.running.last, of: origin, now)
            unsafe origin.state.pointee.running.note(find, at: place)
            if trusted == .running { claimed = count(find, of: origin) }
        }
        if trusted != .running {
            let last = unsafe origin.state.pointee.presentation.last
            let find = find(times.presentation, by: .presentation, after: last, of: origin, now)
            unsafe origin.state.pointee.presentation.note(find, at: place)
            if trusted == .presentation { claimed = count(find, of: origin) }
        }
        return claimed
    }

    private func find(
        _ time: UInt64, by key: MediaTimes.Key, after last: UInt64, of origin: TransitOrigin, _ now: UInt64
    ) -> TimeClue.Find {
        let floor = unsafe origin.state.pointee.floor
        guard let found = origin.start.find(time, by: key, after: last, above: floor) else { return TimeClue.Find() }
        let length = now >= found.instant ? now &- found.instant : 0
        return TimeClue.Find(sequence: found.sequence, instant: found.instant, length: length)
    }

    /// Stages the lap of something that was found, if it is the first; says whether there was something.
    private func count(_ find: TimeClue.Find, of origin: TransitOrigin) -> Bool {
        guard find.sequence != 0 else { return false }
        noteMatch()
        unsafe origin.state.pointee.arrive(find.sequence)
        let now = find.instant.addingSaturating(find.length)
        if unsafe origin.state.pointee.window.resolve(find.sequence), let length = length(from: find.instant, to: now) {
            tree.stage(length, of: origin.series)
        }
        unsafe origin.state.pointee.giveUp(at: now, of: origin.start)
        return true
    }

    /// Decides for each start whether times can be relied on, and counts what was held back for it.
    func judgeBatch() {
        let number = unsafe writer.pointee.batched
        guard number > 0 else { return }
        for origin in unsafe writer.pointee.origins where unsafe !origin.state.pointee.isStamped {
            let byRunning = unsafe origin.state.pointee.running.verdict(on: number)
            let byPresentation = unsafe origin.state.pointee.presentation.verdict(on: number)
            switch unsafe origin.state.pointee.trusted {
            case .running?:
                if byRunning == .coincidence { unsafe origin.state.pointee.trusted = nil }
            case .presentation?:
                if byPresentation == .coincidence { unsafe origin.state.pointee.trusted = nil }
            case nil:
                if unsafe TimeClue.contradict(origin.state.pointee.running, origin.state.pointee.presentation) {
                    // One of the two is another buffer's, and nothing tells which.
                } else if byRunning == .reliable {
                    trust(.running, unsafe origin.state.pointee.running, of: origin)
                } else if byPresentation == .reliable {
                    trust(.presentation, unsafe origin.state.pointee.presentation, of: origin)
                }
            }
            unsafe origin.state.pointee.running.restart()
            unsafe origin.state.pointee.presentation.restart()
        }
        tree.commit()
        if unsafe writer.pointee.claimed == 0 {
            unsafe writer.pointee.unrecognized.addSaturating(UInt64(number))
        } else {
            unsafe writer.pointee.unrecognized = 0
        }
        countStrangers(UInt64(max(0, number - (unsafe writer.pointee.claimed.nonzeroBitCount))))
        unsafe writer.pointee.batched = 0
        unsafe writer.pointee.claimed = 0
    }

    private func trust(_ key: MediaTimes.Key, _ clue: TimeClue, of origin: TransitOrigin) {
        unsafe origin.state.pointee.trusted = key
        for place in 0..<TimeClue.batch where count(clue.finds[place], of: origin) {
            unsafe writer.pointee.claimed |= 1 &<< UInt64(place)
        }
    }
}
