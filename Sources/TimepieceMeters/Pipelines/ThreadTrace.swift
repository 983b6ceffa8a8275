import Glibc
import Synchronization
import Timepiece

/// Attributes the time of a thread: it always belongs to one element, and each event passes it to another.
///
/// A stack of the chain functions that the thread is in determines the current element. At an event, the segment of
/// time since the previous one is closed: it is added to the element that was current, as work or as waiting. So an
/// element's time excludes that of the elements downstream. Outside all chain functions the time belongs to the element
/// whose loop it is, which is the one upstream of the pad that receives the next buffer.
///
/// Events come from the thread itself; about 20 ns each, no allocation, no lock, no trap. The reporting thread reads
/// only atomic fields.
@safe package final class ThreadTrace: @unchecked Sendable {
    // Sendable: the fields that are not atomic belong to the traced thread.

    /// The time of deeper chain functions than this belongs to the last frame.
    static let capacity = 256
    /// A queue's chain or loop that is shorter than this did not wait.
    static let shortestWait: UInt64 = 20_000
    /// A segment that is shorter than this is added to its element together with others, when its chain function is
    /// left.
    private static let longSegment: UInt64 = 1_000_000
    /// A source's wait that is longer than this is not caused by the machine's scheduling.
    static let longWait: UInt64 = 20_000_000
    /// A loop that takes longer than this may be idle, as that of a thread whose work is done.
    static let longLoop: UInt64 = 10_000_000
    /// The thread's processor clock, a system call, is not read for a segment that begins sooner than this after the
    /// previous one.
    static let shortLoop: UInt64 = 50_000
    /// It is read again after this time, however short the segments are.
    static let processorReadings: UInt64 = 1_000_000

    /// How a segment of time is interpreted.
    enum Mode: UInt8, AtomicRepresentable {
        case work
        /// In the chain of a queue.
        case room
        /// Waiting up to the deadline, then work.
        case clock
        /// The loop of a queue.
        case starved
        /// Work while the processor runs, and otherwise waiting for the source, or for inputs.
        case source, inputs
        /// The loop of an element that pulls, and the end of a stream up to the first output: work, unless it is idle
        /// for long.
        case loop

        /// Whether it is measured by the processor's clock.
        @inline(__always)
        var isByProcessor: Bool { rawValue >= Mode.source.rawValue }
    }

    /// A chain function that the thread is in, or, in the first slot, its loop. It has the size of a cache line. The
    /// reporting thread reads the first fields; the others are atomic because a change of a plain one would be an access to
    /// the whole frame.
    @safe struct Frame: ~Copyable {
        let element: Atomic<Unmanaged<ElementTrace>?>
        let pad: Atomic<Unmanaged<PadTrace>?>
        /// The number of the use that the element's trace was in.
        let serial: Atomic<UInt64>
        let deadline: Atomic<UInt64>
        let key: Atomic<UInt>
        let work: Atomic<UInt64>
        /// The part of it that has not been added to the element yet.
        let pending: Atomic<UInt64>
        let buffers: Atomic<UInt32>
        let mode: Atomic<Mode>
        let isList: Atomic<Bool>
        /// Whether this thread owns the sums of the element.
        let isOwner: Atomic<Bool>
        /// The frame above is for one buffer of this list.
        let isTakenApart: Atomic<Bool>
    }

    /// The tracer's number of the thread, from 1; never reused.
    package let number: UInt64
    /// The number of the thread in the kernel.
    package let identifier: Int32
    /// The processor time that it had when the tracer first saw it.
    package let processorTimeBefore: UInt64
    let hasEnded = Atomic<Bool>(false)

    let processorTime: @Sendable () -> UInt64
    /// Zeros are a frame of nothing.
    private let pages = ZeroedPages(size: (capacity + 1) * MemoryLayout<Frame>.stride)
    let frames: UnsafeMutablePointer<Frame>
    /// The index of the current frame; 0: the loop.
    let depth = Atomic<Int>(0)
    private var beyond: UInt64 = 0

    /// When a segment that is measured by the processor's clock last began, and the reading of that clock; 0: it was
    /// not read.
    private var openedAt: UInt64 = 0
    private var processorAtOpening: UInt64 = 0
    private var processorReadAt: UInt64 = 0
    /// The reading of the clock at that time, and the work up to then.
    private var processorRead: UInt64 = 0
    private var workAtReading: UInt64 = 0

    /// When the open segment began, also for the reporting thread; 0: there is none, or it is being changed.
    let openSince = Atomic<UInt64>(0)
    /// The element whose loop this thread is, and the pad by which the buffers of the loop entered it.
    let loopElement = unsafe Atomic<Unmanaged<ElementTrace>?>(nil)
    let loopStore = unsafe Atomic<Unmanaged<PadTrace>?>(nil)
    /// Whether this loop has ended, and belongs to the open window for the last time.
    let hasLoopEnded = Atomic<Bool>(false)
    /// Sums since the thread was first seen; only the thread writes them.
    let work = Atomic<UInt64>(0)
    let waitingForRoom = Atomic<UInt64>(0)
    let waitingForClock = Atomic<UInt64>(0)
    let waitingForSource = Atomic<UInt64>(0)
    let waitingForInputs = Atomic<UInt64>(0)
    /// The part of the waiting for the source in long waits.
    let longWaits = Atomic<UInt64>(0)
    /// The part of the work that a queue's loop took although there was a buffer: its thread was late, or blocked.
    let late = Atomic<UInt64>(0)

    /// - Parameter processorTime: the processor time of the calling thread.
    package init(
        number: UInt64, identifier: Int32, processorTime: @escaping @Sendable () -> UInt64 = ThreadTrace.processorClock
    ) {
        self.number = number
        self.identifier = identifier
        self.processorTime = processorTime
        processorTimeBefore = processorTime()
        unsafe frames = pages.start.bindMemory(to: Frame.self, capacity: Self.capacity + 1)
    }

    deinit {
        pages.free()
    }

    package static func processorClock() -> UInt64 {
        var time = timespec()
        guard unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) == 0 else { return 0 }
        return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    }

    /// A chain function, or a function that is pulled from, is entered.
    ///
    /// - Parameters:
    ///   - key: identifies it in ``leave(_:at:)``.
    ///   - deadline: until when it waits for the clock; 0: it does not, `UInt64.max`: as long as it lasts.
    ///   - memory: identifies the first buffer, together with `time`.
    ///   - isList: whether the chain function receives a list.
    /// - Returns: whether these buffers are new to the pad, and not those of the list that it just received.
    package func enter(
        _ pad: Unmanaged<PadTrace>, key: UInt, at now: UInt64, buffers: UInt64, bytes: UInt64, deadline: UInt64,
        memory: UInt, time: UInt64, isList: Bool
    ) -> Bool {
        unsafe push(
            pad, key: key, at: now, buffers: buffers, bytes: bytes, deadline: deadline, memory: memory, time: time,
            isList: isList)
    }

    /// The same for one buffer, of a pad that neither waits for the clock nor follows stored buffers.
    package func enter(_ pad: Unmanaged<PadTrace>, key: UInt, at now: UInt64, bytes: UInt64) {
        _ = unsafe push(
            pad, key: key, at: now, buffers: 1, bytes: bytes, deadline: 0, memory: 0, time: .max, isList: false)
    }

    @inline(__always)
    private func push(
        _ pad: Unmanaged<PadTrace>, key: UInt, at now: UInt64, buffers: UInt64, bytes: UInt64, deadline: UInt64,
        memory: UInt, time: UInt64, isList: Bool
    ) -> Bool {
        let below = depth.load(ordering: .relaxed)
        guard below < Self.capacity, beyond == 0,
            let element = unsafe pad._withUnsafeGuaranteedRef({ unsafe $0.element.load(ordering: .relaxed) })
        else {
            beyond &+= 1
            return true
        }
        var isNew = true
        if below == 0 {
            unsafe closeLoop(pad, at: now, buffers: buffers, bytes: bytes, memory: memory, time: time)
        } else {
            let top = unsafe frames + below
            unsafe closeForOutput(top, at: now)
            if unsafe top.pointee.isList.load(ordering: .relaxed) && top.pointee.key.load(ordering: .relaxed) == key {
                unsafe top.pointee.isTakenApart.store(true, ordering: .relaxed)
                isNew = false
            }
        }
        let (mode, isOwner) = unsafe element._withUnsafeGuaranteedRef { element in
            let mode = element.chainMode.load(ordering: .relaxed)
            let isOwner = element.isOwned(by: number)
            if isNew, mode != .room || element.kind.load(ordering: .relaxed) != .aggregator {
                element.buffers.add(buffers, byOwner: isOwner)
                element.bytes.add(bytes, byOwner: isOwner)
            }
            if element.thread.load(ordering: .relaxed) != number { element.thread.store(number, ordering: .relaxed) }
            if element.firstInput.load(ordering: .relaxed) == 0 {
                element.firstInput.store(max(1, now), ordering: .relaxed)
            }
            return (mode == .work && deadline > 0 ? Mode.clock : mode, isOwner)
        }
        if mode == .room {
            unsafe pad._withUnsafeGuaranteedRef { pad in
                if pad.thread.load(ordering: .relaxed) != number { pad.thread.store(number, ordering: .relaxed) }
            }
        }
        openSince.store(0, ordering: .releasing)
        let frame = unsafe frames + (below &+ 1)
        unsafe frame.pointee.buffers.store(UInt32(truncatingIfNeeded: buffers), ordering: .relaxed)
        unsafe frame.pointee.isList.store(isList, ordering: .relaxed)
        unsafe open(frame, element, pad, mode, deadline, key: key, isOwner: isOwner, at: now)
        return isNew
    }

    /// Begins the first segment of a frame, whose `buffers` and `isList` are set.
    @inline(__always)
    private func open(
        _ frame: UnsafeMutablePointer<Frame>, _ element: Unmanaged<ElementTrace>, _ pad: Unmanaged<PadTrace>,
        _ mode: Mode, _ deadline: UInt64, key: UInt, isOwner: Bool, at now: UInt64
    ) {
        unsafe frame.pointee.key.store(key, ordering: .relaxed)
        unsafe frame.pointee.work.store(0, ordering: .relaxed)
        unsafe frame.pointee.pending.store(0, ordering: .relaxed)
        unsafe frame.pointee.isOwner.store(isOwner, ordering: .relaxed)
        unsafe frame.pointee.isTakenApart.store(false, ordering: .relaxed)
        unsafe frame.pointee.pad.store(pad, ordering: .releasing)
        unsafe frame.pointee.deadline.store(deadline, ordering: .releasing)
        unsafe set(frame, element, mode)
        depth.store(depth.load(ordering: .relaxed) &+ 1, ordering: .releasing)
        start(mode, at: now)
    }

    @inline(__always)
    private func set(_ frame: UnsafeMutablePointer<Frame>, _ element: Unmanaged<ElementTrace>, _ mode: Mode) {
        unsafe frame.pointee.element.store(element, ordering: .releasing)
        unsafe frame.pointee.mode.store(mode, ordering: .releasing)
        unsafe frame.pointee.serial.store(
            element._withUnsafeGuaranteedRef { $0.serial.load(ordering: .relaxed) }, ordering: .releasing)
    }

    @inline(__always)
    private func start(_ mode: Mode, at now: UInt64) {
        openSince.store(max(1, now), ordering: .releasing)
        if mode.isByProcessor { readProcessor(at: now) }
    }

    /// Reads the processor's clock at the beginning of a segment, but not of every one if they are short.
    @inline(never)
    private func readProcessor(at now: UInt64) {
        let isRead = now &- openedAt >= Self.shortLoop || now &- processorReadAt >= Self.processorReadings
        openedAt = now
        guard isRead else {
            processorAtOpening = 0
            return
        }
        processorReadAt = now
        processorRead = processorTime()
        workAtReading = work.load(ordering: .relaxed)
        processorAtOpening = processorRead
    }

    /// Ends the open segment, in a chain function that pushes a buffer or the end of the stream.
    @inline(__always)
    private func closeForOutput(_ top: UnsafeMutablePointer<Frame>, at now: UInt64) {
        let worked = unsafe close(top, at: now)
        unsafe top.pointee.work.store(top.pointee.work.load(ordering: .relaxed) &+ worked, ordering: .relaxed)
        // Whatever its threads do in the meantime, it pushes what it held back, and works on the next.
        if unsafe top.pointee.mode.load(ordering: .relaxed) == .loop {
            unsafe top.pointee.mode.store(.work, ordering: .relaxed)
        }
        unsafe top.pointee.element.load(ordering: .relaxed)?._withUnsafeGuaranteedRef { element in
            if element.firstOutput.load(ordering: .relaxed) == 0 {
                element.firstOutput.store(max(1, now), ordering: .relaxed)
            }
        }
    }

    /// The end of the stream enters an element, which may push the buffers that it held back before it passes the event
    /// on. ``leave(_:at:)`` ends it.
    ///
    /// - Parameter deadline: `UInt64.max` if the element waits for the clock, otherwise 0.
    package func enterEnd(_ pad: Unmanaged<PadTrace>, key: UInt, at now: UInt64, deadline: UInt64) {
        unsafe end(pad)
        let below = depth.load(ordering: .relaxed)
        guard below < Self.capacity, beyond == 0,
            let element = unsafe pad._withUnsafeGuaranteedRef({ unsafe $0.element.load(ordering: .relaxed) })
        else {
            beyond &+= 1
            return
        }
        if below > 0 { unsafe closeForOutput(frames + below, at: now) }
        let (mode, isOwner) = unsafe element._withUnsafeGuaranteedRef { element in
            let mode = element.chainMode.load(ordering: .relaxed)
            // Work, unless it is idle: it may push nothing more, and the event may be blocked.
            return (mode == .work ? (deadline > 0 ? .clock : .loop) : mode, element.isOwned(by: number))
        }
        openSince.store(0, ordering: .releasing)
        let frame = unsafe frames + (below &+ 1)
        unsafe frame.pointee.buffers.store(0, ordering: .relaxed)
        unsafe frame.pointee.isList.store(false, ordering: .relaxed)
        unsafe open(frame, element, pad, mode, deadline, key: key, isOwner: isOwner, at: now)
    }

    /// The chain function that was entered with this key is left; nothing happens if there is none.
    package func leave(_ key: UInt, at now: UInt64) {
        pop(key, at: now, buffers: 0, bytes: 0)
    }

    /// The same for a function that was pulled from.
    ///
    /// - Parameter buffers: the number of buffers that were pulled, with their bytes.
    package func leave(_ key: UInt, at now: UInt64, buffers: UInt64, bytes: UInt64) {
        pop(key, at: now, buffers: buffers, bytes: bytes)
    }

    @inline(__always)
    private func pop(_ key: UInt, at now: UInt64, buffers: UInt64, bytes: UInt64) {
        let place = depth.load(ordering: .relaxed)
        guard place > 0 else {
            beyond = beyond > 0 ? beyond &- 1 : 0
            return
        }
        let top = unsafe frames + place
        guard unsafe beyond == 0 && top.pointee.key.load(ordering: .relaxed) == key else {
            unwind(key, at: now)
            return
        }
        let work = unsafe top.pointee.work.load(ordering: .relaxed) &+ close(top, at: now)
        unsafe top.pointee.element.load(ordering: .relaxed)?._withUnsafeGuaranteedRef { element in
            let isOwner = unsafe top.pointee.isOwner.load(ordering: .relaxed)
            let pending = unsafe top.pointee.pending.load(ordering: .relaxed)
            if pending > 0 { element.work.add(pending, byOwner: isOwner) }
            if buffers > 0 {
                element.buffers.add(buffers, byOwner: isOwner)
                element.bytes.add(bytes, byOwner: isOwner)
            }
            let count = unsafe buffers > 0 ? buffers : UInt64(top.pointee.buffers.load(ordering: .relaxed))
            let isCounted =
                unsafe !top.pointee.isTakenApart.load(ordering: .relaxed)
                && (top.pointee.mode.load(ordering: .relaxed) != .room
                    || element.kind.load(ordering: .relaxed) != .aggregator)
            if count > 0, isCounted {
                element.histogram.record(count == 1 ? work : work / count, count: count, byOwner: isOwner)
            }
        }
        unsafe top.pointee.pad.load(ordering: .relaxed)?._withUnsafeGuaranteedRef {
            $0.leftAt.store(now, ordering: .relaxed)
        }
        resume(place &- 1, at: now)
    }

    /// The thread is back in the calling chain function, or in the loop.
    @inline(__always)
    private func resume(_ place: Int, at now: UInt64) {
        openSince.store(0, ordering: .releasing)
        depth.store(place, ordering: .releasing)
        if place > 0 {
            start(unsafe (frames + place).pointee.mode.load(ordering: .relaxed), at: now)
        } else {
            resumeLoop(at: now)
        }
    }

    private func resumeLoop(at now: UInt64) {
        guard let loop = unsafe loopElement.load(ordering: .relaxed), !hasLoopEnded.load(ordering: .relaxed) else {
            return
        }
        let mode = unsafe loopMode(loop)
        processorAtOpening = 0
        unsafe frames.pointee.pad.store(loopStore.load(ordering: .relaxed), ordering: .releasing)
        unsafe set(frames, loop, mode)
        start(mode, at: now)
    }

    /// The function that is left is not the innermost: it was not entered, or the end of those inside it was not seen.
    @inline(never)
    private func unwind(_ key: UInt, at now: UInt64) {
        var place = depth.load(ordering: .relaxed)
        while place > 0, unsafe (frames + place).pointee.key.load(ordering: .relaxed) != key { place &-= 1 }
        guard place > 0 else {
            beyond = beyond > 0 ? beyond &- 1 : 0
            return
        }
        beyond = 0
        resume(place &- 1, at: now)
    }

    /// Ends the open segment, in a chain function; returns how much of it was work.
    @inline(__always)
    private func close(_ top: UnsafeMutablePointer<Frame>, at now: UInt64) -> UInt64 {
        guard let element = unsafe top.pointee.element.load(ordering: .relaxed),
            let pad = unsafe top.pointee.pad.load(ordering: .relaxed)
        else { return 0 }
        let since = openSince.load(ordering: .relaxed)
        let (mode, isOwner) = unsafe (
            top.pointee.mode.load(ordering: .relaxed), top.pointee.isOwner.load(ordering: .relaxed)
        )
        return unsafe element._withUnsafeGuaranteedRef { element in
            let begin = max(since, element.countsSince.load(ordering: .relaxed))
            guard since > 0, now > begin else { return 0 }
            let turn = unsafe pad._withUnsafeGuaranteedRef { $0.leftAt.load(ordering: .relaxed) }
            let worked =
                mode == .work && turn <= begin
                ? now &- begin : unsafe closeWait(top, element, pad, from: begin, at: now, turn: turn)
            work.store(work.load(ordering: .relaxed) &+ worked, ordering: .relaxed)
            if isOwner || worked >= Self.longSegment {
                element.work.add(worked, byOwner: isOwner)
            } else {
                let pending = unsafe top.pointee.pending.load(ordering: .relaxed)
                unsafe top.pointee.pending.store(pending &+ worked, ordering: .relaxed)
            }
            return worked
        }
    }

    /// Separates the waiting from a segment; returns how much of it was work.
    @inline(never)
    private func closeWait(
        _ top: UnsafeMutablePointer<Frame>, _ element: ElementTrace, _ pad: Unmanaged<PadTrace>, from since: UInt64,
        at now: UInt64, turn: UInt64
    ) -> UInt64 {
        let (mode, isOwner) = unsafe (
            top.pointee.mode.load(ordering: .relaxed), top.pointee.isOwner.load(ordering: .relaxed)
        )
        var begin = since
        if turn > begin, mode != .room {
            // Another thread was in the chain function until then.
            begin = min(turn, now)
            account(waiting: begin &- since, for: .queueFull, element, byOwner: isOwner)
        }
        let length = now &- begin
        guard length > 0 else { return 0 }
        let (waited, reason) = unsafe read(
            length, from: begin, mode: mode, deadline: top.pointee.deadline.load(ordering: .relaxed), element)
        if mode == .room, waited > 0 {
            unsafe pad._withUnsafeGuaranteedRef { _ = $0.full.wrappingAdd(waited, ordering: .relaxed) }
        }
        account(waiting: waited, for: reason, element, byOwner: isOwner)
        return length &- waited
    }

    /// Adds waiting to the sums.
    func account(waiting time: UInt64, for reason: ElementTrace.Wait, _ element: ElementTrace, byOwner: Bool) {
        guard time > 0 else { return }
        element.add(waiting: time, for: reason, byOwner: byOwner)
        switch reason {
        case .none: break
        case .queueFull: waitingForRoom.store(waitingForRoom.load(ordering: .relaxed) &+ time, ordering: .relaxed)
        case .clock: waitingForClock.store(waitingForClock.load(ordering: .relaxed) &+ time, ordering: .relaxed)
        case .source:
            waitingForSource.store(waitingForSource.load(ordering: .relaxed) &+ time, ordering: .relaxed)
            if time >= Self.longWait {
                longWaits.store(longWaits.load(ordering: .relaxed) &+ time, ordering: .relaxed)
            }
        case .inputs: waitingForInputs.store(waitingForInputs.load(ordering: .relaxed) &+ time, ordering: .relaxed)
        }
    }

    /// How much of a segment was waiting, and the reason.
    func read(
        _ length: UInt64, from begin: UInt64, mode: Mode, deadline: UInt64, _ element: ElementTrace
    ) -> (UInt64, ElementTrace.Wait) {
        switch mode {
        case .work:
            return (0, .none)
        case .loop:
            guard length >= Self.longLoop else { return (0, .none) }
            return (length &- ranSinceOpening(atMost: length), .none)
        case .room:
            return (length >= Self.shortestWait ? length : 0, .queueFull)
        case .starved:
            return (length >= Self.shortestWait ? length : 0, .inputs)
        case .clock:
            return (deadline > begin ? min(length, deadline &- begin) : 0, .clock)
        case .source, .inputs:
            if processorAtOpening > 0 || length >= 2 &* Self.shortLoop {
                let ran = ranSinceOpening(atMost: length)
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

    /// How long the processor ran in the open segment. Without a reading at its beginning there is an earlier one, and
    /// between the two are short loops, which ran while they worked.
    private func ranSinceOpening(atMost length: UInt64) -> UInt64 {
        let before =
            processorAtOpening > 0
            ? processorAtOpening : processorRead &+ (work.load(ordering: .relaxed) &- workAtReading)
        let now = processorTime()
        return min(length, now > before ? now &- before : 0)
    }
}
