// The names are those of the C header.
// swift-format-ignore-file: AlwaysUseLowerCamelCase
import CTimepiece
import Glibc
import TimepieceMeters
import TimepieceTelemetry

// The bodies of what timepiece.h declares for `TimepiecePrometheus`, which is an unmanaged reference to a
// `PrometheusExport`.

@c @implementation
func timepiece_prometheus_open(
    _ settings: UnsafePointer<TimepiecePrometheusSettings>,
    _ problem: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
) -> OpaquePointer? {
    let settings = unsafe settings.pointee
    do throws(PrometheusError) {
        let export = try unsafe PrometheusExport(
            port: UInt16(clamping: settings.port), address: String(cString: settings.address),
            file: settings.file.map { unsafe String(cString: $0) }, interval: settings.interval)
        return unsafe OpaquePointer(Unmanaged.passRetained(export).toOpaque())
    } catch {
        unsafe problem.pointee = strdup(error.description)
        return nil
    }
}

@c @implementation
func timepiece_meter_show(
    _ meter: OpaquePointer, _ prometheus: OpaquePointer, _ labels: UnsafePointer<TimepiecePair>, _ num_labels: Int,
    _ now: UInt64
) {
    guard let (source, labels) = unsafe telemetry(meter, labels, num_labels) else { return }
    unsafe export(prometheus).show(source, labels: labels, at: now)
}

/// Returns a meter as a source that keeps its totals from now on, with its labels; nil if it is not a source.
func telemetry(
    _ meter: OpaquePointer, _ labels: UnsafePointer<TimepiecePair>, _ count: Int
) -> (source: any TelemetrySource, labels: [MetricLabel])? {
    let labels = unsafe UnsafeBufferPointer(start: labels, count: count).map { pair in
        unsafe MetricLabel(String(cString: pair.name), String(cString: pair.value))
    }
    switch unsafe streamMeter(meter) {
    case let tick as TickMeter:
        tick.keepTotals()
        return (tick, labels)
    case let watch as WatchMeter:
        watch.keepTotals()
        return (watch, labels + [MetricLabel("watch", watch.name)])
    default: return nil
    }
}

@c @implementation
func timepiece_prometheus_problem(_ prometheus: OpaquePointer) -> UnsafeMutablePointer<CChar>? {
    unsafe export(prometheus).takeProblem().flatMap { unsafe strdup($0) }
}

@c @implementation
func timepiece_prometheus_close(_ prometheus: OpaquePointer, _ now: UInt64) {
    unsafe export(prometheus).close(at: now)
}

@c @implementation
func timepiece_prometheus_ref(_ prometheus: OpaquePointer) -> OpaquePointer {
    _ = unsafe Unmanaged<PrometheusExport>.fromOpaque(UnsafeRawPointer(prometheus)).retain()
    return unsafe prometheus
}

@c @implementation
func timepiece_prometheus_unref(_ prometheus: OpaquePointer) {
    unsafe Unmanaged<PrometheusExport>.fromOpaque(UnsafeRawPointer(prometheus)).release()
}

func export(_ prometheus: OpaquePointer) -> PrometheusExport {
    unsafe Unmanaged<PrometheusExport>.fromOpaque(UnsafeRawPointer(prometheus)).takeUnretainedValue()
}
