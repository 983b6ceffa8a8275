import Synchronization
import Timepiece

// The functions for a buffer at a watch; as in TickMeter+Buffers.swift, the contract's functions are jumps to these.

/// A push through an around begins.
package func watchEnter(_ meter: Unmanaged<WatchMeter>, _ frame: UnsafeMutablePointer<WatchFrame>) {
    let cache = unsafe meter._withUnsafeGuaranteedRef { unsafe $0.cache }
    let within = unsafe frame.pointee.outer?.pointee.identifier ?? 0
    guard unsafe cache.pointee.outer == within else { return unsafe watchFind(meter, frame, within: within) }
    let breaks = unsafe meter._withUnsafeGuaranteedRef { $0.breaks.load(ordering: .relaxed) }
    unsafe frame.pointee.enter(cache.pointee, breaks: breaks)
}

/// The same if the surrounding context differs from the last one.
@inline(never)
private func watchFind(
    _ meter: Unmanaged<WatchMeter>, _ frame: UnsafeMutablePointer<WatchFrame>, within: UInt64
) {
    unsafe meter._withUnsafeGuaranteedRef { meter in
        unsafe meter.find(frame, within: within)
        unsafe frame.pointee.enter(meter.cache.pointee, breaks: meter.breaks.load(ordering: .relaxed))
    }
}

/// The push ends. `passed`: it succeeded; `flushed`: a flush interrupted it.
package func watchLeave(
    _ meter: Unmanaged<WatchMeter>, _ frame: UnsafeMutablePointer<WatchFrame>, at now: UInt64, passed: Bool,
    flushed: Bool, position: UInt64
) {
    unsafe meter._withUnsafeGuaranteedRef {
        unsafe $0.leave(frame, at: now, passed: passed, flushed: flushed, position: position)
    }
}

/// The watch is about to stop in a thread that has frames of pushes in progress.
package func watchHold(_ meter: Unmanaged<WatchMeter>, _ innermost: UnsafeMutablePointer<WatchFrame>?) {
    unsafe meter._withUnsafeGuaranteedRef { unsafe $0.hold(innermost) }
}

/// A buffer passes a start; returns its sequence number, from 1, or 0 if the watch is not a start.
package func watchStamp(
    _ meter: Unmanaged<WatchMeter>, at now: UInt64, presentation: UInt64, running: UInt64, position: UInt64
) -> UInt64 {
    guard let start = unsafe meter._withUnsafeGuaranteedRef({ unsafe $0.start }) else { return 0 }
    unsafe meter._withUnsafeGuaranteedRef { $0.lastPosition.store(position, ordering: .relaxed) }
    return unsafe transitStamp(start, at: now, presentation: presentation, running: running)
}

/// A buffer arrives at a stop with one of several stamps of its group, before it passes without one.
///
/// `isExact`: the stamp was made for a buffer of the same time.
package func watchArrive(
    _ meter: Unmanaged<WatchMeter>, start: UInt64, sequence: UInt64, instant: UInt64, isExact: Bool
) {
    unsafe meter._withUnsafeGuaranteedRef { meter in
        guard let stop = unsafe meter.stop else { return }
        unsafe stop._withUnsafeGuaranteedRef {
            $0.arrive(start: start, sequence: sequence, instant: instant, isExact: isExact)
        }
    }
}

/// A buffer passes a stop with a stamp of its group.
package func watchPass(
    _ meter: Unmanaged<WatchMeter>, at now: UInt64, start: UInt64, sequence: UInt64, instant: UInt64, position: UInt64
) {
    guard let stop = unsafe meter._withUnsafeGuaranteedRef({ unsafe $0.stop }) else { return }
    unsafe meter._withUnsafeGuaranteedRef { $0.lastPosition.store(position, ordering: .relaxed) }
    unsafe transitPass(stop, at: now, start: start, sequence: sequence, instant: instant)
}

/// A buffer passes a stop without a stamp of its group.
package func watchPass(
    _ meter: Unmanaged<WatchMeter>, at now: UInt64, presentation: UInt64, running: UInt64, position: UInt64
) {
    unsafe meter._withUnsafeGuaranteedRef { meter in
        guard let stop = unsafe meter.stop else { return }
        meter.lastPosition.store(position, ordering: .relaxed)
        let times = MediaTimes(presentation: presentation, running: running)
        unsafe stop._withUnsafeGuaranteedRef { $0.pass(at: now, times: times) }
    }
}
