import Timepiece

// What a buffer does. The functions take the meter as an unmanaged reference, first, in the order of the contract: the
// caller holds a reference during the call, so that none is counted, and the contract's function is a jump to these.

/// Counts a buffer; 1 if an alarm is due, and then only the tick for the alarms has been counted, else 0.
///
/// Not a `Bool`, which the contract's function would have to convert instead of jumping here.
package func tickBuffer(
    _ meter: Unmanaged<TickMeter>, at now: UInt64, bytes: UInt64, discontinuity: Bool, position: UInt64
) -> Int32 {
    unsafe meter._withUnsafeGuaranteedRef { meter in
        guard !meter.alarms.countTick(at: now, mediaTime: nil) else { return 1 }
        meter.writer.tick(at: now, events: 1, bytes: bytes, discontinuity: discontinuity, position: position)
        return 0
    }
}

/// Counts a tick for the alarms alone; true if one is due. `runningTime`: `UInt64.max` for none.
package func tickAlarms(_ meter: Unmanaged<TickMeter>, at now: UInt64, runningTime: UInt64) -> Bool {
    unsafe meter._withUnsafeGuaranteedRef { meter in
        meter.alarms.countTick(at: now, mediaTime: runningTime == .max ? nil : runningTime)
    }
}

/// Goes on to a running time, and returns the time that alarms go by.
package func tickMediaTime(_ meter: Unmanaged<TickMeter>, runningTime: UInt64) -> UInt64 {
    unsafe meter._withUnsafeGuaranteedRef { meter in
        let time = unsafe meter.media.pointee.advance(to: runningTime)
        let jumps = unsafe meter.media.pointee.takeJumps()
        if jumps > 0 { meter.writer.note(jumps: jumps) }
        return time
    }
}

/// Running times restart.
package func tickMediaRestart(_ meter: Unmanaged<TickMeter>) {
    unsafe meter._withUnsafeGuaranteedRef { unsafe $0.media.pointee.restart() }
}

/// Counts headers, which end no interval.
package func tickHeaders(_ meter: Unmanaged<TickMeter>, buffers: UInt64, bytes: UInt64) {
    unsafe meter._withUnsafeGuaranteedRef { $0.writer.note(headers: buffers, bytes: bytes) }
}

/// Notes that nothing is to come for a while.
package func tickGap(_ meter: Unmanaged<TickMeter>, at now: UInt64) {
    unsafe meter._withUnsafeGuaranteedRef { $0.writer.noteGap(at: now) }
}

/// Counts buffers that came together, without the alarms.
package func tickCount(
    _ meter: Unmanaged<TickMeter>, at now: UInt64, buffers: UInt64, bytes: UInt64, discontinuity: Bool,
    position: UInt64
) {
    unsafe meter._withUnsafeGuaranteedRef { meter in
        meter.writer.tick(at: now, events: buffers, bytes: bytes, discontinuity: discontinuity, position: position)
    }
}
