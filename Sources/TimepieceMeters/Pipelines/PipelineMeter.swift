import Synchronization
import Timepiece

/// Measures the elements of one top-level pipeline, window by window.
///
/// What passes before the pipeline plays is counted, with its work, in the first window; it makes no load and no waiting,
/// and neither does a pause. All calls but those of the traces themselves take a lock.
package final class PipelineMeter: Sendable {
    private struct Member {
        let trace: ElementTrace
        let path: String
        let factory: String
        let isShown: Bool
        var isNew = true
        var hasGone = false
        var carried = ElementTrace.Tally()
    }

    private struct Store {
        let trace: PadTrace
        let element: ElementTrace
        let name: String
        var hasGone = false
        var carried = PadTrace.Tally()
    }

    /// What of a segment under way has been shown already.
    private struct Shown {
        var since: UInt64
        var element: ObjectIdentifier
        var work: UInt64 = 0
        var wait: UInt64 = 0
        var reason = ElementTrace.Wait.none
        var full: UInt64 = 0
        var empty: UInt64 = 0
        var store: ObjectIdentifier?
    }

    /// The sums of a thread at the end of the window before.
    private struct Sums {
        var work: UInt64 = 0
        var waits: [ElementTrace.Wait: UInt64] = [:]
        var times: ThreadTimes?
    }

    private struct State {
        var members: [Member] = []
        var stores: [Store] = []
        var shown: [UInt64: Shown] = [:]
        var sums: [UInt64: Sums] = [:]
        var isPlaying = false
        /// From when on time counts: 0 before the pipeline first played.
        var countsSince: UInt64 = 0
        var openedAt: UInt64 = 0
        var processTime: UInt64 = 0
    }

    private let registry: ThreadRegistry
    private let pool: TracePool
    private let processors: Int
    private let times: @Sendable (ThreadTrace) -> ThreadTimes?
    private let processTime: @Sendable () -> UInt64
    private let state = Mutex(State())

    /// - Parameters:
    ///   - processors: how many the process may run on.
    ///   - times: asks the kernel about a thread.
    ///   - processTime: the processor time of the process.
    package init(
        registry: ThreadRegistry = .shared, pool: TracePool = .shared, processors: Int,
        times: @escaping @Sendable (ThreadTrace) -> ThreadTimes? = ThreadTimes.read,
        processTime: @escaping @Sendable () -> UInt64 = ThreadTimes.ofProcess
    ) {
        self.registry = registry
        self.pool = pool
        self.processors = max(1, processors)
        self.times = times
        self.processTime = processTime
    }

    // MARK: Elements and pads

    /// An element is in the pipeline.
    package func add(
        path: String, factory: String, kind: ElementTrace.Kind, isShown: Bool = true
    ) -> ElementTrace {
        state.withLock { state in
            let trace = pool.element(
                kind, countsSince: state.isPlaying || state.countsSince == 0 ? state.countsSince : .max)
            state.members.append(Member(trace: trace, path: path, factory: factory, isShown: isShown))
            return trace
        }
    }

    /// An element left the pipeline; what it did is still in the next window.
    package func remove(_ element: ElementTrace) {
        state.withLock { state in
            for index in state.members.indices where state.members[index].trace === element {
                state.members[index].hasGone = true
            }
            for index in state.stores.indices where state.stores[index].element === element {
                state.stores[index].hasGone = true
            }
        }
    }

    /// An element has a sink pad.
    package func addPad(to element: ElementTrace, name: String) -> PadTrace {
        state.withLock { state in
            let kind = element.kind.load(ordering: .relaxed)
            let stores = kind == .queue || kind == .jitterBuffer || kind == .aggregator
            let pad = pool.pad(of: element, stores: stores)
            if stores {
                unsafe pad.nextStore.store(element.firstStore.load(ordering: .relaxed), ordering: .releasing)
                unsafe element.firstStore.store(Unmanaged.passUnretained(pad), ordering: .releasing)
                state.stores.append(Store(trace: pad, element: element, name: name))
            }
            return pad
        }
    }

    /// A sink pad went.
    package func removePad(_ pad: PadTrace) {
        let isStore = state.withLock { state in
            var isStore = false
            for index in state.stores.indices where state.stores[index].trace === pad {
                state.stores[index].hasGone = true
                isStore = true
            }
            return isStore
        }
        if !isStore { pool.take(back: pad) }
    }

    // MARK: States

    package var isPlaying: Bool { state.withLock { $0.isPlaying } }

    /// Time counts from now on.
    package func play(at now: UInt64) {
        state.withLock { state in
            guard !state.isPlaying else { return }
            state.isPlaying = true
            state.countsSince = max(1, now)
            state.openedAt = now
            state.processTime = processTime()
            for index in state.members.indices {
                state.members[index].trace.countsSince.store(state.countsSince, ordering: .relaxed)
                var tally = state.members[index].trace.drain()
                tally.waits = [:]
                state.members[index].carried.add(tally)
            }
            for index in state.stores.indices {
                var tally = state.stores[index].trace.drain()
                (tally.full, tally.empty) = (0, 0)
                state.stores[index].carried.add(tally)
            }
            state.shown = [:]
            for thread in registry.threads { state.sums[thread.number] = sums(of: thread) }
        }
    }

    /// Time does not count any more.
    ///
    /// - Returns: the window up to now, nil if the pipeline did not play.
    package func pause(at now: UInt64) -> PipelineWindow? {
        state.withLock { state in
            guard state.isPlaying else { return nil }
            let window = close(&state, at: now)
            state.isPlaying = false
            for member in state.members { member.trace.countsSince.store(.max, ordering: .relaxed) }
            return window
        }
    }

    /// Closes the window, nil if the pipeline does not play.
    package func window(at now: UInt64) -> PipelineWindow? {
        state.withLock { state in
            state.isPlaying ? close(&state, at: now) : nil
        }
    }

    /// What was counted and never came into a window, of a pipeline that went without ever playing or after a pause.
    package func rest(at now: UInt64) -> PipelineWindow? {
        state.withLock { state in
            if !state.isPlaying { state.openedAt = now }
            let window = close(&state, at: now)
            return window.isEmpty ? nil : window
        }
    }

    /// Gives all traces back; the meter is not used any more.
    package func stop() {
        state.withLock { state in
            for store in state.stores { pool.take(back: store.trace) }
            for member in state.members { pool.take(back: member.trace) }
            state.stores = []
            state.members = []
        }
    }

    /// How many elements are known, and how many of them are to be shown.
    package var elementCounts: (all: Int, shown: Int) {
        state.withLock { ($0.members.count, $0.members.count { $0.isShown }) }
    }

    // MARK: Windows

    private func sums(of thread: ThreadTrace) -> Sums {
        Sums(
            work: thread.work.load(ordering: .relaxed),
            waits: [
                .queueFull: thread.waitingForRoom.load(ordering: .relaxed),
                .clock: thread.waitingForClock.load(ordering: .relaxed),
                .source: thread.waitingForSource.load(ordering: .relaxed),
                .inputs: thread.waitingForInputs.load(ordering: .relaxed),
            ], times: times(thread))
    }

    private func close(_ state: inout State, at now: UInt64) -> PipelineWindow {
        var window = PipelineWindow()
        window.duration = now > state.openedAt ? now - state.openedAt : 0
        state.openedAt = now
        let process = processTime()
        let ran = process > state.processTime ? process - state.processTime : 0
        if window.duration > 0 {
            window.processorLoad = Double(ran) / Double(window.duration) / Double(processors)
        }
        state.processTime = process

        // In the order in which the first buffer came to them, and then those that none came to.
        state.members.sort { $0.trace.order < $1.trace.order }
        var places: [ObjectIdentifier: Int] = [:]
        var tallies = state.members.map { $0.trace.drain() }
        for (place, member) in state.members.enumerated() { places[ObjectIdentifier(member.trace)] = place }
        var storePlaces: [ObjectIdentifier: Int] = [:]
        var stores = state.stores.map { $0.trace.drain() }
        for (place, store) in state.stores.enumerated() { storePlaces[ObjectIdentifier(store.trace)] = place }

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
                    maxDwell: tally.dwell.max, full: min(tally.full, window.duration),
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
        element.isQueue = kind == .queue || kind == .jitterBuffer
        element.buffers = whole.buffers
        element.bytes = whole.bytes
        element.rate = duration > 0 ? Double(whole.buffers) * 1e9 / Double(duration) : 0
        element.work = whole.work
        element.p50 = whole.distribution.percentile(50)
        element.p90 = whole.distribution.percentile(90)
        element.p99 = whole.distribution.percentile(99)
        element.max = whole.distribution.max
        element.load = duration > 0 ? Double(tally.work) / Double(duration) : 0
        let longest = tally.waits.max { ($0.value, $1.key.rawValue) < ($1.value, $0.key.rawValue) }
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

    /// What a thread did in the window if it did it in this pipeline; adds its segment under way to the tallies.
    private func read(
        _ thread: ThreadTrace, _ state: inout State, _ places: [ObjectIdentifier: Int],
        _ tallies: inout [ElementTrace.Tally], _ storePlaces: [ObjectIdentifier: Int],
        _ stores: inout [PadTrace.Tally], at now: UInt64, duration: UInt64
    ) -> PipelineWindow.Thread? {
        let loop = unsafe thread.loopElement.load(ordering: .relaxed)?.takeUnretainedValue()
        let loopPlace = loop.flatMap { places[ObjectIdentifier($0)] }
        var elements = state.members.indices.filter {
            let trace = state.members[$0].trace
            // A queue's chain is on the thread that feeds it; what it does there is not work of the thread.
            return trace.thread.load(ordering: .relaxed) == thread.number
        }
        if let loopPlace, !elements.contains(loopPlace) { elements.insert(loopPlace, at: 0) }
        guard !elements.isEmpty else { return nil }

        let before =
            state.sums[thread.number]
            ?? Sums(
                times: ThreadTimes(name: "", processor: thread.processorTimeBefore, runQueue: 0))
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
        if let store = unsafe thread.loopStore.load(ordering: .relaxed)?.takeUnretainedValue() {
            result.source = storePlaces[ObjectIdentifier(store)]
        }
        result.sinks = state.stores.indices.filter {
            state.stores[$0].trace.thread.load(ordering: .relaxed) == thread.number
        }
        showOpenSegment(
            of: thread, &result, &state, places, &tallies, storePlaces, &stores, at: now, duration: duration)
        // A thread that was ready to run and had no processor did not wait for its source.
        let waited = (result.waits[.source] ?? 0).addingSaturating(result.waits[.inputs] ?? 0)
        if let loop, let loopPlace, loop.kind.load(ordering: .relaxed) == .source {
            let reason = ElementTrace.Wait.source
            let moved = min(result.runQueue, waited, tallies[loopPlace].waits[reason] ?? 0)
            tallies[loopPlace].waits[reason, default: 0] -= moved
            tallies[loopPlace].work.addSaturating(moved)
            result.waits[reason] = (result.waits[reason] ?? 0) &- min(moved, result.waits[reason] ?? 0)
            result.work.addSaturating(moved)
        }
        return result
    }

    /// A segment that is still under way counts up to now; when it is closed, all of it comes into the sums, and what was
    /// shown of it before is taken off again.
    private func showOpenSegment(
        of thread: ThreadTrace, _ result: inout PipelineWindow.Thread, _ state: inout State,
        _ places: [ObjectIdentifier: Int], _ tallies: inout [ElementTrace.Tally],
        _ storePlaces: [ObjectIdentifier: Int], _ stores: inout [PadTrace.Tally], at now: UInt64, duration: UInt64
    ) {
        var before = state.shown.removeValue(forKey: thread.number)
        let open = thread.openSegment(processor: result.processor, of: duration, at: now)
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
