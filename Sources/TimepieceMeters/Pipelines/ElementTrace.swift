import Synchronization
import Timepiece

/// What one element did since it was last read: buffers, bytes, its own working time, its waits.
///
/// The threads of the buffers add, the thread of the reports drains; all of it is atomic, so neither waits for the other.
/// Objects are never freed but reused (see ``TracePool``), so that a thread that still holds one finds memory of the same
/// kind there; the worst that happens is that a segment of its time is added to the wrong element.
@safe package final class ElementTrace: Sendable {
    /// How the time between the events of an element is to be read.
    package enum Kind: UInt8, Sendable, AtomicRepresentable {
        /// What passes between being given a buffer and giving one away is work.
        case filter
        /// No sink pad: the loop is work as long as the processor runs, and the rest is waiting for the source.
        case source
        /// Stores buffers: the chain waits for room, the loop for buffers. First in, first out.
        case queue
        /// A queue whose buffers may leave in another order than they came in.
        case jitterBuffer
        /// The chain waits for room, and the loop works as long as the processor runs and else waits for inputs.
        case aggregator
        /// Several inputs and no thread of its own: the chain works as long as the processor runs.
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

    let kind = Atomic<Kind>(.filter)
    /// Another one each time it is used for another element.
    let serial = Atomic<UInt64>(0)
    /// Time before this instant does not count; never while the pipeline is paused.
    let countsSince = Atomic<UInt64>(0)
    let buffers = Atomic<UInt64>(0)
    let bytes = Atomic<UInt64>(0)
    let work = Atomic<UInt64>(0)
    let waitingForRoom = Atomic<UInt64>(0)
    let waitingForClock = Atomic<UInt64>(0)
    let waitingForSource = Atomic<UInt64>(0)
    let waitingForInputs = Atomic<UInt64>(0)
    /// The work for one buffer.
    let histogram = SharedHistogram()
    /// The part of the loop's time in which the processor ran, of 65,536, as last measured.
    let processorShare = Atomic<UInt32>(65_536)
    /// The number of the thread that last brought a buffer; 0: none.
    let thread = Atomic<UInt64>(0)
    /// Whether it pulls its input.
    let pulls = Atomic<Bool>(false)
    let firstInput = Atomic<UInt64>(0)
    let firstOutput = Atomic<UInt64>(0)
    /// The time of its state changes up to PAUSED.
    let stateTime = Atomic<UInt64>(0)
    /// The first of its pads that store buffers.
    let firstStore = unsafe Atomic<Unmanaged<PadTrace>?>(nil)

    init() {}

    func add(waiting time: UInt64, for reason: Wait) {
        switch reason {
        case .none: break
        case .queueFull: waitingForRoom.wrappingAdd(time, ordering: .relaxed)
        case .clock: waitingForClock.wrappingAdd(time, ordering: .relaxed)
        case .source: waitingForSource.wrappingAdd(time, ordering: .relaxed)
        case .inputs: waitingForInputs.wrappingAdd(time, ordering: .relaxed)
        }
    }

    /// Elements are listed by this.
    var order: UInt64 {
        let first = firstInput.load(ordering: .relaxed)
        return first == 0 ? .max : first
    }

    /// A state change on the way up took a while and ended.
    package func changedState(in time: UInt64, at now: UInt64) {
        stateTime.wrappingAdd(time, ordering: .relaxed)
        guard kind.load(ordering: .relaxed) == .source, firstOutput.load(ordering: .relaxed) == 0 else { return }
        firstInput.store(max(1, now), ordering: .relaxed)
    }

    /// What was counted, in one value.
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

    /// Takes out what was counted.
    func drain() -> Tally {
        Tally(
            buffers: buffers.exchange(0, ordering: .relaxed), bytes: bytes.exchange(0, ordering: .relaxed),
            work: work.exchange(0, ordering: .relaxed),
            waits: [
                .queueFull: waitingForRoom.exchange(0, ordering: .relaxed),
                .clock: waitingForClock.exchange(0, ordering: .relaxed),
                .source: waitingForSource.exchange(0, ordering: .relaxed),
                .inputs: waitingForInputs.exchange(0, ordering: .relaxed),
            ],
            distribution: histogram.drain())
    }

    /// Makes it as new, for another element.
    func reset(to kind: Kind, countsSince: UInt64) {
        serial.wrappingAdd(1, ordering: .releasing)
        self.kind.store(kind, ordering: .relaxed)
        self.countsSince.store(countsSince, ordering: .relaxed)
        processorShare.store(65_536, ordering: .relaxed)
        thread.store(0, ordering: .relaxed)
        pulls.store(false, ordering: .relaxed)
        firstInput.store(0, ordering: .relaxed)
        firstOutput.store(0, ordering: .relaxed)
        stateTime.store(0, ordering: .relaxed)
        unsafe firstStore.store(nil, ordering: .relaxed)
        _ = drain()
    }
}
