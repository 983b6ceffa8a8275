import Synchronization
import TestEnvironment
import Timepiece
import TimepieceTelemetry
@testable import TimepieceCloudWatch
@testable import TimepieceOpenTelemetry

/// What the server of Tests/Servers/fault_server.py took in OpenTelemetry's protocol, as OpenTelemetry's own messages
/// have decoded it.
struct OpenTelemetryBooks {
    let document: JSONDocument

    init(_ server: FaultServer, _ fault: String, _ name: String) throws {
        let request = HTTPRequest(method: "GET", url: server.address(fault, name) + "/v1/metrics")
        guard let document = JSONDocument(try CurlTransport().send(request).body) else {
            throw ServerProcess.Failure(description: "The server has no books.")
        }
        self.document = document
    }

    var requests: Int64 { document.integer(["requests"]) ?? -1 }
    /// Milliseconds between the first two requests.
    var pause: Int64 { document.integer(["pause"]) ?? -1 }
    var problems: String { document.string(["problems"]) ?? "no books" }

    func resource(_ name: String) -> String? { document.string(["resource", name]) }

    /// A number of a series, which is called as `timepiece.interval label=cam-01`.
    func number(_ series: String, _ field: String) -> Int64? { document.integer(["series", series, field]) }
    func unit(_ series: String) -> String? { document.string(["series", series, "unit"]) }
}

/// A source of telemetry whose numbers a test sets.
final class TestSource: TelemetrySource {
    struct Numbers: Sendable {
        var buffers: UInt64 = 0
        var intervals = Statistics()
        var stalled = 0.0
        var stalledTime: UInt64 = 0
    }

    let numbers = Mutex(Numbers())

    func collect(at now: UInt64) -> [Measurement] {
        let numbers = numbers.withLock { $0 }
        return [
            Measurement(.buffers, .count(numbers.buffers)),
            Measurement(.interval, .distribution(numbers.intervals)),
            Measurement(.stalled, .gauge(numbers.stalled)),
            Measurement(.stalledTime, .nanoseconds(numbers.stalledTime)),
        ]
    }

    /// Counts what a minute of a stream has.
    func add(_ minute: SampleMinute) {
        numbers.withLock { numbers in
            numbers.buffers += UInt64(minute.samples.count)
            numbers.intervals.merge(minute.statistics)
            numbers.stalledTime += 250_000_000
        }
    }
}

extension OpenTelemetrySettings {
    /// Settings that reach nothing but the endpoint given, with a spool of their own.
    static func test(
        _ endpoint: String?, spool: String, _ variables: [String: String] = [:], interval: Duration = .seconds(3600)
    ) -> OpenTelemetrySettings {
        var settings = OpenTelemetrySettings(endpoint: endpoint)
        settings.spool = spool
        settings.interval = interval
        settings.environment = Environment(variables)
        settings.lease = .seconds(slowness)
        return settings
    }
}
