// The names are those of the C header.
// swift-format-ignore-file: AlwaysUseLowerCamelCase
import CTimepiece
import Synchronization
import Timepiece
import TimepieceMeters

// The bodies of what timepiece.h declares for `TimepieceWatch`, which is an unmanaged reference to a `WatchMeter`.

@c @implementation
func timepiece_watch_new(
    _ settings: UnsafePointer<TimepieceWatchSettings>, _ events: UnsafePointer<TimepieceWatchEvents>,
    _ user_data: UnsafeMutableRawPointer?, _ problem: UnsafeMutablePointer<CChar>, _ problem_size: Int
) -> OpaquePointer? {
    let address = unsafe UInt(bitPattern: settings.pointee.scope)
    let reporter = unsafe WatchFunction(events: events.pointee, context: user_data)
    do throws(WatchProblem) {
        let meter = try WatchRegistry.enter(
            address, unsafe WatchMeter.Settings(settings.pointee), reporter: reporter)
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
    unsafe watchEnter(unmanaged(watch), swiftFrame(frame))
}

@c @implementation
func timepiece_watch_leave(
    _ watch: OpaquePointer, _ frame: UnsafeMutablePointer<TimepieceFrame>, _ now: UInt64, _ passed: Bool,
    _ flushed: Bool, _ position: UInt64
) {
    unsafe watchLeave(
        unmanaged(watch), swiftFrame(frame), at: now, passed: passed, flushed: flushed, position: position)
}

@c @implementation
func timepiece_watch_hold(_ watch: OpaquePointer, _ innermost: UnsafeMutablePointer<TimepieceFrame>?) {
    unsafe watchHold(unmanaged(watch), innermost.map { unsafe swiftFrame($0) })
}

@c @implementation
func timepiece_frame_release(_ frame: UnsafeMutablePointer<TimepieceFrame>) {
    unsafe swiftFrame(frame).pointee.release()
}

@c @implementation
func timepiece_watch_stamp(
    _ watch: OpaquePointer, _ now: UInt64, _ presentation: UInt64, _ running: UInt64, _ position: UInt64
) -> UInt64 {
    unsafe watchStamp(
        unmanaged(watch), at: now, presentation: presentation, running: running, position: position)
}

@c @implementation
func timepiece_watch_arrive(
    _ watch: OpaquePointer, _ stamp: UnsafePointer<TimepieceStamp>, _ presentation: UInt64
) {
    let stamp = unsafe stamp.pointee
    unsafe watchArrive(
        unmanaged(watch), start: stamp.start, sequence: stamp.sequence, instant: stamp.instant,
        isExact: stamp.presentation == presentation && presentation != MediaTimes.none)
}

@c @implementation
func timepiece_watch_pass(
    _ watch: OpaquePointer, _ now: UInt64, _ presentation: UInt64, _ running: UInt64, _ position: UInt64,
    _ stamp: UnsafePointer<TimepieceStamp>?
) {
    if let stamp = unsafe stamp?.pointee {
        unsafe watchPass(
            unmanaged(watch), at: now, start: stamp.start, sequence: stamp.sequence, instant: stamp.instant,
            position: position)
    } else {
        unsafe watchPass(
            unmanaged(watch), at: now, presentation: presentation, running: running, position: position)
    }
}

@c @implementation
func timepiece_watch_connect(_ watch: OpaquePointer, _ paths: UnsafePointer<TimepiecePath>?, _ num_paths: Int) {
    let paths = unsafe UnsafeBufferPointer(start: paths, count: paths == nil ? 0 : num_paths)
    let ways = unsafe paths.map { ($0.start, TransitPath(rawValue: $0.flags)) }
    unsafe watchMeter(watch).connect(Dictionary(ways) { $0.union($1) })
}

@c @implementation
func timepiece_watch_set(
    _ watch: OpaquePointer, _ interval: UInt64, _ stall_timeout: UInt64, _ now: UInt64
) -> Bool {
    unsafe watchMeter(watch).set(interval: interval, stallTimeout: stall_timeout, at: now)
}

@c @implementation
func timepiece_watch_read(
    _ watch: OpaquePointer, _ now: UInt64, _ show: TimepieceWatchFunc, _ user_data: UnsafeMutableRawPointer?
) {
    unsafe watchMeter(watch).read(at: now, WatchFunction(function: show, context: user_data))
}

private func watchMeter(_ watch: OpaquePointer) -> WatchMeter {
    unsafe unmanaged(watch).takeUnretainedValue()
}

private func unmanaged(_ watch: OpaquePointer) -> Unmanaged<WatchMeter> {
    unsafe Unmanaged.fromOpaque(UnsafeRawPointer(watch))
}

/// The same memory in the meter's types; a test compares the layouts.
@inline(__always)
private func swiftFrame(_ frame: UnsafeMutablePointer<TimepieceFrame>) -> UnsafeMutablePointer<WatchFrame> {
    unsafe UnsafeMutableRawPointer(frame).assumingMemoryBound(to: WatchFrame.self)
}

extension WatchMeter.Settings {
    init(_ flat: TimepieceWatchSettings) {
        let correlation: TransitStop.Correlation =
            switch unsafe flat.correlation {
            case TIMEPIECE_CORRELATION_META: .stamps
            case TIMEPIECE_CORRELATION_PTS: .times
            default: .auto
            }
        let edge: WatchMeter.Edge =
            switch unsafe flat.edge {
            case TIMEPIECE_EDGE_START: .start
            case TIMEPIECE_EDGE_STOP: .stop(correlation)
            default: .around
            }
        unsafe self.init(
            path: String(cString: flat.path), label: String(cString: flat.label), edge: edge, interval: flat.interval,
            stallTimeout: flat.stall_timeout)
    }
}

/// Copies a text into C memory, truncated to fit, with its terminator.
private func write(_ text: String, to memory: UnsafeMutablePointer<CChar>, size: Int) {
    guard size > 0 else { return }
    var length = 0
    for unit in text.utf8 where length < size - 1 {
        unsafe memory[length] = CChar(bitPattern: unit)
        length += 1
    }
    unsafe memory[length] = 0
}
