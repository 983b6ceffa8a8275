import CTimepiece
import Timepiece

// The bodies of what timepiece.h declares for `TimepieceTick`, which is an unmanaged reference to a `TickMeter`.

@c @implementation
func timepiece_tick_new(
    _ interval: UInt64, _ max_intervals: UInt32, _ report: TimepieceTickFunc, _ user_data: UnsafeMutableRawPointer?
) -> OpaquePointer? {
    let reporter = unsafe TickReporter(function: report, context: user_data)
    guard let meter = TickMeter(interval: interval, maxIntervals: max_intervals, reporter: reporter) else { return nil }
    return unsafe OpaquePointer(Unmanaged.passRetained(meter).toOpaque())
}

@c @implementation
func timepiece_tick_ref(_ tick: OpaquePointer) -> OpaquePointer {
    _ = unsafe Unmanaged<TickMeter>.fromOpaque(UnsafeRawPointer(tick)).retain()
    return unsafe tick
}

@c @implementation
func timepiece_tick_unref(_ tick: OpaquePointer) {
    unsafe Unmanaged<TickMeter>.fromOpaque(UnsafeRawPointer(tick)).release()
}

@c @implementation
func timepiece_tick_buffers(
    _ tick: OpaquePointer, _ now: UInt64, _ num_buffers: UInt64, _ num_bytes: UInt64, _ discont: Bool,
    _ position: UInt64
) {
    // No retain and no release on the way of a buffer: the caller holds its reference during the call.
    unsafe Unmanaged<TickMeter>.fromOpaque(UnsafeRawPointer(tick))._withUnsafeGuaranteedRef { meter in
        meter.tachometer.tick(
            at: now, events: num_buffers, bytes: num_bytes, discontinuity: discont, position: position)
    }
}

@c @implementation
func timepiece_tick_interrupt(_ tick: OpaquePointer) {
    unsafe meter(tick).tachometer.interrupt()
}

@c @implementation
func timepiece_tick_last_position(_ tick: OpaquePointer) -> UInt64 {
    unsafe meter(tick).tachometer.lastPosition
}

@c @implementation
func timepiece_tick_forget_position(_ tick: OpaquePointer) {
    unsafe meter(tick).tachometer.forgetPosition()
}

@c @implementation
func timepiece_tick_play(_ tick: OpaquePointer, _ now: UInt64) -> Bool {
    unsafe meter(tick).play(at: now)
}

@c @implementation
func timepiece_tick_pause(_ tick: OpaquePointer, _ now: UInt64) {
    unsafe meter(tick).pause(at: now)
}

@c @implementation
func timepiece_tick_set_interval(_ tick: OpaquePointer, _ interval: UInt64, _ now: UInt64) -> Bool {
    unsafe meter(tick).setInterval(interval, at: now)
}

@c @implementation
func timepiece_tick_end(_ tick: OpaquePointer, _ now: UInt64) {
    unsafe meter(tick).end(at: now)
}

@c @implementation
func timepiece_tick_begin(_ tick: OpaquePointer, _ now: UInt64) -> Bool {
    unsafe meter(tick).begin(at: now)
}

@c @implementation
func timepiece_tick_stop(_ tick: OpaquePointer, _ now: UInt64) {
    unsafe meter(tick).stop(at: now)
}

@c @implementation
func timepiece_tick_read(
    _ tick: OpaquePointer, _ now: UInt64, _ show: TimepieceTickFunc, _ user_data: UnsafeMutableRawPointer?
) {
    let window = unsafe meter(tick).tachometer.read(at: MonotonicInstant(nanoseconds: now))
    unsafe TickReporter(function: show, context: user_data).report(window)
}

private func meter(_ tick: OpaquePointer) -> TickMeter {
    unsafe Unmanaged<TickMeter>.fromOpaque(UnsafeRawPointer(tick)).takeUnretainedValue()
}
