import Synchronization
import Timepiece

/// The counts of one element since they were last read: buffers, bytes, its own working time, its waits.
///
/// The streaming threads add, the reporting thread drains; all fields are atomic, so neither waits for the other.
/// Objects are never freed but reused (see ``TracePool``), so that a thread that still holds one finds memory of the
/// same kind there; in the worst case a segment of its time is added to the wrong element.
@safe package final class ElementTrace: Sendable {
    /// How the time between the events of an element is interpreted.
    package enum Kind: UInt8, Sendable, AtomicRepresentable {
        /// The time from a buffer's arrival to the next push is work.
        case filter
        /// No sink pad: the loop is work while the processor runs, and the rest is waiting for the source.
        case source
        /// Stores buffers: the chain waits for room, the loop for buffers. First in, first out.
        case queue
        /// A queue whose buffers may leave in an order other than that of their arrival.
        case jitterBuffer
        /// The chain waits for room; the loop works while the processor runs, and otherwise waits for inputs.
        case aggregator
        /// Several inputs and no thread of its own: the chain works while the processor runs.
        case joiner
    }

    /// Why an element waits.
    package enum Wait: String, Sendable, CaseIterable {
        case none
        case queueFull = "queue-full"
        case clock
        case source
        case inputs
    }

    // The fields that each buffer touches come first, in neighboring cache lines.
    let kind = Atomic<Kind>(.filter)
    /// How the time in its chain function is interpreted if it does not wait for the clock there.
    let chainMode = Atomic<ThreadTrace.Mode>(.work)
    /// The number of this use, which changes each time the trace is used for another element.
    let serial = Atomic<UInt64>(0)
    /// Time before this instant does not count; never while the pipeline is paused.
    let countsSince = Atomic<UInt64>(0)
    /// The number of the thread that adds to the sums without a locked instruction, the first that arrived; 0: none.
    private let owner = Atomic<UInt64>(0)
    /// The number of the thread that last brought a buffer; 0: none.
    let thread = Atomic<UInt64>(0)
    let firstInput = Atomic<UInt64>(0)
    let firstOutput = Atomic<UInt64>(0)
    let buffers = OwnedSum()
    let bytes = OwnedSum()
    let work = OwnedSum()
    /// The work for one buffer.
    let histogram = SharedHistogram()
    let waitingForRoom = OwnedSum()
    let waitingForClock = OwnedSum()
    let waitingForSource = OwnedSum()
    let waitingForInputs = OwnedSum()
    /// The fraction of the loop's time in which the processor ran, in units of 1/65,536, as last measured.
    let processorShare = Atomic<UInt32>(65_536)
    /// Whether it is an aggregator whose next output is made from the buffers that its pads received last.
    let mixes = Atomic<Bool>(true)
    /// Whether it pulls its input.
    let pulls = Atomic<Bool>(false)
    /// The time of its state changes up to PAUSED.
    let stateTime = Atomic<UInt64>(0)
    /// The first of its pads that store buffers.
    let firstStore = unsafe Atomic<Unmanaged<PadTrace>?>(nil)

    init() {}

    func add(waiting time: UInt64, for reason: Wait, byOwner: Bool) {
        switch reason {
        case .none: break
        case .queueFull: waitingForRoom.add(time, byOwner: byOwner)
        case .clock: waitingForClock.add(time, byOwner: byOwner)
        case .source: waitingForSource.add(time, byOwner: byOwner)
        case .inputs: waitingForInputs.add(time, byOwner: byOwner)
        }
    }

    /// Whether the calling thread, which has this number, owns the sums; it becomes the owner if there is none.
    @inline(__always)
    func isOwned(by number: UInt64) -> Bool {
        let owner = owner.load(ordering: .relaxed)
        return owner == number || (owner == 0 && take(for: number))
    }

    private func take(for number: UInt64) -> Bool {
        owner.compareExchange(expected: 0, desired: number, ordering: .acquiring).exchanged
    }

    /// The number of the owner of the sums; 0: there is none.
    var ownerNumber: UInt64 { owner.load(ordering: .acquiring) }

    /// The owner has ended; the next thread that arrives may take its place.
    func disown(by number: UInt64) {
        _ = owner.compareExchange(expected: number, desired: 0, ordering: .releasing)
    }

    /// Whether buffers stay in it.
    var isStore: Bool {
        switch kind.load(ordering: .relaxed) {
        case .queue, .jitterBuffer, .aggregator: true
        case .filter, .source, .joiner: false
        }
    }

    /// Elements are listed by this.
    var order: UInt64 {
        let first = firstInput.load(ordering: .relaxed)
        return first == 0 ? .max : first
    }

    /// Marks it as an aggregator that pushes buffers in its own order and at its own times, and does no work on other
    /// threads.
    package func isMuxer() {
        mixes.store(false, ordering: .relaxed)
    }

    /// A state change towards PLAYING has ended; adds the time that it took.
    package func changedState(in time: UInt64, at now: UInt64) {
        stateTime.wrappingAdd(time, ordering: .relaxed)
        guard kind.load(ordering: .relaxed) == .source, firstOutput.load(ordering: .relaxed) == 0 else { return }
        firstInput.store(max(1, now), ordering: .relaxed)
    }

    /// The counts, in one value.
    struct Tally: Equatable, Sendable {
        var buffers: UInt64 = 0
        var bytes: UInt64 = 0
        var work: UInt64 = 0
        var waits: [Wait: UInt64] = [:]
        var distribution = SharedHistogram.Distribution()

        mutating func add(_ other: Tally) {
            buffers.addSaturating(other.buffers)
            bytes.addSaturating(other.bytes)
            work.addSaturating(other.work)
            waits.merge(other.waits) { $0.addingSaturating($1) }
            distribution.merge(other.distribution)
        }
    }

    /// Returns the counts since the last call.
    func drain() -> Tally {
        Tally(
            buffers: buffers.drain(), bytes: bytes.drain(),
            work: work.drain(),
            waits: [
                .queueFull: waitingForRoom.drain(),
                .clock: waitingForClock.drain(),
                .source: waitingForSource.drain(),
                .inputs: waitingForInputs.drain(),
            ],
            distribution: histogram.drain())
    }

    /// Resets it, for another element.
    func reset(to kind: Kind, countsSince: UInt64) {
        serial.wrappingAdd(1, ordering: .releasing)
        self.kind.store(kind, ordering: .relaxed)
        let mode: ThreadTrace.Mode =
            switch kind {
            case .filter, .source: .work
            case .queue, .jitterBuffer, .aggregator: .room
            case .joiner: .inputs
            }
        chainMode.store(mode, ordering: .relaxed)
        self.countsSince.store(countsSince, ordering: .relaxed)
        processorShare.store(65_536, ordering: .relaxed)
        thread.store(0, ordering: .relaxed)
        owner.store(0, ordering: .relaxed)
        pulls.store(false, ordering: .relaxed)
        mixes.store(true, ordering: .relaxed)
        firstInput.store(0, ordering: .relaxed)
        firstOutput.store(0, ordering: .relaxed)
        stateTime.store(0, ordering: .relaxed)
        unsafe firstStore.store(nil, ordering: .relaxed)
        _ = drain()
    }
}
