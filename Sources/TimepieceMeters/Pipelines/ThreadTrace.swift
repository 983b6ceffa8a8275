import Glibc
import Synchronization
import Timepiece

/// Where a thread's time goes: it always belongs to one element, and changes hands with each event.
///
/// A stack of the chain functions that the thread is in says whose turn it is. When an event comes, the segment of time
/// since the one before is closed: it is added to the element whose turn it was, as work or as waiting. So an element's
/// time is without that of what is downstream. Outside all chain functions the time belongs to the element whose loop it
/// is, which is the one upstream of the pad that is next given a buffer.
///
/// Events come from the thread itself; about 30 ns each, no allocation, no lock, no trap. The thread of the reports reads
/// only what is atomic.
@safe package final class ThreadTrace: @unchecked Sendable {
    // Sendable: what is not atomic belongs to the one thread that this is about.

    /// Deeper chain functions than this belong to the last one.
    static let capacity = 256
    /// A queue's chain or loop that is shorter did not wait.
    static let shortestWait: UInt64 = 20_000
    /// A segment that is shorter is added to its element together with others, when its chain function is left.
    private static let longSegment: UInt64 = 1_000_000
    /// The processor's clock, a system call, is read this often at most.
    static let processorReadings: UInt64 = 50_000

    /// How a segment of time is to be read.
    enum Mode: UInt8, AtomicRepresentable {
        case work
        /// In the chain of a queue.
        case room
        /// Waiting up to the deadline, then work.
        case clock
        /// Work as long as the processor runs, and else waiting for the source, or for inputs.
        case source, inputs
        /// The loop of a queue.
        case starved
    }

    @safe private struct Frame {
        var key: UInt
        var pad: Unmanaged<PadTrace>
        var element: Unmanaged<ElementTrace>
        var mode: Mode
        var isList: Bool
        /// The frame above is for one buffer of this list.
        var isTakenApart: Bool
        var deadline: UInt64
        var buffers: UInt64
        var work: UInt64
        /// The part of it that has not been added to the element yet.
        var pending: UInt64
    }

    /// The number of the thread here, from 1; never given twice.
    package let number: UInt64
    /// The number of the thread in the kernel.
    package let identifier: Int32
    /// The processor time that it had when the tracer first saw it.
    package let processorTimeBefore: UInt64
    let hasEnded = Atomic<Bool>(false)

    private let processorTime: @Sendable () -> UInt64
    private let frames: UnsafeMutablePointer<Frame>
    private var depth = 0
    private var beyond: UInt64 = 0
    private var processorAtOpening: UInt64 = 0
    private var processorReadAt: UInt64 = 0
    /// What the clock said then.
    private var processorRead: UInt64 = 0

    /// The segment that is under way, for the thread of the reports, too. Since when; 0: none, or it is being changed.
    let openSince = Atomic<UInt64>(0)
    let openElement = unsafe Atomic<Unmanaged<ElementTrace>?>(nil)
    let openPad = unsafe Atomic<Unmanaged<PadTrace>?>(nil)
    let openMode = Atomic<Mode>(.work)
    let openDeadline = Atomic<UInt64>(0)
    /// What the element's trace was in use for.
    let openSerial = Atomic<UInt64>(0)
    /// The element whose loop this thread is, and the pad by which the buffers of the loop came into it.
    let loopElement = unsafe Atomic<Unmanaged<ElementTrace>?>(nil)
    let loopStore = unsafe Atomic<Unmanaged<PadTrace>?>(nil)
    /// Sums since the thread was first seen, which only it writes.
    let work = Atomic<UInt64>(0)
    let waitingForRoom = Atomic<UInt64>(0)
    let waitingForClock = Atomic<UInt64>(0)
    let waitingForSource = Atomic<UInt64>(0)
    let waitingForInputs = Atomic<UInt64>(0)

    /// - Parameter processorTime: the processor time of the calling thread.
    package init(
        number: UInt64, identifier: Int32, processorTime: @escaping @Sendable () -> UInt64 = ThreadTrace.processorClock
    ) {
        self.number = number
        self.identifier = identifier
        self.processorTime = processorTime
        processorTimeBefore = processorTime()
        unsafe frames = .allocate(capacity: Self.capacity)
    }

    deinit {
        unsafe frames.deallocate()
    }

    package static func processorClock() -> UInt64 {
        var time = timespec()
        guard unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) == 0 else { return 0 }
        return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    }

    /// A chain function is entered, or one that is pulled from.
    ///
    /// - Parameters:
    ///   - key: what ``leave(_:at:buffers:bytes:)`` finds it by.
    ///   - deadline: until when it waits for the clock; 0: it does not, `UInt64.max`: as long as it lasts.
    ///   - memory: with `time`, what the first buffer is recognized by.
    ///   - isList: whether the chain function is given a list.
    /// - Returns: whether these buffers are new to the pad, and not those of the list that it was just given.
    package func enter(
        _ pad: Unmanaged<PadTrace>, key: UInt, at now: UInt64, buffers: UInt64, bytes: UInt64, deadline: UInt64,
        memory: UInt, time: UInt64, isList: Bool
    ) -> Bool {
        guard depth < Self.capacity, beyond == 0,
            let element = unsafe pad._withUnsafeGuaranteedRef({ unsafe $0.element.load(ordering: .relaxed) })
        else {
            beyond &+= 1
            return true
        }
        var isNew = true
        if depth == 0 {
            unsafe closeLoop(pad, at: now, buffers: buffers, bytes: bytes, memory: memory, time: time)
        } else {
            let top = unsafe frames + (depth &- 1)
            unsafe top.pointee.work &+= close(at: now)
            if unsafe top.pointee.isList && top.pointee.key == key {
                unsafe top.pointee.isTakenApart = true
                isNew = false
            }
            unsafe top.pointee.element._withUnsafeGuaranteedRef { element in
                if element.firstOutput.load(ordering: .relaxed) == 0 {
                    element.firstOutput.store(max(1, now), ordering: .relaxed)
                }
            }
        }
        let mode = unsafe element._withUnsafeGuaranteedRef { element in
            let kind = element.kind.load(ordering: .relaxed)
            if isNew, kind != .aggregator {
                element.buffers.wrappingAdd(buffers, ordering: .relaxed)
                element.bytes.wrappingAdd(bytes, ordering: .relaxed)
            }
            if element.thread.load(ordering: .relaxed) != number { element.thread.store(number, ordering: .relaxed) }
            if element.firstInput.load(ordering: .relaxed) == 0 {
                element.firstInput.store(max(1, now), ordering: .relaxed)
            }
            switch kind {
            case .queue, .jitterBuffer, .aggregator: return Mode.room
            case .joiner: return .inputs
            case .filter, .source: return deadline > 0 ? .clock : .work
            }
        }
        if mode == .room {
            unsafe pad._withUnsafeGuaranteedRef { pad in
                if pad.thread.load(ordering: .relaxed) != number { pad.thread.store(number, ordering: .relaxed) }
            }
        }
        unsafe (frames + depth).initialize(
            to: Frame(
                key: key, pad: pad, element: element, mode: mode, isList: isList, isTakenApart: false,
                deadline: deadline,
                buffers: buffers, work: 0, pending: 0))
        depth &+= 1
        unsafe open(element, pad, mode, deadline, at: now)
        return isNew
    }

    /// The chain function is left that was entered with this key; nothing happens if there is none.
    ///
    /// - Parameter buffers: those that were pulled, with their bytes; 0 where buffers are pushed.
    package func leave(_ key: UInt, at now: UInt64, buffers: UInt64, bytes: UInt64) {
        guard depth > 0 else { return }
        let top = unsafe frames + (depth &- 1)
        guard unsafe beyond == 0 && top.pointee.key == key else {
            unwind(key, at: now)
            return
        }
        unsafe top.pointee.work &+= close(at: now)
        unsafe top.pointee.element._withUnsafeGuaranteedRef { element in
            if unsafe top.pointee.pending > 0 {
                element.work.wrappingAdd(unsafe top.pointee.pending, ordering: .relaxed)
            }
            if buffers > 0 {
                element.buffers.wrappingAdd(buffers, ordering: .relaxed)
                element.bytes.wrappingAdd(bytes, ordering: .relaxed)
            }
            let count = unsafe buffers > 0 ? buffers : top.pointee.buffers
            let isCounted = unsafe !top.pointee.isTakenApart && element.kind.load(ordering: .relaxed) != .aggregator
            if count > 0, isCounted {
                element.histogram.record(unsafe top.pointee.work / count, count: count)
            }
        }
        depth &-= 1
        resume(at: now)
    }

    /// The stream has ended downstream of here: no loop goes on.
    package func end(_ pad: Unmanaged<PadTrace>) {
        unsafe pad._withUnsafeGuaranteedRef { pad in
            unsafe pad.upstreamStore.load(ordering: .relaxed)?._withUnsafeGuaranteedRef { store in
                unsafe store.element.load(ordering: .relaxed)?._withUnsafeGuaranteedRef { element in
                    if element.kind.load(ordering: .relaxed) != .aggregator { store.finish() }
                }
            }
        }
        guard depth == 0 else { return }
        openSince.store(0, ordering: .releasing)
        unsafe loopElement.store(nil, ordering: .relaxed)
    }

    /// Back in the chain function below, or in the loop.
    private func resume(at now: UInt64) {
        guard depth == 0 else {
            let top = unsafe frames + (depth &- 1)
            unsafe open(
                top.pointee.element, top.pointee.pad, top.pointee.mode, top.pointee.deadline, at: now)
            return
        }
        guard let loop = unsafe loopElement.load(ordering: .relaxed) else {
            openSince.store(0, ordering: .releasing)
            return
        }
        unsafe open(loop, loopStore.load(ordering: .relaxed), loopMode(loop), 0, at: now)
    }

    /// What is left is not the innermost: it was not entered, or those above it ended unseen.
    private func unwind(_ key: UInt, at now: UInt64) {
        var index = depth &- 1
        while index >= 0, unsafe (frames + index).pointee.key != key { index &-= 1 }
        guard index >= 0 else {
            beyond = beyond > 0 ? beyond &- 1 : 0
            return
        }
        beyond = 0
        depth = index
        resume(at: now)
    }

    private func loopMode(_ element: Unmanaged<ElementTrace>) -> Mode {
        unsafe element._withUnsafeGuaranteedRef { element in
            switch element.kind.load(ordering: .relaxed) {
            case .source: return .source
            case .queue, .jitterBuffer: return .starved
            case .aggregator: return .inputs
            case .filter, .joiner:
                // A demuxer that pulls; one that drains at the end; or one with an output thread of its own.
                if element.pulls.load(ordering: .relaxed) { return .work }
                let thread = element.thread.load(ordering: .relaxed)
                return thread == number || thread == 0 ? .work : .inputs
            }
        }
    }

    @inline(__always)
    private func open(
        _ element: Unmanaged<ElementTrace>, _ pad: Unmanaged<PadTrace>?, _ mode: Mode, _ deadline: UInt64,
        at now: UInt64
    ) {
        openSince.store(0, ordering: .releasing)
        unsafe openElement.store(element, ordering: .releasing)
        unsafe openPad.store(pad, ordering: .releasing)
        openMode.store(mode, ordering: .releasing)
        openDeadline.store(deadline, ordering: .releasing)
        unsafe element._withUnsafeGuaranteedRef {
            openSerial.store($0.serial.load(ordering: .relaxed), ordering: .releasing)
        }
        openSince.store(max(1, now), ordering: .releasing)
        processorAtOpening = 0
        if mode == .source || mode == .inputs, now &- processorReadAt >= Self.processorReadings || now < processorReadAt
        {
            processorReadAt = now
            processorRead = processorTime()
            processorAtOpening = processorRead
        }
    }

    /// Ends the segment under way, in a chain function; returns how much of it was work.
    @inline(__always)
    private func close(at now: UInt64) -> UInt64 {
        guard let element = unsafe openElement.load(ordering: .relaxed) else { return 0 }
        let (since, mode) = (openSince.load(ordering: .relaxed), openMode.load(ordering: .relaxed))
        let deadline = openDeadline.load(ordering: .relaxed)
        let pad = unsafe openPad.load(ordering: .relaxed)
        return unsafe element._withUnsafeGuaranteedRef { element in
            let begin = max(since, element.countsSince.load(ordering: .relaxed))
            guard since > 0, now > begin else { return 0 }
            let length = now &- begin
            let (waited, reason) = read(length, from: begin, mode: mode, deadline: deadline, element)
            if mode == .room, waited > 0, let pad = unsafe pad {
                unsafe pad._withUnsafeGuaranteedRef { _ = $0.full.wrappingAdd(waited, ordering: .relaxed) }
            }
            let worked = account(length, waited, reason, element)
            let top = unsafe frames + (depth &- 1)
            if worked >= Self.longSegment {
                element.work.wrappingAdd(worked, ordering: .relaxed)
            } else {
                unsafe top.pointee.pending &+= worked
            }
            return worked
        }
    }

    /// Adds a segment to the sums, but its work not to the element; returns how much of it was work.
    @inline(__always)
    private func account(
        _ length: UInt64, _ waited: UInt64, _ reason: ElementTrace.Wait, _ element: ElementTrace
    ) -> UInt64 {
        let worked = length &- waited
        work.store(work.load(ordering: .relaxed) &+ worked, ordering: .relaxed)
        if waited > 0 {
            element.add(waiting: waited, for: reason)
            switch reason {
            case .none: break
            case .queueFull:
                waitingForRoom.store(waitingForRoom.load(ordering: .relaxed) &+ waited, ordering: .relaxed)
            case .clock:
                waitingForClock.store(waitingForClock.load(ordering: .relaxed) &+ waited, ordering: .relaxed)
            case .source:
                waitingForSource.store(waitingForSource.load(ordering: .relaxed) &+ waited, ordering: .relaxed)
            case .inputs:
                waitingForInputs.store(waitingForInputs.load(ordering: .relaxed) &+ waited, ordering: .relaxed)
            }
        }
        return worked
    }

    /// How much of a segment was waiting, and for what.
    private func read(
        _ length: UInt64, from begin: UInt64, mode: Mode, deadline: UInt64, _ element: ElementTrace
    ) -> (UInt64, ElementTrace.Wait) {
        switch mode {
        case .work:
            return (0, .none)
        case .room:
            return (length >= Self.shortestWait ? length : 0, .queueFull)
        case .starved:
            return (length >= Self.shortestWait ? length : 0, .inputs)
        case .clock:
            return (deadline > begin ? min(length, deadline &- begin) : 0, .clock)
        case .source, .inputs:
            // Without a reading at its beginning there was one shortly before it, which is as good for a long one.
            if processorAtOpening > 0 || length >= 2 &* Self.processorReadings {
                let before = processorAtOpening > 0 ? processorAtOpening : processorRead
                let now = processorTime()
                let ran = min(length, now > before ? now &- before : 0)
                let share = Double(ran) / Double(length) * 65_536
                element.processorShare.store(UInt32(min(65_536, share)), ordering: .relaxed)
                return (length &- ran, mode == .source ? .source : .inputs)
            }
            let share = UInt64(element.processorShare.load(ordering: .relaxed))
            let (high, low) = length.multipliedFullWidth(by: share)
            let ran = min(length, high &<< 48 | low &>> 16)
            return (length &- ran, mode == .source ? .source : .inputs)
        }
    }

    /// Ends the segment of the loop that brings these buffers.
    private func closeLoop(
        _ pad: Unmanaged<PadTrace>, at now: UInt64, buffers: UInt64, bytes: UInt64, memory: UInt, time: UInt64
    ) {
        let (loop, store) = unsafe pad._withUnsafeGuaranteedRef { pad in
            unsafe (pad.upstream.load(ordering: .relaxed), pad.upstreamStore.load(ordering: .relaxed))
        }
        guard let loop = unsafe loop else {
            unsafe loopElement.store(nil, ordering: .relaxed)
            return
        }
        // A thread that was last used for an element that went was idle since.
        let isStale =
            unsafe openElement.load(ordering: .relaxed)?._withUnsafeGuaranteedRef {
                $0.serial.load(ordering: .relaxed) != openSerial.load(ordering: .relaxed)
            } ?? true
        let since = isStale ? 0 : openSince.load(ordering: .relaxed)
        unsafe loop._withUnsafeGuaranteedRef { element in
            let kind = element.kind.load(ordering: .relaxed)
            let begin = max(since, element.countsSince.load(ordering: .relaxed))
            let length = since > 0 && now > begin ? now &- begin : 0
            var worked: UInt64 = 0
            let mode = unsafe loopMode(loop)
            var isWaiting = true
            if kind == .queue || kind == .jitterBuffer {
                unsafe store?._withUnsafeGuaranteedRef { store in
                    let came = store.take(memory: memory, time: time, at: now, reorders: kind == .jitterBuffer)
                    let starved = came.map { min(now, $0) > begin ? min(now, $0) &- begin : 0 } ?? length
                    if length >= Self.shortestWait, starved > 0 {
                        store.empty.wrappingAdd(starved, ordering: .relaxed)
                    }
                    // A queue that had the buffer all the time was not waited for, but the thread was held up.
                    isWaiting = kind == .jitterBuffer || starved > 0
                }
            }
            if length > 0 {
                let (waited, reason) = read(
                    length, from: begin, mode: isWaiting ? mode : .work, deadline: 0, element)
                worked = account(length, waited, reason, element)
                element.work.wrappingAdd(worked, ordering: .relaxed)
            }
            if kind == .aggregator {
                unsafe takeInputs(of: element, loop, upTo: time, at: now)
                unsafe element.firstStore.load(ordering: .relaxed)?._withUnsafeGuaranteedRef { store in
                    _ = store.empty.wrappingAdd(length &- worked, ordering: .relaxed)
                }
            }
            if element.firstOutput.load(ordering: .relaxed) == 0 {
                element.firstOutput.store(max(1, now), ordering: .relaxed)
            }
            if kind == .source || kind == .aggregator || element.pulls.load(ordering: .relaxed) {
                element.buffers.wrappingAdd(buffers, ordering: .relaxed)
                element.bytes.wrappingAdd(bytes, ordering: .relaxed)
                if length > 0, buffers > 0 { element.histogram.record(worked / buffers, count: buffers) }
            }
        }
        if unsafe loopElement.load(ordering: .relaxed)?.toOpaque() != loop.toOpaque() {
            unsafe loopElement.store(loop, ordering: .relaxed)
        }
        unsafe loopStore.store(store, ordering: .relaxed)
    }

    /// The buffers of an aggregator's pads that went into what it gives away.
    private func takeInputs(
        of element: ElementTrace, _ unmanaged: Unmanaged<ElementTrace>, upTo time: UInt64, at now: UInt64
    ) {
        var store = unsafe element.firstStore.load(ordering: .relaxed)
        var left = Self.capacity
        while let next = unsafe store, left > 0 {
            unsafe store = next._withUnsafeGuaranteedRef { pad in
                // One that is used for another element now leads elsewhere.
                guard unsafe pad.element.load(ordering: .relaxed)?.toOpaque() == unmanaged.toOpaque() else {
                    return nil
                }
                pad.take(upTo: time, at: now)
                return unsafe pad.nextStore.load(ordering: .relaxed)
            }
            left &-= 1
        }
    }

    /// A segment that is under way.
    struct OpenSegment {
        let element: ElementTrace
        let store: PadTrace?
        let mode: Mode
        let since: UInt64
        let length: UInt64
        let wait: UInt64
        let reason: ElementTrace.Wait
    }

    /// Reads the segment under way, from another thread; nil if there is none, or it changes just now.
    ///
    /// - Parameters:
    ///   - processor: how long the thread ran in the window.
    ///   - duration: how long the window was.
    func openSegment(processor: UInt64, of duration: UInt64, at now: UInt64) -> OpenSegment? {
        let since = openSince.load(ordering: .acquiring)
        let element = unsafe openElement.load(ordering: .acquiring)?.takeUnretainedValue()
        let pad = unsafe openPad.load(ordering: .acquiring)?.takeUnretainedValue()
        let mode = openMode.load(ordering: .acquiring)
        let deadline = openDeadline.load(ordering: .acquiring)
        let serial = openSerial.load(ordering: .acquiring)
        guard since > 0, let element, openSince.load(ordering: .acquiring) == since,
            element.serial.load(ordering: .acquiring) == serial
        else { return nil }
        let begin = max(since, element.countsSince.load(ordering: .relaxed))
        guard now > begin else { return nil }
        let length = now - begin
        let (wait, reason): (UInt64, ElementTrace.Wait)
        switch mode {
        case .work: (wait, reason) = (0, .none)
        case .room: (wait, reason) = (length >= Self.shortestWait ? length : 0, .queueFull)
        case .starved: (wait, reason) = (length >= Self.shortestWait ? length : 0, .inputs)
        case .clock: (wait, reason) = (deadline > begin ? min(length, deadline - begin) : 0, .clock)
        case .source, .inputs:
            // As long as the window: then the thread's processor time is the segment's.
            let share =
                length >= duration / 2 && duration > 0
                ? min(1, Double(processor) / Double(duration))
                : Double(element.processorShare.load(ordering: .relaxed)) / 65_536
            wait = length - min(length, UInt64(Double(length) * share))
            reason = mode == .source ? .source : .inputs
        }
        return OpenSegment(
            element: element, store: pad, mode: mode, since: since, length: length, wait: wait, reason: reason)
    }

    /// One more buffer of a list that comes out of an element that stores.
    package func take(_ pad: Unmanaged<PadTrace>, memory: UInt, time: UInt64, at now: UInt64) {
        unsafe pad._withUnsafeGuaranteedRef { pad in
            unsafe pad.upstreamStore.load(ordering: .relaxed)?._withUnsafeGuaranteedRef { store in
                unsafe store.element.load(ordering: .relaxed)?._withUnsafeGuaranteedRef { element in
                    let kind = element.kind.load(ordering: .relaxed)
                    guard kind == .queue || kind == .jitterBuffer else { return }
                    _ = store.take(memory: memory, time: time, at: now, reorders: kind == .jitterBuffer)
                }
            }
        }
    }
}
