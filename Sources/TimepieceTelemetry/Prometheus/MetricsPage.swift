import Glibc
import Synchronization
import Timepiece

/// The only page of the process at an address and a port, with all series shown there.
///
/// It is opened on the first request, and stays until the process ends: for Prometheus the process is the target,
/// regardless of its pipelines.
package final class MetricsPage: Sendable {
    /// The most pages of a process.
    package static let mostPages = 16

    package let registry: TelemetryRegistry
    private let server: MetricsServer
    /// A forked process has no thread that responds.
    private let process = getpid()

    private struct Place: Hashable {
        let address: String
        let port: UInt16
    }

    private static let pages = Mutex<[Place: MetricsPage]>([:])

    /// Returns the page at an address and a port, which is opened if necessary.
    package static func open(address: String, port: UInt16) throws(PrometheusError) -> MetricsPage {
        try pages.withLock { pages throws(PrometheusError) in
            let place = Place(address: address == "localhost" ? "127.0.0.1" : address, port: port)
            if let page = pages[place], page.process == getpid() { return page }
            guard pages.count < mostPages else {
                throw PrometheusError(
                    "The process has \(mostPages) pages for Prometheus already, each at its own address and port; "
                        + "elements can share one.")
            }
            let page = try MetricsPage(place)
            pages[place] = page
            return page
        }
    }

    private init(_ place: Place) throws(PrometheusError) {
        let registry = TelemetryRegistry()
        self.registry = registry
        server = try MetricsServer(address: place.address, port: place.port) { format in
            Exposition.render(registry, format, at: MonotonicInstant.now().nanoseconds)
        }
    }
}

/// The contents of a page or a file.
package enum Exposition {
    /// The released version; `make lint` compares it with Package.swift.
    package static let version = "0.1.0"

    private static let buildInfo = Metric(
        "timepiece_build_info", "timepiece.build_info", .gauge, .none, "1, with the version of Timepiece as a label.")

    /// Encodes all series of a registry as of an instant.
    package static func render(_ registry: TelemetryRegistry, _ format: ExpositionFormat, at now: UInt64) -> [UInt8] {
        let build = MetricFamily(
            metric: buildInfo,
            points: [MetricFamily.Point(labels: [MetricLabel("version", version)], since: now, value: .gauge(1))])
        let families = [build] + registry.snapshot(at: now)
        return switch format {
        case .text: PrometheusText.encode(families)
        case .protobuf: PrometheusProtobuf.encode(families)
        }
    }
}
