import Synchronization
import Timepiece

/// The time outside all chain functions: the loop of a source, a queue, an aggregator or an element that pulls.
extension ThreadTrace {
    /// Ends the segment of the loop that brings these buffers.
    func closeLoop(
        _ pad: Unmanaged<PadTrace>, at now: UInt64, buffers: UInt64, bytes: UInt64, memory: UInt, time: UInt64
    ) {
        let (loop, store) = unsafe pad._withUnsafeGuaranteedRef { pad in
            unsafe (pad.upstream.load(ordering: .relaxed), pad.upstreamStore.load(ordering: .relaxed))
        }
        guard let loop = unsafe loop else {
            unsafe loopElement.store(nil, ordering: .relaxed)
            return
        }
        // A thread that was last used for an element that was removed has been idle since.
        let isStale =
            unsafe frames.pointee.element.load(ordering: .relaxed)?._withUnsafeGuaranteedRef {
                unsafe $0.serial.load(ordering: .relaxed) != frames.pointee.serial.load(ordering: .relaxed)
            } ?? true
        let since = isStale ? 0 : openSince.load(ordering: .relaxed)
        unsafe loop._withUnsafeGuaranteedRef { element in
            let kind = element.kind.load(ordering: .relaxed)
            let isOwner = element.isOwned(by: number)
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
                    // The thread did not wait for a queue that had the buffer all the time; it was blocked elsewhere.
                    isWaiting = kind == .jitterBuffer || starved > 0
                }
            }
            let mixes = kind == .aggregator && element.mixes.load(ordering: .relaxed)
            let last = unsafe mixes ? lastInput(of: element, loop) : nil
            if length > 0 {
                // An aggregator whose inputs are known waited for the last of them and then worked, possibly on its own
                // threads.
                let (waited, reason) =
                    if let came = unsafe last?.instant {
                        (came > begin ? min(length, came &- begin) : 0, ElementTrace.Wait.inputs)
                    } else {
                        read(length, from: begin, mode: isWaiting ? mode : .work, deadline: 0, element)
                    }
                worked = length &- waited
                work.store(work.load(ordering: .relaxed) &+ worked, ordering: .relaxed)
                account(waiting: waited, for: reason, element, byOwner: isOwner)
                element.work.add(worked, byOwner: isOwner)
                if kind == .queue || kind == .jitterBuffer {
                    late.store(late.load(ordering: .relaxed) &+ worked, ordering: .relaxed)
                }
            }
            if kind == .aggregator {
                unsafe (last?.pad ?? element.firstStore.load(ordering: .relaxed))?._withUnsafeGuaranteedRef { store in
                    _ = store.empty.wrappingAdd(length &- worked, ordering: .relaxed)
                }
                unsafe takeInputs(of: element, loop, upTo: time, at: now)
            }
            if element.firstOutput.load(ordering: .relaxed) == 0 {
                element.firstOutput.store(max(1, now), ordering: .relaxed)
            }
            if kind == .source || kind == .aggregator || element.pulls.load(ordering: .relaxed) {
                element.buffers.add(buffers, byOwner: isOwner)
                element.bytes.add(bytes, byOwner: isOwner)
                if length > 0, buffers > 0 {
                    element.histogram.record(buffers == 1 ? worked : worked / buffers, count: buffers, byOwner: isOwner)
                }
            }
        }
        if hasLoopEnded.load(ordering: .relaxed) { hasLoopEnded.store(false, ordering: .relaxed) }
        if unsafe loopElement.load(ordering: .relaxed)?.toOpaque() != loop.toOpaque() {
            unsafe loopElement.store(loop, ordering: .relaxed)
        }
        unsafe loopStore.store(store, ordering: .relaxed)
    }

    /// The pad of an aggregator whose next buffer arrived last, and when; nil if a pad whose stream has not ended has
    /// none.
    private func lastInput(
        of element: ElementTrace, _ unmanaged: Unmanaged<ElementTrace>
    ) -> (pad: Unmanaged<PadTrace>, instant: UInt64)? {
        var last: (pad: Unmanaged<PadTrace>, instant: UInt64)?
        var isComplete = true
        unsafe eachStore(of: element, unmanaged) { unmanaged, pad in
            if let instant = pad.firstInstant {
                if unsafe instant > last?.instant ?? 0 { unsafe last = unsafe (unmanaged, instant) }
            } else if !pad.hasEnded.load(ordering: .relaxed) {
                isComplete = false
            }
        }
        return unsafe isComplete ? last : nil
    }

    /// Removes the buffers of an aggregator's pads that are part of the pushed buffer.
    private func takeInputs(
        of element: ElementTrace, _ unmanaged: Unmanaged<ElementTrace>, upTo time: UInt64, at now: UInt64
    ) {
        unsafe eachStore(of: element, unmanaged) { _, pad in pad.take(upTo: time, at: now) }
    }

    @inline(__always)
    private func eachStore(
        of element: ElementTrace, _ unmanaged: Unmanaged<ElementTrace>, _ body: (Unmanaged<PadTrace>, PadTrace) -> Void
    ) {
        var store = unsafe element.firstStore.load(ordering: .relaxed)
        var left = Self.capacity
        while let next = unsafe store, left > 0 {
            unsafe store = next._withUnsafeGuaranteedRef { pad in
                // A pad trace that is now used for another element belongs to another list.
                guard unsafe pad.element.load(ordering: .relaxed)?.toOpaque() == unmanaged.toOpaque() else {
                    return nil
                }
                unsafe body(next, pad)
                return unsafe pad.nextStore.load(ordering: .relaxed)
            }
            left &-= 1
        }
    }

    func loopMode(_ element: Unmanaged<ElementTrace>) -> Mode {
        unsafe element._withUnsafeGuaranteedRef { element in
            switch element.kind.load(ordering: .relaxed) {
            case .source: return .source
            case .queue, .jitterBuffer: return .starved
            case .aggregator: return .inputs
            case .filter, .joiner:
                // A demuxer that pulls, or one with its own output thread.
                if element.pulls.load(ordering: .relaxed) { return .loop }
                let thread = element.thread.load(ordering: .relaxed)
                return thread == number || thread == 0 ? .loop : .inputs
            }
        }
    }

    /// The stream has ended downstream of here: no loop continues.
    package func end(_ pad: Unmanaged<PadTrace>) {
        unsafe pad._withUnsafeGuaranteedRef { pad in
            pad.hasEnded.store(true, ordering: .relaxed)
            unsafe pad.upstreamStore.load(ordering: .relaxed)?._withUnsafeGuaranteedRef { store in
                unsafe store.element.load(ordering: .relaxed)?._withUnsafeGuaranteedRef { element in
                    if element.kind.load(ordering: .relaxed) != .aggregator { store.finish() }
                }
            }
        }
        guard depth.load(ordering: .relaxed) == 0 else { return }
        openSince.store(0, ordering: .releasing)
        // Its work since the last window has still to be distinguished from waiting.
        hasLoopEnded.store(true, ordering: .relaxed)
    }

    /// A loop that has ended was reported for the last time. Called by the reporting thread; if a loop begins at the
    /// same moment, the next buffer sets it again.
    func forgetEndedLoop(_ loop: ElementTrace) {
        guard hasLoopEnded.load(ordering: .relaxed) else { return }
        _ = unsafe loopElement.compareExchange(
            expected: Unmanaged.passUnretained(loop), desired: nil, ordering: .relaxed)
    }

    /// Another buffer of a list leaves an element that stores buffers.
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
