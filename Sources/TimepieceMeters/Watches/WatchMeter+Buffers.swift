import Synchronization
package import Timepiece

// What a buffer does at a watch; as in TickMeter+Buffers.swift, the contract's functions are jumps to these.

/// A push through an around begins.
package func watchEnter(_ meter: Unmanaged<WatchMeter>, _ frame: UnsafeMutablePointer<WatchFrame>) {
    unsafe meter._withUnsafeGuaranteedRef { unsafe $0.enter(frame) }
}

/// It ends. `passed`: the push succeeded; `flushed`: a flush broke it off.
package func watchLeave(
    _ meter: Unmanaged<WatchMeter>, _ frame: UnsafeMutablePointer<WatchFrame>, at now: UInt64, passed: Bool,
    flushed: Bool, position: UInt64
) {
    unsafe meter._withUnsafeGuaranteedRef {
        unsafe $0.leave(frame, at: now, passed: passed, flushed: flushed, position: position)
    }
}

/// The watch is about to stop in a thread that has the frames of pushes under way.
package func watchHold(_ meter: Unmanaged<WatchMeter>, _ innermost: UnsafeMutablePointer<WatchFrame>?) {
    unsafe meter._withUnsafeGuaranteedRef { unsafe $0.hold(innermost) }
}

/// A buffer passes a start; returns its sequence number, from 1, or 0 if the watch is not a start.
package func watchStamp(
    _ meter: Unmanaged<WatchMeter>, at now: UInt64, presentation: UInt64, running: UInt64, position: UInt64
) -> UInt64 {
    unsafe meter._withUnsafeGuaranteedRef { meter in
        guard let start = unsafe meter.start else { return 0 }
        meter.lastPosition.store(position, ordering: .relaxed)
        let times = MediaTimes(presentation: presentation, running: running)
        return unsafe start._withUnsafeGuaranteedRef { $0.stamp(at: now, times: times) }
    }
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
    unsafe meter._withUnsafeGuaranteedRef { meter in
        guard let stop = unsafe meter.stop else { return }
        meter.lastPosition.store(position, ordering: .relaxed)
        unsafe stop._withUnsafeGuaranteedRef {
            $0.pass(at: now, start: start, sequence: sequence, instant: instant)
        }
    }
}

/// A buffer passes a stop without a stamp of its group.
package func watchPass(_ meter: Unmanaged<WatchMeter>, at now: UInt64, times: MediaTimes, position: UInt64) {
    unsafe meter._withUnsafeGuaranteedRef { meter in
        guard let stop = unsafe meter.stop else { return }
        meter.lastPosition.store(position, ordering: .relaxed)
        unsafe stop._withUnsafeGuaranteedRef { $0.pass(at: now, times: times) }
    }
}
