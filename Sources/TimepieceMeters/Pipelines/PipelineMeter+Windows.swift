import Synchronization
import Timepiece

extension PipelineMeter {
    func sums(of thread: ThreadTrace) -> Sums {
        Sums(
            work: thread.work.load(ordering: .relaxed), late: thread.late.load(ordering: .relaxed),
            longWaits: thread.longWaits.load(ordering: .relaxed),
            waits: [
                .queueFull: thread.waitingForRoom.load(ordering: .relaxed),
                .clock: thread.waitingForClock.load(ordering: .relaxed),
                .source: thread.waitingForSource.load(ordering: .relaxed),
                .inputs: thread.waitingForInputs.load(ordering: .relaxed),
            ], times: times(thread))
    }

    func close(_ state: inout State, at now: UInt64) -> PipelineWindow {
        var window = PipelineWindow()
        window.duration = now > state.openedAt ? now - state.openedAt : 0
        state.openedAt = now
        let process = processTime()
        let ran = process > state.processTime ? process - state.processTime : 0
        if window.duration > 0 {
            window.processorLoad = Double(ran) / Double(window.duration) / Double(processors)
        }
        state.processTime = process

        // In the order in which their first buffers arrived, followed by those without a buffer.
        state.members.sort { $0.trace.order < $1.trace.order }
        var places: [ObjectIdentifier: Int] = [:]
        var tallies = state.members.map { $0.trace.drain() }
        for (place, member) in state.members.enumerated() { places[ObjectIdentifier(member.trace)] = place }
        var storePlaces: [ObjectIdentifier: Int] = [:]
        var stores = state.stores.map { $0.trace.drain() }
        for (place, store) in state.stores.enumerated() { storePlaces[ObjectIdentifier(store.trace)] = place }

        // Before the threads: whatever owns sums by now, and is not one of them, has ended.
        let owners = state.members.map { $0.trace.ownerNumber }
        var threads: [PipelineWindow.Thread] = []
        var known: Set<UInt64> = []
        for thread in registry.threads {
            known.insert(thread.number)
            if let window = read(
                thread, &state, places, &tallies, storePlaces, &stores, at: now, duration: window.duration)
            {
                threads.append(window)
            }
        }
        state.sums = state.sums.filter { known.contains($0.key) }
        state.shown = state.shown.filter { known.contains($0.key) }
        for (member, owner) in zip(state.members, owners) where owner != 0 && !known.contains(owner) {
            member.trace.disown(by: owner)
        }
        window.threads = threads
        for place in state.members.indices {
            window.elements.append(element(&state.members[place], tallies[place], window.duration))
        }
        for place in state.stores.indices {
            let carried = state.stores[place].carried
            state.stores[place].carried = PadTrace.Tally()
            guard let member = places[ObjectIdentifier(state.stores[place].element)] else {
                window.queues.append(PipelineWindow.Queue(isShown: false))
                continue
            }
            var tally = stores[place]
            tally.add(carried)
            window.queues.append(
                PipelineWindow.Queue(
                    path: state.members[member].path, pad: state.stores[place].name, buffers: tally.buffers,
                    level: state.stores[place].trace.level, maxLevel: tally.maxLevel,
                    p50Dwell: tally.dwell.percentile(50), p99Dwell: tally.dwell.percentile(99),
                    maxDwell: tally.dwell.max, dwells: tally.dwell.histogram, full: min(tally.full, window.duration),
                    empty: min(tally.empty, window.duration), dropped: tally.dropped,
                    isShown: state.members[member].isShown))
        }
        // Elements that were removed have been reported for the last time.
        for store in state.stores where store.hasGone { pool.take(back: store.trace) }
        state.stores.removeAll { $0.hasGone }
        for member in state.members where member.hasGone { pool.take(back: member.trace) }
        state.members.removeAll { $0.hasGone }
        return window
    }

