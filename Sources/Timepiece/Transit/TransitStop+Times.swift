import Synchronization

// How a stop handles the less common buffers: several starts on one, or no stamp at all.
extension TransitStop {
    @inline(never)
    func passOtherwise(at now: UInt64, times: MediaTimes) {
        guard touched.load(ordering: .relaxed) == 0 else {
            passSeveral(at: now)
            return
        }
        guard correlation != .stamps else {
            countUnmatched(1)
            return
        }
        refresh()
        let upstream = unsafe writer.pointee.upstream
        let candidates = unsafe writer.pointee.origins.filter {
            // If nothing has started in this round, as with a camera that joins later, there is nothing to recognize.
            unsafe !$0.state.pointee.isStamped && (upstream == nil || upstream?[$0.start.identifier] != nil)
                && $0.start.issued > $0.state.pointee.floor
        }
        guard !candidates.isEmpty else {
            countUnmatched(1)
            return
        }
        guard looksNow() else {
            countUnmatched(1)
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

    /// Whether to search for the present buffer: if none of the last was recognized, only for one in 64, eight in a
    /// row, which are conclusive together.
    private func looksNow() -> Bool {
        guard unsafe writer.pointee.unrecognized >= Self.fruitless else { return true }
        let place = passed & UInt64(64 * TimeClue.batch - 1)
        return place < UInt64(TimeClue.batch)
    }

    /// The buffer has stamps: counts a lap for each start among them.
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

    /// Searches for a buffer among the last of a start, and returns whether it was found reliably.
    private func look(for origin: TransitOrigin, at now: UInt64, times: MediaTimes, place: Int) -> Bool {
        let path = unsafe origin.state.pointee.path
        guard !path.contains(.mixer) else {
            // Its times have no relation to those before they began on another clock.
            return path.contains(.demuxer) ? false : lookForHolder(of: origin, at: now, times: times)
        }
        let trusted = unsafe origin.state.pointee.trusted
        var claimed = false
        if path.contains(.demuxer), trusted == nil || trusted == .shifted {
            let find = findShifted(of: origin, at: now, times: times)
            unsafe origin.state.pointee.shifted.note(find, at: place)
            if trusted == .shifted { claimed = count(find, of: origin) }
        }
        guard !path.contains(.restart) else { return claimed }
        if trusted == nil || trusted == .running {
            let find = find(
                times.running, by: .running, after: unsafe origin.state.pointee.running.last, of: origin, now)
            unsafe origin.state.pointee.running.note(find, at: place)
            if trusted == .running { claimed = count(find, of: origin) }
        }
        if trusted == nil || trusted == .presentation {
            let last = unsafe origin.state.pointee.presentation.last
            let find = find(times.presentation, by: .presentation, after: last, of: origin, now)
            unsafe origin.state.pointee.presentation.note(find, at: place)
            if trusted == .presentation { claimed = count(find, of: origin) }
        }
        return claimed
    }

    /// Searches for the input from which a mixer made the present buffer: the one whose time, until that of the next,
    /// contains the buffer's.
    private func lookForHolder(of origin: TransitOrigin, at now: UInt64, times: MediaTimes) -> Bool {
        let (holder, floor) = unsafe (origin.state.pointee.holder, origin.state.pointee.floor)
        guard let found = origin.start.holder(of: times.running, from: holder, above: floor) else { return false }
        unsafe origin.state.pointee.holder = found.sequence
        let length = now >= found.instant ? now &- found.instant : 0
        return count(TimeClue.Find(sequence: found.sequence, instant: found.instant, length: length), of: origin)
    }

    /// Finds a buffer behind a demuxer, which shifts the times: the first of a round at the stop is the first of that
    /// round at the start, and the following ones have the same distances.
    private func findShifted(of origin: TransitOrigin, at now: UInt64, times: MediaTimes) -> TimeClue.Find {
        let (isLate, floor) = unsafe (origin.state.pointee.isLate, origin.state.pointee.floor)
        guard !isLate, times.running != MediaTimes.none else { return TimeClue.Find() }
        let known = unsafe origin.state.pointee.shift
        guard let shift = known ?? origin.start.firstRunning(above: floor).map({ times.running &- $0 }) else {
            return TimeClue.Find()
        }
        let last = unsafe origin.state.pointee.shifted.last
        guard unsafe !origin.state.pointee.path.contains(.restart) else {
            return follow(origin, from: shift, after: last, at: now, times: times)
        }
        let find = find(times.running &- shift, by: .running, after: last, of: origin, now)
        // Follows a drifting clock, and the initial rounding, by a fraction of the error.
        let part = Int64(bitPattern: find.later) / 16
        unsafe origin.state.pointee.shift = find.sequence == 0 ? shift : shift &- UInt64(bitPattern: part)
        return find
    }

    /// The same for times on another clock, whose reader lets it drift for some seconds, by up to a third of a frame
    /// for each: a stop that has lost the match once does not find it again by them.
    private func follow(
        _ origin: TransitOrigin, from shift: UInt64, after last: UInt64, at now: UInt64, times: MediaTimes
    ) -> TimeClue.Find {
        let floor = unsafe origin.state.pointee.floor
        guard unsafe !origin.state.pointee.isAstray else { return TimeClue.Find() }
        let time = times.running &- shift
        guard let found = origin.start.nearest(to: time, after: max(last, floor), above: floor) else {
            unsafe origin.state.pointee.isAstray = true
            return TimeClue.Find()
        }
        unsafe origin.state.pointee.shift = times.running &- found.time
        let length = now >= found.instant ? now &- found.instant : 0
        return TimeClue.Find(
            sequence: found.sequence, instant: found.instant, length: length, later: found.time &- time)
    }

    private func find(
        _ time: UInt64, by key: MediaTimes.Key, after last: UInt64, of origin: TransitOrigin, _ now: UInt64
    ) -> TimeClue.Find {
        let floor = unsafe origin.state.pointee.floor
        guard let found = origin.start.find(time, by: key, after: last, above: floor) else { return TimeClue.Find() }
        let length = now >= found.instant ? now &- found.instant : 0
        return TimeClue.Find(
            sequence: found.sequence, instant: found.instant, length: length, later: found.time &- time)
    }

    /// Stages the lap of a match, if it is the first; returns whether there was a match.
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

    /// Decides for each start whether times are reliable, and counts the matches held back for it.
    func judgeBatch() {
        let number = unsafe writer.pointee.batched
        guard number > 0 else { return }
        for origin in unsafe writer.pointee.origins where unsafe !origin.state.pointee.isStamped {
            judge(origin, number)
            unsafe origin.state.pointee.running.restart()
            unsafe origin.state.pointee.presentation.restart()
            unsafe origin.state.pointee.shifted.restart()
        }
        tree.commit()
        if unsafe writer.pointee.claimed == 0 {
            unsafe writer.pointee.unrecognized.addSaturating(UInt64(number))
        } else {
            unsafe writer.pointee.unrecognized = 0
        }
        countUnmatched(UInt64(max(0, number - (unsafe writer.pointee.claimed.nonzeroBitCount))))
        unsafe writer.pointee.batched = 0
        unsafe writer.pointee.claimed = 0
    }

    /// Decides for one start, from a batch of the given size.
    private func judge(_ origin: TransitOrigin, _ number: Int) {
        if let trusted = unsafe origin.state.pointee.trusted {
            let found = clue(trusted, of: origin)
            if found.verdict(on: number) == .coincidence { unsafe origin.state.pointee.trusted = nil }
            return
        }
        let running = unsafe origin.state.pointee.running
        let presentation = unsafe origin.state.pointee.presentation
        let shifted = unsafe origin.state.pointee.shifted
        // One of two contradicting matches belongs to another buffer, and it is not known which.
        guard !TimeClue.contradict(running, presentation), !TimeClue.contradict(running, shifted),
            !TimeClue.contradict(presentation, shifted)
        else { return }
        if running.verdict(on: number) == .reliable {
            trust(.running, running, of: origin)
        } else if presentation.verdict(on: number) == .reliable {
            trust(.presentation, presentation, of: origin)
        } else if shifted.verdict(on: number) == .reliable {
            trust(.shifted, shifted, of: origin)
        }
    }

    private func clue(_ kind: TimeClue.Kind, of origin: TransitOrigin) -> TimeClue {
        switch kind {
        case .running: unsafe origin.state.pointee.running
        case .presentation: unsafe origin.state.pointee.presentation
        case .shifted: unsafe origin.state.pointee.shifted
        }
    }

    private func trust(_ key: TimeClue.Kind, _ clue: TimeClue, of origin: TransitOrigin) {
        unsafe origin.state.pointee.trusted = key
        for place in 0..<TimeClue.batch where count(clue.finds[place], of: origin) {
            unsafe writer.pointee.claimed |= 1 &<< UInt64(place)
        }
    }
}
