import Synchronization
import Timepiece

/// Measures the elements of one top-level pipeline, window by window.
///
/// Buffers that pass before the pipeline plays are counted, with their work, in the first window; they do not
/// contribute to load or waiting, and neither does a pause. All calls except those of the traces themselves take a
/// lock.
package final class PipelineMeter: Sendable {
    struct Member {
        let trace: ElementTrace
        let path: String
        let factory: String
        let isShown: Bool
        var isNew = true
        var hasGone = false
        var carried = ElementTrace.Tally()
    }

    struct Store {
        let trace: PadTrace
        let element: ElementTrace
        let name: String
        var hasGone = false
        var carried = PadTrace.Tally()
    }

    /// The part of an open segment that has already been reported.
    struct Shown {
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
    struct Sums {
        var work: UInt64 = 0
        var late: UInt64 = 0
        var longWaits: UInt64 = 0
        var waits: [ElementTrace.Wait: UInt64] = [:]
        var times: ThreadTimes?
    }

    struct State {
        var members: [Member] = []
        var stores: [Store] = []
        /// The pads whose element does not store buffers.
        var pads: [ObjectIdentifier: PadTrace] = [:]
        var shown: [UInt64: Shown] = [:]
        var sums: [UInt64: Sums] = [:]
        var isPlaying = false
        /// The instant from which time counts; 0 before the pipeline first played.
        var countsSince: UInt64 = 0
        var openedAt: UInt64 = 0
        var processTime: UInt64 = 0
    }

    let registry: ThreadRegistry
    let pool: TracePool
    let processors: Int
    let times: @Sendable (ThreadTrace) -> ThreadTimes?
    let processTime: @Sendable () -> UInt64
    private let state = Mutex(State())
    /// How many removed elements, and how many of their pads, are kept for the next window, which may not be requested
    /// for a long time.
    static let mostGone = 100

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

    /// An element is added to the pipeline.
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

    /// An element left the pipeline; its work is still part of the next window.
    package func remove(_ element: ElementTrace) {
        state.withLock { state in
            for index in state.members.indices where state.members[index].trace === element {
                state.members[index].hasGone = true
            }
            for index in state.stores.indices where state.stores[index].element === element {
                state.stores[index].hasGone = true
            }
            bound(&state)
        }
    }

    /// Discards the elements and pads that were removed first if too many of them are kept.
    private func bound(_ state: inout State) {
        var surplus = state.members.count { $0.hasGone } - Self.mostGone
        state.members.removeAll { member in
            guard surplus > 0, member.hasGone else { return false }
            surplus -= 1
            pool.take(back: member.trace)
            return true
        }
        var surplusStores = state.stores.count { $0.hasGone } - Self.mostGone
        state.stores.removeAll { store in
            guard surplusStores > 0, store.hasGone else { return false }
            surplusStores -= 1
            pool.take(back: store.trace)
            return true
        }
    }

    /// A sink pad is added to an element.
    package func addPad(to element: ElementTrace, name: String) -> PadTrace {
        state.withLock { state in
            let kind = element.kind.load(ordering: .relaxed)
            let stores = kind == .queue || kind == .jitterBuffer || kind == .aggregator
            let pad = pool.pad(of: element, stores: stores)
            if stores {
                unsafe pad.nextStore.store(element.firstStore.load(ordering: .relaxed), ordering: .releasing)
                unsafe element.firstStore.store(Unmanaged.passUnretained(pad), ordering: .releasing)
                state.stores.append(Store(trace: pad, element: element, name: name))
            } else {
                state.pads[ObjectIdentifier(pad)] = pad
            }
            return pad
        }
    }

    /// A sink pad is removed.
    package func removePad(_ pad: PadTrace) {
        state.withLock { state in
            if state.pads.removeValue(forKey: ObjectIdentifier(pad)) != nil {
                pool.take(back: pad)
                return
            }
            for index in state.stores.indices where state.stores[index].trace === pad {
                state.stores[index].hasGone = true
            }
            bound(&state)
        }
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

    /// Time does not count from now on.
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

    /// The counts that were never part of a window, of a pipeline that ended without ever playing or after a pause.
    package func rest(at now: UInt64) -> PipelineWindow? {
        state.withLock { state in
            if !state.isPlaying { state.openedAt = now }
            let window = close(&state, at: now)
            return window.isEmpty ? nil : window
        }
    }

    /// Returns all traces to the pool; the meter must not be used afterwards.
    package func stop() {
        state.withLock { state in
            for store in state.stores { pool.take(back: store.trace) }
            for pad in state.pads.values { pool.take(back: pad) }
            for member in state.members { pool.take(back: member.trace) }
            state.stores = []
            state.pads = [:]
            state.members = []
        }
    }

    /// How many elements are known, and how many of them are reported.
    package var elementCounts: (all: Int, shown: Int) {
        state.withLock { ($0.members.count, $0.members.count { $0.isShown }) }
    }
}