    private func element(
        _ member: inout Member, _ tally: ElementTrace.Tally, _ duration: UInt64
    ) -> PipelineWindow.Element {
        var whole = tally
        whole.add(member.carried)
        member.carried = ElementTrace.Tally()
        let trace = member.trace
        var element = PipelineWindow.Element(path: member.path, factory: member.factory)
        element.isShown = member.isShown
        let kind = trace.kind.load(ordering: .relaxed)
        element.isSerial = kind == .filter
        element.isQueue = kind == .queue || kind == .jitterBuffer
        element.buffers = whole.buffers
        element.bytes = whole.bytes
        element.rate = duration > 0 ? Double(whole.buffers) * 1e9 / Double(duration) : 0
        element.work = whole.work
        element.p50 = whole.distribution.percentile(50)
        element.p90 = whole.distribution.percentile(90)
        element.p99 = whole.distribution.percentile(99)
        element.max = whole.distribution.max
        element.works = whole.distribution.histogram
        element.waits = tally.waits.filter { $0.key != .none && $0.value > 0 }
        element.load = duration > 0 ? Double(tally.work) / Double(duration) : 0
        let longest = tally.waits.filter { $0.key != .none }.max {
            ($0.value, $1.key.rawValue) < ($1.value, $0.key.rawValue)
        }
        if let longest, longest.value > 0 {
            element.wait = longest.value
            element.waitReason = longest.key
        }
        if member.isNew, whole.buffers > 0 || member.hasGone {
            member.isNew = false
            let (input, output) = (
                trace.firstInput.load(ordering: .relaxed), trace.firstOutput.load(ordering: .relaxed)
            )
            element.start = trace.stateTime.load(ordering: .relaxed).addingSaturating(
                input > 0 && output > input ? output - input : 0)
        }
        return element
    }

    /// The work of a thread in the window if that was in this pipeline; adds its open segment to the tallies.
    private func read(
        _ thread: ThreadTrace, _ state: inout State, _ places: [ObjectIdentifier: Int],
        _ tallies: inout [ElementTrace.Tally], _ storePlaces: [ObjectIdentifier: Int],
        _ stores: inout [PadTrace.Tally], at now: UInt64, duration: UInt64
    ) -> PipelineWindow.Thread? {
        let loop = unsafe thread.loopElement.load(ordering: .relaxed)?.takeUnretainedValue()
        let loopPlace = loop.flatMap { places[ObjectIdentifier($0)] }
        var elements = state.members.indices.filter {
            let trace = state.members[$0].trace
            // A queue's chain is on the thread that feeds it, which only waits there.
            return trace.thread.load(ordering: .relaxed) == thread.number && !trace.isStore
        }
        if let loopPlace, !elements.contains(loopPlace) { elements.insert(loopPlace, at: 0) }
        guard !elements.isEmpty else { return nil }

        let before =
            state.sums[thread.number]
            ?? Sums(
                times: ThreadTimes(name: "", processor: thread.processorTimeBefore, runQueue: 0, sleeps: 0))
        let after = sums(of: thread)
        state.sums[thread.number] = after
        var result = PipelineWindow.Thread()
        result.work = after.work &- before.work
        result.waits = after.waits.merging(before.waits) { $0 &- $1 }
        if let times = after.times {
            result.name = times.name
            result.processor = times.processor &- min(times.processor, before.times?.processor ?? 0)
            result.runQueue = times.runQueue &- min(times.runQueue, before.times?.runQueue ?? 0)
        }
        result.elements = elements
        result.loop = loopPlace
        if let store = unsafe thread.loopStore.load(ordering: .relaxed)?.takeUnretainedValue() {
            result.source = storePlaces[ObjectIdentifier(store)]
        }
        result.sinks = state.stores.indices.filter {
            state.stores[$0].trace.thread.load(ordering: .relaxed) == thread.number
        }
        let closed = result.waits[.source] ?? 0
        showOpenSegment(
            of: thread, &result, &state, places, &tallies, storePlaces, &stores, at: now, duration: duration)
        if let loop, let loopPlace {
            correct(
                &result, &tallies[loopPlace], loop.kind.load(ordering: .relaxed), late: after.late &- before.late,
                longWaits: longWaits(after.longWaits &- before.longWaits, closed, result.waits[.source] ?? 0),
                sleeps: after.times?.sleeps.flatMap { now in before.times?.sleeps.map { now &- min(now, $0) } })
            thread.forgetEndedLoop(loop)
        }
        return result
    }

    /// The long waits of a source, including the open one.
    private func longWaits(_ ended: UInt64, _ before: UInt64, _ now: UInt64) -> UInt64 {
        let open = now > before ? now - before : 0
        return ended.addingSaturating(open >= ThreadTrace.longWait ? open : 0)
    }

