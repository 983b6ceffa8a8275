// The names are those of the C header.
// swift-format-ignore-file: AlwaysUseLowerCamelCase
import CTimepiece
import TimepieceCloudWatch
import TimepieceMeters

// The bodies of what timepiece.h declares for `TimepieceMeter`, which is an unmanaged reference to a `StreamMeter`.

@c @implementation
func timepiece_meter_ref(_ meter: OpaquePointer) -> OpaquePointer {
    _ = unsafe Unmanaged<AnyObject>.fromOpaque(UnsafeRawPointer(meter)).retain()
    return unsafe meter
}

@c @implementation
func timepiece_meter_unref(_ meter: OpaquePointer) {
    unsafe Unmanaged<AnyObject>.fromOpaque(UnsafeRawPointer(meter)).release()
}

@c @implementation
func timepiece_meter_publish(_ meter: OpaquePointer, _ cloudwatch: OpaquePointer) {
    let publisher = unsafe publisher(cloudwatch)
    let meter = unsafe streamMeter(meter)
    meter?.publish(to: publisher)
    guard publisher.speaksOpenTelemetry else { return }
    switch meter {
    case let tick as TickMeter:
        tick.keepTotals()
        publisher.follow(tick)
    case let watch as WatchMeter:
        watch.keepTotals()
        publisher.follow(watch)
    default: break
    }
}

@c @implementation
func timepiece_meter_interrupt(_ meter: OpaquePointer) {
    unsafe streamMeter(meter)?.interrupt()
}

@c @implementation
func timepiece_meter_last_position(_ meter: OpaquePointer) -> UInt64 {
    unsafe streamMeter(meter)?.position ?? .max
}

@c @implementation
func timepiece_meter_forget_position(_ meter: OpaquePointer) {
    unsafe streamMeter(meter)?.forgetPosition()
}

@c @implementation
func timepiece_meter_release(_ meter: OpaquePointer, _ now: UInt64) {
    unsafe streamMeter(meter)?.release(at: now)
}

@c @implementation
func timepiece_meter_play(_ meter: OpaquePointer, _ now: UInt64) -> Bool {
    unsafe streamMeter(meter)?.play(at: now) ?? true
}

@c @implementation
func timepiece_meter_pause(_ meter: OpaquePointer, _ now: UInt64) {
    unsafe streamMeter(meter)?.pause(at: now)
}

@c @implementation
func timepiece_meter_end(_ meter: OpaquePointer, _ now: UInt64) {
    unsafe streamMeter(meter)?.end(at: now)
}

@c @implementation
func timepiece_meter_begin(_ meter: OpaquePointer, _ now: UInt64) -> Bool {
    unsafe streamMeter(meter)?.begin(at: now) ?? true
}

@c @implementation
func timepiece_meter_flush(_ meter: OpaquePointer, _ begins: Bool, _ now: UInt64) -> Bool {
    unsafe streamMeter(meter)?.flush(begins, at: now) ?? true
}

@c @implementation
func timepiece_meter_stop(_ meter: OpaquePointer, _ now: UInt64) {
    unsafe streamMeter(meter)?.stop(at: now)
}

@c @implementation
func timepiece_meter_set_nominal_rate(_ meter: OpaquePointer, _ rate: Double) {
    unsafe streamMeter(meter)?.setNominalRate(rate)
}

func streamMeter(_ meter: OpaquePointer) -> (any StreamMeter)? {
    unsafe Unmanaged<AnyObject>.fromOpaque(UnsafeRawPointer(meter)).takeUnretainedValue() as? any StreamMeter
}
