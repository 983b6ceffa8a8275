// The names are those of the C header.
// swift-format-ignore-file: AlwaysUseLowerCamelCase
import CTimepiece
import Glibc
import Timepiece
import TimepieceCloudWatch
import TimepieceMeters
import TimepieceOpenTelemetry
import TimepieceTelemetry

// The bodies of what timepiece.h declares for `TimepieceOtlp`, which is an unmanaged reference to an
// `OpenTelemetryPublisher`.

@c @implementation
func timepiece_otlp_open(
    _ endpoint: UnsafePointer<CChar>, _ spool: UnsafePointer<CChar>?, _ changed: TimepiecePublisherFunc,
    _ user_data: UnsafeMutableRawPointer?, _ destroy: TimepieceDestroyFunc?,
    _ problem: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
) -> OpaquePointer? {
    let listener = unsafe StatusListener(function: changed, context: user_data, destroy: destroy)
    let address = unsafe String(cString: endpoint)
    var settings = OpenTelemetrySettings(endpoint: address == "env" ? nil : address)
    settings.spool = unsafe spool.map { unsafe String(cString: $0) }
    do throws(OpenTelemetrySettingsError) {
        let publisher = try OpenTelemetryPublisher(settings)
        publisher.onStatusChange { listener.tell($0) }
        return unsafe OpaquePointer(Unmanaged.passRetained(publisher).toOpaque())
    } catch {
        unsafe problem.pointee = strdup(error.description)
        return nil
    }
}

@c @implementation
func timepiece_otlp_doubts(_ otlp: OpaquePointer) -> UnsafeMutablePointer<CChar>? {
    let doubts = unsafe exporter(otlp).doubts
    return doubts.isEmpty ? nil : unsafe strdup(doubts.joined(separator: " "))
}

@c @implementation
func timepiece_otlp_read(
    _ otlp: OpaquePointer, _ show: TimepiecePublisherFunc, _ user_data: UnsafeMutableRawPointer?
) {
    unsafe StatusListener(function: show, context: user_data).tell(exporter(otlp).status)
}

@c @implementation
func timepiece_otlp_flush(_ otlp: OpaquePointer) {
    unsafe exporter(otlp).flush()
}

@c @implementation
func timepiece_otlp_close(_ otlp: OpaquePointer) {
    unsafe exporter(otlp).close()
}

@c @implementation
func timepiece_otlp_ref(_ otlp: OpaquePointer) -> OpaquePointer {
    _ = unsafe Unmanaged<OpenTelemetryPublisher>.fromOpaque(UnsafeRawPointer(otlp)).retain()
    return unsafe otlp
}

@c @implementation
func timepiece_otlp_unref(_ otlp: OpaquePointer) {
    unsafe Unmanaged<OpenTelemetryPublisher>.fromOpaque(UnsafeRawPointer(otlp)).release()
}

@c @implementation
func timepiece_meter_export(
    _ meter: OpaquePointer, _ otlp: OpaquePointer, _ labels: UnsafePointer<TimepiecePair>, _ num_labels: Int
) {
    guard let (source, labels) = unsafe telemetry(meter, labels, num_labels) else { return }
    unsafe exporter(otlp).add(source, labels: labels)
}

@c @implementation
func timepiece_pipeline_export(_ pipeline: OpaquePointer, _ otlp: OpaquePointer, _ name: UnsafePointer<CChar>) {
    let source = unsafe PipelineSource(reports(pipeline).keepTotals())
    unsafe exporter(otlp).add(source, labels: [MetricLabel("pipeline", String(cString: name))])
}

private func exporter(_ otlp: OpaquePointer) -> OpenTelemetryPublisher {
    unsafe Unmanaged<OpenTelemetryPublisher>.fromOpaque(UnsafeRawPointer(otlp)).takeUnretainedValue()
}
