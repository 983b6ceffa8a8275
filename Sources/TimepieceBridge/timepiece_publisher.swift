// The names are those of the C header.
// swift-format-ignore-file: AlwaysUseLowerCamelCase
import CTimepiece
import Glibc
import Timepiece
import TimepieceCloudWatch

// The bodies of what timepiece.h declares for `TimepiecePublisher`, which is an unmanaged reference to a
// `CloudWatchPublisher`.

@c @implementation
func timepiece_publisher_new(
    _ settings: UnsafePointer<TimepiecePublisherSettings>, _ changed: TimepiecePublisherFunc,
    _ user_data: UnsafeMutableRawPointer?, _ destroy: TimepieceDestroyFunc?,
    _ problem: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
) -> OpaquePointer? {
    let listener = unsafe StatusListener(function: changed, context: user_data, destroy: destroy)
    do throws(CloudWatchSettingsError) {
        let publisher = try unsafe CloudWatchPublisher(CloudWatchSettings(settings.pointee))
        publisher.onStatusChange { listener.tell($0) }
        return unsafe OpaquePointer(Unmanaged.passRetained(publisher).toOpaque())
    } catch {
        unsafe problem.pointee = strdup(error.description)
        return nil
    }
}

@c @implementation
func timepiece_publisher_note(_ cloudwatch: OpaquePointer) -> UnsafeMutablePointer<CChar>? {
    unsafe strdup(publisher(cloudwatch).costNote)
}

@c @implementation
func timepiece_publisher_doubts(_ cloudwatch: OpaquePointer) -> UnsafeMutablePointer<CChar>? {
    let doubts = unsafe publisher(cloudwatch).doubts
    return doubts.isEmpty ? nil : unsafe strdup(doubts.joined(separator: " "))
}

@c @implementation
func timepiece_publisher_read(
    _ cloudwatch: OpaquePointer, _ show: TimepiecePublisherFunc, _ user_data: UnsafeMutableRawPointer?
) {
    unsafe StatusListener(function: show, context: user_data).tell(publisher(cloudwatch).status)
}

@c @implementation
func timepiece_publisher_close(_ cloudwatch: OpaquePointer) {
    let publisher = unsafe publisher(cloudwatch)
    publisher.close(within: publisher.flushDeadline)
}

@c @implementation
func timepiece_publisher_ref(_ cloudwatch: OpaquePointer) -> OpaquePointer {
    _ = unsafe Unmanaged<CloudWatchPublisher>.fromOpaque(UnsafeRawPointer(cloudwatch)).retain()
    return unsafe cloudwatch
}

@c @implementation
func timepiece_publisher_unref(_ cloudwatch: OpaquePointer) {
    unsafe Unmanaged<CloudWatchPublisher>.fromOpaque(UnsafeRawPointer(cloudwatch)).release()
}

func publisher(_ cloudwatch: OpaquePointer) -> CloudWatchPublisher {
    unsafe Unmanaged<CloudWatchPublisher>.fromOpaque(UnsafeRawPointer(cloudwatch)).takeUnretainedValue()
}

extension CloudWatchSettings {
    /// Converts the settings from the contract's types.
    init(_ flat: TimepiecePublisherSettings) throws(CloudWatchSettingsError) {
        self.init(namespace: unsafe String(cString: flat.name_space))
        names = .properties
        metricName = unsafe String(cString: flat.metric_name)
        label = unsafe String(cString: flat.label)
        dimensions = unsafe Self.pairs(flat.dimensions, flat.num_dimensions)
        interval = unsafe Duration(clampingNanoseconds: flat.interval)
        region = unsafe flat.region.map { unsafe String(cString: $0) }
        accessKey = unsafe flat.access_key.map { unsafe String(cString: $0) }
        secretAccessKey = unsafe flat.secret_access_key.map { unsafe String(cString: $0) }
        sessionToken = unsafe flat.session_token.map { unsafe String(cString: $0) }
        profile = unsafe flat.profile.map { unsafe String(cString: $0) }
        endpointURI = unsafe flat.endpoint_uri.map { unsafe String(cString: $0) }
        let certificate = unsafe Self.pairs(flat.iot_certificate, flat.num_iot_certificate)
        if !certificate.isEmpty {
            iotCertificate = Dictionary(certificate.map { ($0.name, $0.value) }) { _, last in last }
        }
        spool = unsafe flat.spool.map { unsafe String(cString: $0) }
        if let name = unsafe flat.protocol.map({ unsafe String(cString: $0) }) {
            guard let known = CloudWatchProtocol(rawValue: name) else {
                throw CloudWatchSettingsError(unknownProtocol: name)
            }
            transferProtocol = known
        }
        emf = unsafe flat.emf.map { unsafe String(cString: $0) }
        dryRun = unsafe flat.dry_run
        allowsPlainHTTP = unsafe flat.allow_http
        flushDeadline = unsafe Duration(clampingNanoseconds: flat.flush_deadline)
    }

    private static func pairs(
        _ pairs: UnsafePointer<TimepiecePair>?, _ count: Int
    ) -> [(name: String, value: String)] {
        unsafe UnsafeBufferPointer(start: pairs, count: pairs == nil ? 0 : count).map { pair in
            unsafe (String(cString: pair.name), String(cString: pair.value))
        }
    }
}
