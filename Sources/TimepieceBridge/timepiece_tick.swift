// The names are those of the C header.
// swift-format-ignore-file: AlwaysUseLowerCamelCase
import CTimepiece
import Timepiece

// The bodies of what timepiece.h declares for `TimepieceTick`, which is an unmanaged reference to a `TickMeter`.

@c @implementation
func timepiece_tick_new(
    _ settings: UnsafePointer<TimepieceTickSettings>, _ max_intervals: UInt32,
    _ events: UnsafePointer<TimepieceTickEvents>, _ user_data: UnsafeMutableRawPointer?
) -> OpaquePointer? {
    let reporter = unsafe TickReporter(events: events.pointee, context: user_data)
    guard let meter = unsafe TickMeter(settings: settings.pointee, maxIntervals: max_intervals, reporter: reporter)
    else { return nil }
    return unsafe OpaquePointer(Unmanaged.passRetained(meter).toOpaque())
}

@c @implementation
func timepiece_tick_buffer(
    _ tick: OpaquePointer, _ now: UInt64, _ num_bytes: UInt64, _ discont: Bool, _ position: UInt64
) -> Bool {
    // No retain and no release on the way of a buffer: the caller holds its reference during the call.
    unsafe Unmanaged<TickMeter>.fromOpaque(UnsafeRawPointer(tick))._withUnsafeGuaranteedRef { meter in
        guard !meter.alarms.countTick(at: now, mediaTime: nil) else { return true }
        meter.writer.tick(at: now, events: 1, bytes: num_bytes, discontinuity: discont, position: position)
        return false
    }
}

@c @implementation
func timepiece_tick_alarms(_ tick: OpaquePointer, _ now: UInt64, _ running_time: UInt64) -> Bool {
    unsafe Unmanaged<TickMeter>.fromOpaque(UnsafeRawPointer(tick))._withUnsafeGuaranteedRef { meter in
        meter.alarms.countTick(at: now, mediaTime: running_time == .max ? nil : running_time)
    }
}

@c @implementation
func timepiece_tick_count(
    _ tick: OpaquePointer, _ now: UInt64, _ num_buffers: UInt64, _ num_bytes: UInt64, _ discont: Bool,
    _ position: UInt64
) {
    unsafe Unmanaged<TickMeter>.fromOpaque(UnsafeRawPointer(tick))._withUnsafeGuaranteedRef { meter in
        meter.writer.tick(at: now, events: num_buffers, bytes: num_bytes, discontinuity: discont, position: position)
    }
}

@c @implementation
func timepiece_tick_set(
    _ tick: OpaquePointer, _ settings: UnsafePointer<TimepieceTickSettings>, _ now: UInt64
) -> Bool {
    unsafe meter(tick).set(settings.pointee, at: now)
}

@c @implementation
func timepiece_tick_read(
    _ tick: OpaquePointer, _ now: UInt64, _ show: TimepieceTickShow, _ user_data: UnsafeMutableRawPointer?
) {
    let window = unsafe meter(tick).tachometer.read(at: MonotonicInstant(nanoseconds: now))
    unsafe TickReporter.show(window, by: show, user_data)
}

func meter(_ tick: OpaquePointer) -> TickMeter {
    unsafe Unmanaged<TickMeter>.fromOpaque(UnsafeRawPointer(tick)).takeUnretainedValue()
}
