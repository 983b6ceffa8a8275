// The names are those of the C header.
// swift-format-ignore-file: AlwaysUseLowerCamelCase
import CTimepiece
import Timepiece
import TimepieceMeters

// The bodies of what timepiece.h declares for `TimepieceTick`, which is an unmanaged reference to a `TickMeter`.

@c @implementation
func timepiece_tick_new(
    _ scope: UnsafeRawPointer, _ settings: UnsafePointer<TimepieceTickSettings>, _ max_intervals: UInt32,
    _ events: UnsafePointer<TimepieceTickEvents>, _ user_data: UnsafeMutableRawPointer?
) -> OpaquePointer? {
    let reporter = unsafe TickFunctions(events: events.pointee, context: user_data)
    let settings = unsafe TickMeter.Settings(settings.pointee)
    let meter = TickMeter(
        settings: settings, maxIntervals: Int(max_intervals), pipeline: UInt(bitPattern: scope), reporter: reporter)
    guard let meter else { return nil }
    return unsafe OpaquePointer(Unmanaged.passRetained(meter).toOpaque())
}

@c @implementation
func timepiece_tick_buffer(
    _ tick: OpaquePointer, _ now: UInt64, _ num_bytes: UInt64, _ position: UInt64
) -> Int32 {
    unsafe tickBuffer(unmanaged(tick), at: now, bytes: num_bytes, position: position)
}

@c @implementation
func timepiece_tick_alarms(_ tick: OpaquePointer, _ now: UInt64, _ running_time: UInt64) -> Bool {
    unsafe tickAlarms(unmanaged(tick), at: now, runningTime: running_time)
}

@c @implementation
func timepiece_tick_count(
    _ tick: OpaquePointer, _ now: UInt64, _ num_buffers: UInt64, _ num_bytes: UInt64, _ discont: Bool,
    _ position: UInt64
) {
    unsafe tickCount(
        unmanaged(tick), at: now, buffers: num_buffers, bytes: num_bytes, discontinuity: discont, position: position)
}

@c @implementation
func timepiece_tick_media_time(_ tick: OpaquePointer, _ running_time: UInt64) -> UInt64 {
    unsafe tickMediaTime(unmanaged(tick), runningTime: running_time)
}

@c @implementation
func timepiece_tick_media_restart(_ tick: OpaquePointer, _ backwards: Bool) {
    unsafe tickMediaRestart(unmanaged(tick), backwards: backwards)
}

@c @implementation
func timepiece_tick_position(_ tick: OpaquePointer, _ position: UInt64) {
    unsafe tickPosition(unmanaged(tick), position)
}

@c @implementation
func timepiece_tick_headers(_ tick: OpaquePointer, _ num_buffers: UInt64, _ num_bytes: UInt64) {
    unsafe tickHeaders(unmanaged(tick), buffers: num_buffers, bytes: num_bytes)
}

@c @implementation
func timepiece_tick_gap(_ tick: OpaquePointer, _ now: UInt64) {
    unsafe tickGap(unmanaged(tick), at: now)
}

@c @implementation
func timepiece_tick_prepare(_ tick: OpaquePointer, _ now: UInt64) -> Bool {
    unsafe meter(tick).prepare(at: now)
}

@c @implementation
func timepiece_tick_set(
    _ tick: OpaquePointer, _ settings: UnsafePointer<TimepieceTickSettings>, _ now: UInt64
) -> Bool {
    unsafe meter(tick).set(TickMeter.Settings(settings.pointee), at: now)
}

@c @implementation
func timepiece_tick_read(
    _ tick: OpaquePointer, _ now: UInt64, _ show: TimepieceTickShow, _ user_data: UnsafeMutableRawPointer?
) {
    let window = unsafe meter(tick).tachometer.read(at: MonotonicInstant(nanoseconds: now))
    unsafe TickFunctions.show(window, by: show, user_data)
}

func meter(_ tick: OpaquePointer) -> TickMeter {
    unsafe unmanaged(tick).takeUnretainedValue()
}

private func unmanaged(_ tick: OpaquePointer) -> Unmanaged<TickMeter> {
    unsafe Unmanaged.fromOpaque(UnsafeRawPointer(tick))
}

extension TickMeter.Settings {
    init(_ flat: TimepieceTickSettings) {
        self.init(
            interval: flat.interval,
            stalls: StallSettings(
                timeout: flat.stall_timeout == 0 ? nil : Duration(clampingNanoseconds: flat.stall_timeout),
                onStart: flat.stall_on_start, minimumRate: flat.min_rate))
    }
}
