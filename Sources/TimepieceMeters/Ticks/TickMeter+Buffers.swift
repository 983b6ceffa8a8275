import Timepiece

// The functions for a buffer. They take the meter as an unmanaged reference, first, in the order of the contract: the
// caller holds a reference during the call, so that none is counted, and the contract's function is a jump to these.

/// Counts a buffer; returns 1 if an alarm is due, and then only the tick for the alarms has been counted, otherwise 0.
///
/// Not a `Bool`, which the contract's function would have to convert instead of jumping here.
package func tickBuffer(_ meter: Unmanaged<TickMeter>, at now: UInt64, bytes: UInt64, position: UInt64) -> Int32 {
    // The compiler does not inline a single closure with all of this.
    guard unsafe !meter._withUnsafeGuaranteedRef({ $0.alarms.countTick(at: now, mediaTime: nil) }) else { return 1 }
    // A key path is evaluated at run time.
    let writer = unsafe meter._withUnsafeGuaranteedRef { $0.writer }
    return writer.tick(at: now, bytes: bytes, position: position)
}

/// Counts a tick for the alarms only; true if one is due. `runningTime`: `UInt64.max` for none.
package func tickAlarms(_ meter: Unmanaged<TickMeter>, at now: UInt64, runningTime: UInt64) -> Bool {
    unsafe meter._withUnsafeGuaranteedRef { meter in
        meter.alarms.countTick(at: now, mediaTime: runningTime == .max ? nil : runningTime)
    }
}

/// Advances to a running time, and returns the time for alarms.
package func tickMediaTime(_ meter: Unmanaged<TickMeter>, runningTime: UInt64) -> UInt64 {
    unsafe meter._withUnsafeGuaranteedRef { meter in
        unsafe meter.media.pointee.advance(to: runningTime)
    }
}

/// Positions and running times restart. `backwards`: positions decrease, as in reverse playback.
package func tickMediaRestart(_ meter: Unmanaged<TickMeter>, backwards: Bool) {
    unsafe meter._withUnsafeGuaranteedRef { meter in
        unsafe meter.media.pointee.restart()
        meter.writer.restartPositions(backwards: backwards)
    }
}

/// Notes the position of a buffer that is counted with a later one.
package func tickPosition(_ meter: Unmanaged<TickMeter>, _ position: UInt64) {
    unsafe meter._withUnsafeGuaranteedRef { $0.writer.note(position: position) }
}

/// Counts headers, which do not end an interval.
package func tickHeaders(_ meter: Unmanaged<TickMeter>, buffers: UInt64, bytes: UInt64) {
    unsafe meter._withUnsafeGuaranteedRef { $0.writer.note(headers: buffers, bytes: bytes) }
}

/// Notes that no buffer is expected for a while.
package func tickGap(_ meter: Unmanaged<TickMeter>, at now: UInt64) {
    unsafe meter._withUnsafeGuaranteedRef { $0.writer.noteGap(at: now) }
}

/// Counts buffers that arrived together, without the alarms.
package func tickCount(
    _ meter: Unmanaged<TickMeter>, at now: UInt64, buffers: UInt64, bytes: UInt64, discontinuity: Bool,
    position: UInt64
) {
    unsafe meter._withUnsafeGuaranteedRef { meter in
        meter.writer.tick(at: now, events: buffers, bytes: bytes, discontinuity: discontinuity, position: position)
    }
}