    /// Distinguishes work from waiting in a loop by the kernel's statistics of the thread.
    private func correct(
        _ result: inout PipelineWindow.Thread, _ tally: inout ElementTrace.Tally, _ kind: ElementTrace.Kind,
        late: UInt64, longWaits: UInt64, sleeps: UInt64?
    ) {
        switch kind {
        case .source:
            // A thread that was ready to run and had no processor did not wait for its source, and neither did one that
            // slept rarely and briefly: the machine took its time.
            let waited = min(result.waits[.source] ?? 0, tally.waits[.source] ?? 0)
            let isAwake = sleeps.map { tally.buffers > 0 && $0.multipliedSaturating(by: 16) <= tally.buffers } ?? false
            let short = waited > longWaits ? waited - longWaits : 0
            result.unserved = min(waited, result.runQueue)
            move(
                min(waited, isAwake ? max(short, result.runQueue) : result.runQueue), from: .source, &result, &tally)
        case .queue, .jitterBuffer:
            // A thread that had a buffer, and neither ran nor was ready to, was blocked downstream of the element.
            let ready = result.processor.addingSaturating(result.runQueue)
            let held = min(late > ready ? late - ready : 0, result.work, tally.work)
            result.work -= held
            tally.work -= held
            result.waits[.queueFull, default: 0].addSaturating(held)
            tally.waits[.queueFull, default: 0].addSaturating(held)
        case .filter, .aggregator, .joiner:
            break
        }
    }

    /// Counts waiting as work.
    private func move(
        _ time: UInt64, from reason: ElementTrace.Wait, _ result: inout PipelineWindow.Thread,
        _ tally: inout ElementTrace.Tally
    ) {
        tally.waits[reason, default: 0].subtractSaturating(time)
        tally.work.addSaturating(time)
        result.waits[reason, default: 0].subtractSaturating(time)
        result.work.addSaturating(time)
    }

    /// An open segment counts up to now; when it is closed, all of it is added to the sums, and the part that was
    /// reported before is subtracted.
    private func showOpenSegment(
        of thread: ThreadTrace, _ result: inout PipelineWindow.Thread, _ state: inout State,
        _ places: [ObjectIdentifier: Int], _ tallies: inout [ElementTrace.Tally],
        _ storePlaces: [ObjectIdentifier: Int], _ stores: inout [PadTrace.Tally], at now: UInt64, duration: UInt64
    ) {
        var before = state.shown.removeValue(forKey: thread.number)
        let ready = result.processor.addingSaturating(result.runQueue)
        let open = thread.openSegment(processor: ready, of: duration, at: now)
        if let closed = before, open?.since != closed.since {
            if let place = places[closed.element] {
                tallies[place].work.subtractSaturating(closed.work)
                tallies[place].waits[closed.reason, default: 0].subtractSaturating(closed.wait)
            }
            if let store = closed.store.flatMap({ storePlaces[$0] }) {
                stores[store].full.subtractSaturating(closed.full)
                stores[store].empty.subtractSaturating(closed.empty)
            }
            result.work.subtractSaturating(closed.work)
            result.waits[closed.reason, default: 0].subtractSaturating(closed.wait)
            before = nil
        }
        guard let open, let place = places[ObjectIdentifier(open.element)] else { return }
        var shown = Shown(since: open.since, element: ObjectIdentifier(open.element))
        shown.reason = open.reason
        shown.work = open.length - open.wait
        shown.wait = open.wait
        if let store = open.store {
            shown.store = ObjectIdentifier(store)
            if open.mode == .room { shown.full = open.wait }
            if open.mode == .starved, store.level == 0 { shown.empty = open.wait }
        }
        let (work, wait) = (
            shown.work - min(shown.work, before?.work ?? 0), shown.wait - min(shown.wait, before?.wait ?? 0)
        )
        tallies[place].work.addSaturating(work)
        tallies[place].waits[shown.reason, default: 0].addSaturating(wait)
        result.work.addSaturating(work)
        result.waits[shown.reason, default: 0].addSaturating(wait)
        if let store = shown.store.flatMap({ storePlaces[$0] }) {
            stores[store].full.addSaturating(shown.full - min(shown.full, before?.full ?? 0))
            stores[store].empty.addSaturating(shown.empty - min(shown.empty, before?.empty ?? 0))
        }
        state.shown[thread.number] = shown
    }
}

extension UInt64 {
    fileprivate mutating func subtractSaturating(_ other: UInt64) {
        self -= Swift.min(self, other)
    }
}
