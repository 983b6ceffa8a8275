// The names are those of the C header.
// swift-format-ignore-file: AlwaysUseLowerCamelCase
import CTimepiece
import Synchronization
import Timepiece

// The bodies of what timepiece.h declares for `TimepieceWatch`, which is an unmanaged reference to a `WatchMeter`.

@c @implementation
func timepiece_watch_new(
    _ settings: UnsafePointer<TimepieceWatchSettings>, _ report: TimepieceWatchFunc,
    _ user_data: UnsafeMutableRawPointer?, _ problem: UnsafeMutablePointer<CChar>, _ problem_size: Int
) -> OpaquePointer? {
    let settings = unsafe settings.pointee
    let label = unsafe String(cString: settings.label)
    let text = unsafe String(cString: settings.path)
    let address = unsafe UInt(bitPattern: settings.scope)
    let (edge, interval) = unsafe (settings.edge, settings.interval)
    let correlation: TransitStop.Correlation =
        switch unsafe settings.correlation {
        case TIMEPIECE_CORRELATION_META: .stamps
        case TIMEPIECE_CORRELATION_PTS: .times
        default: .auto
        }
    let reporter = unsafe WatchReporter(function: report, context: user_data)
    do throws(WatchProblem) {
        guard let path = WatchPath(text) else { throw WatchProblem.path(text) }
        let meter = try WatchRegistry.enter(address) { scope in
            WatchMeter(
                path: path, label: label, edge: edge, correlation: correlation, interval: interval, scope: scope,
                address: address, reporter: reporter)
        }
        return unsafe OpaquePointer(Unmanaged.passRetained(meter).toOpaque())
    } catch {
        unsafe write(error.sentence, to: problem, size: problem_size)
        return nil
    }
}

@c @implementation
func timepiece_watch_group(_ watch: OpaquePointer) -> UInt64 {
    unsafe watchMeter(watch).group.identifier
}

@c @implementation
func timepiece_watch_start(_ watch: OpaquePointer) -> UInt64 {
    if case .start(let start, _) = unsafe watchMeter(watch).role { start.identifier } else { 0 }
}

@c @implementation
func timepiece_watch_enter(_ watch: OpaquePointer, _ frame: UnsafeMutablePointer<TimepieceFrame>) {
    // No retain and no release on the way of a buffer: the caller holds its reference during the call.
    unsafe Unmanaged<WatchMeter>.fromOpaque(UnsafeRawPointer(watch))._withUnsafeGuaranteedRef { meter in
        unsafe meter.enter(frame)
    }
}

@c @implementation
func timepiece_watch_leave(
    _ watch: OpaquePointer, _ frame: UnsafeMutablePointer<TimepieceFrame>, _ now: UInt64, _ passed: Bool,
    _ flushed: Bool, _ position: UInt64
) {
    unsafe Unmanaged<WatchMeter>.fromOpaque(UnsafeRawPointer(watch))._withUnsafeGuaranteedRef { meter in
        unsafe meter.leave(frame, at: now, passed: passed, flushed: flushed, position: position)
    }
}

@c @implementation
func timepiece_watch_stamp(
    _ watch: OpaquePointer, _ now: UInt64, _ presentation: UInt64, _ running: UInt64, _ position: UInt64
) -> UInt64 {
    unsafe Unmanaged<WatchMeter>.fromOpaque(UnsafeRawPointer(watch))._withUnsafeGuaranteedRef { meter in
        guard let start = unsafe meter.start else { return 0 }
        meter.lastPosition.store(position, ordering: .relaxed)
        let times = MediaTimes(presentation: presentation, running: running)
        return unsafe start._withUnsafeGuaranteedRef { $0.stamp(at: now, times: times) }
    }
}

@c @implementation
func timepiece_watch_arrive(_ watch: OpaquePointer, _ stamp: UnsafePointer<TimepieceStamp>) {
    unsafe Unmanaged<WatchMeter>.fromOpaque(UnsafeRawPointer(watch))._withUnsafeGuaranteedRef { meter in
        guard let stop = unsafe meter.stop else { return }
        let stamp = unsafe stamp.pointee
        unsafe stop._withUnsafeGuaranteedRef {
            $0.arrive(start: stamp.start, sequence: stamp.sequence, instant: stamp.instant)
        }
    }
}

@c @implementation
func timepiece_watch_pass(
    _ watch: OpaquePointer, _ now: UInt64, _ presentation: UInt64, _ running: UInt64, _ position: UInt64,
    _ stamp: UnsafePointer<TimepieceStamp>?
) {
    unsafe Unmanaged<WatchMeter>.fromOpaque(UnsafeRawPointer(watch))._withUnsafeGuaranteedRef { meter in
        guard let stop = unsafe meter.stop else { return }
        meter.lastPosition.store(position, ordering: .relaxed)
        unsafe stop._withUnsafeGuaranteedRef { stop in
            if let stamp = unsafe stamp?.pointee {
                stop.pass(at: now, start: stamp.start, sequence: stamp.sequence, instant: stamp.instant)
            } else {
                stop.pass(at: now, times: MediaTimes(presentation: presentation, running: running))
            }
        }
    }
}

@c @implementation
func timepiece_watch_set_interval(_ watch: OpaquePointer, _ interval: UInt64, _ now: UInt64) -> Bool {
    unsafe watchMeter(watch).setInterval(interval, at: now)
}

@c @implementation
func timepiece_watch_read(
    _ watch: OpaquePointer, _ now: UInt64, _ show: TimepieceWatchFunc, _ user_data: UnsafeMutableRawPointer?
) {
    unsafe watchMeter(watch).read(at: now, WatchReporter(function: show, context: user_data))
}

private func watchMeter(_ watch: OpaquePointer) -> WatchMeter {
    unsafe Unmanaged<WatchMeter>.fromOpaque(UnsafeRawPointer(watch)).takeUnretainedValue()
}

/// Copies a text into C memory, cut to fit, with its end.
private func write(_ text: String, to memory: UnsafeMutablePointer<CChar>, size: Int) {
    guard size > 0 else { return }
    var length = 0
    for unit in text.utf8 where length < size - 1 {
        unsafe memory[length] = CChar(bitPattern: unit)
        length += 1
    }
    unsafe memory[length] = 0
}
