import Synchronization
import Timepiece

@testable import TimepieceMeters

/// A pipeline that exists in events only: elements, pads, and threads that enter and leave them at given instants.
@safe final class Trace {
    let meter: PipelineMeter
    private let registry = ThreadRegistry()
    private let clocks: Mutex<[UInt64: ThreadTimes]> = Mutex([:])
    private var threadCount: UInt64 = 0
    static let millisecond: UInt64 = 1_000_000

    init(processors: Int = 2, pool: TracePool = TracePool()) {
        let times = SharedTimes()
        shared = times
        meter = PipelineMeter(
            registry: registry, pool: pool, processors: processors,
            times: { thread in times.of(thread.number) }, processTime: { times.process })
    }

    let shared: SharedTimes

    /// The statistics that the kernel would report.
    final class SharedTimes: Sendable {
        private let state = Mutex((times: [UInt64: ThreadTimes](), process: UInt64(0)))
        func of(_ thread: UInt64) -> ThreadTimes? { state.withLock { $0.times[thread] } }
        var process: UInt64 { state.withLock { $0.process } }
        func set(_ thread: UInt64, _ times: ThreadTimes) { state.withLock { $0.times[thread] = times } }
        func setProcess(_ time: UInt64) { state.withLock { $0.process = time } }
    }

    func element(_ path: String, _ kind: ElementTrace.Kind = .filter) -> Node {
        let trace = meter.add(path: path, factory: path, kind: kind)
        return Node(trace: trace, pad: meter.addPad(to: trace, name: "sink"))
    }

    /// A thread whose processor clock the test sets.
    func thread(_ name: String) -> Worker {
        threadCount += 1
        let worker = Worker(number: threadCount, name: name)
        registry.add(worker.trace)
        shared.set(threadCount, ThreadTimes(name: name, processor: 0, runQueue: 0))
        return worker
    }

    func end(_ worker: Worker) {
        registry.leave(worker.trace)
    }

    func window(at milliseconds: UInt64) throws -> PipelineWindow {
        guard let window = meter.window(at: milliseconds * Self.millisecond) else { throw NotPlaying() }
        return window
    }

    struct NotPlaying: Error {}
}

/// An element with one sink pad.
@safe struct Node {
    let trace: ElementTrace
    let pad: PadTrace

    /// Whether its buffers are followed through the element that brings them.
    var isFollowed: Bool {
        unsafe pad.upstreamStore.load(ordering: .relaxed) != nil
            || pad.upstream.load(ordering: .relaxed)?._withUnsafeGuaranteedRef {
                $0.kind.load(ordering: .relaxed) == .aggregator
            } ?? false
    }

    /// Says which element brings the buffers of this one.
    func follows(_ upstream: Node, stores: Bool = false) {
        unsafe pad.setUpstream(
            Unmanaged.passUnretained(upstream.trace), store: stores ? Unmanaged.passUnretained(upstream.pad) : nil)
    }
}

/// A thread that buffers pass on; times in milliseconds.
@safe final class Worker {
    let trace: ThreadTrace
    private let clock: Clock

    private final class Clock: Sendable {
        let time = Atomic<UInt64>(0)
    }

    init(number: UInt64, name: String) {
        let clock = Clock()
        self.clock = clock
        trace = ThreadTrace(number: number, identifier: 0) { clock.time.load(ordering: .relaxed) + 1 }
    }

    /// How long the thread has run, on its own clock.
    func ran(_ milliseconds: UInt64) {
        clock.time.store(milliseconds * Trace.millisecond, ordering: .relaxed)
    }

    func enter(
        _ node: Node, at time: UInt64, buffers: UInt64 = 1, bytes: UInt64 = 10, deadline: UInt64 = 0,
        buffer: UInt64 = 0, isList: Bool = false
    ) {
        let now = time * Trace.millisecond
        let kind = node.trace.kind.load(ordering: .relaxed)
        let isStored = kind == .queue || kind == .jitterBuffer || kind == .aggregator
        if !isStored, !node.isFollowed, buffers == 1, deadline == 0, !isList {
            unsafe trace.enter(Unmanaged.passUnretained(node.pad), key: key(node), at: now, bytes: bytes)
            return
        }
        let isNew = unsafe trace.enter(
            Unmanaged.passUnretained(node.pad), key: key(node), at: now, buffers: buffers, bytes: bytes,
            deadline: deadline == .max ? .max : deadline * Trace.millisecond, memory: 0, time: buffer, isList: isList)
        if isNew, isStored {
            node.pad.store(memory: 0, time: buffer, at: now)
        }
    }

    func leave(_ node: Node, at time: UInt64, buffers: UInt64 = 0, bytes: UInt64 = 0) {
        guard buffers > 0 else {
            trace.leave(key(node), at: time * Trace.millisecond)
            return
        }
        trace.leave(key(node), at: time * Trace.millisecond, buffers: buffers, bytes: bytes)
    }

    /// A buffer that takes no time.
    func pass(_ node: Node, at time: UInt64, buffer: UInt64 = 0) {
        enter(node, at: time, buffer: buffer)
        leave(node, at: time)
    }

    func end(at node: Node) {
        unsafe trace.end(Unmanaged.passUnretained(node.pad))
    }

    /// The end of the stream goes into an element, which passes it on when it is done.
    func enterEnd(_ node: Node, at time: UInt64, deadline: UInt64 = 0) {
        unsafe trace.enterEnd(
            Unmanaged.passUnretained(node.pad), key: key(node), at: time * Trace.millisecond, deadline: deadline)
    }

    private func key(_ node: Node) -> UInt {
        unsafe UInt(bitPattern: Unmanaged.passUnretained(node.pad).toOpaque())
    }
}

extension PipelineWindow {
    func element(_ path: String) -> Element { elements.first { $0.path == path } ?? Element() }
    func queue(_ path: String) -> Queue { queues.first { $0.path == path } ?? Queue() }
}
