import Testing
import TimepieceTelemetry
@testable import TimepieceCloudWatch
@testable import TimepieceOpenTelemetry

/// The combinations of the property and OpenTelemetry's variables.
@Suite("OpenTelemetry settings")
struct OpenTelemetryDestinationTests {
    private func destination(
        _ endpoint: String?, _ variables: [String: String] = [:]
    ) throws -> OpenTelemetryDestination {
        var settings = OpenTelemetrySettings(endpoint: endpoint)
        settings.spool = "none"
        settings.environment = Environment(variables)
        return try OpenTelemetryDestination(settings)
    }

    private func mistake(_ endpoint: String?, _ variables: [String: String] = [:]) -> String {
        do {
            _ = try destination(endpoint, variables)
            return "no mistake"
        } catch {
            return "\(error)"
        }
    }

    private static let own = "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"
    private static let general = "OTEL_EXPORTER_OTLP_ENDPOINT"

    @Test func `an address of a receiver gets the path of metrics, and that for metrics alone is used as it is`() throws
    {
        for (endpoint, variables, url) in [
            ("http://h:4318", [:], "http://h:4318/v1/metrics"), ("http://h:4318/", [:], "http://h:4318/v1/metrics"),
            ("https://h/otlp/", [:], "https://h/otlp/v1/metrics"),
            ("https://h/otlp/v1/metrics", [:], "https://h/otlp/v1/metrics"),
            (nil, [:], "http://localhost:4318/v1/metrics"),
            (nil, [Self.general: "http://g:1/x"], "http://g:1/x/v1/metrics"),
            (nil, [Self.general: "http://g:1", Self.own: "http://m:2/take"], "http://m:2/take"),
            ("http://h:3", [Self.general: "http://g:1", Self.own: "http://m:2"], "http://h:3/v1/metrics"),
            (nil, [Self.general: ""], "http://localhost:4318/v1/metrics"),
        ] as [(String?, [String: String], String)] {
            #expect(try destination(endpoint, variables).url == url)
        }
    }

    @Test(arguments: [
        "", "h:4318", "ftp://h", "http://user:nobody@h:4318", "http://h:4318/?key=nobody", "http://h h", "http://h\n",
    ])
    func `an invalid address is refused, and its text is not repeated`(address: String) {
        let said = mistake(address)
        #expect(said.hasPrefix("The endpoint ") && said.hasSuffix(".") && !said.contains("nobody"))
    }

    @Test func `variables for metrics precede those for all signals`() throws {
        let both = try destination(
            "https://h",
            [
                "OTEL_EXPORTER_OTLP_HEADERS": "a=1", "OTEL_EXPORTER_OTLP_METRICS_HEADERS": "b=2, c = %33%20 ",
                "OTEL_EXPORTER_OTLP_TIMEOUT": "1", "OTEL_EXPORTER_OTLP_METRICS_TIMEOUT": "2500",
                "OTEL_METRIC_EXPORT_INTERVAL": "15000", "OTEL_EXPORTER_OTLP_COMPRESSION": "none",
                "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE": "DELTA",
            ])
        #expect(both.headers == [HTTPHeader("b", "2"), HTTPHeader("c", "3")])
        #expect(both.timeout == .milliseconds(2500) && both.interval == .seconds(15) && !both.compresses)
        #expect(both.temporality == .delta && both.doubts == [])
        let bare = try destination("http://h")
        #expect(bare.timeout == .seconds(10) && bare.interval == .seconds(60) && bare.compresses)
        #expect(bare.temporality == .cumulative && bare.headers == [])
    }

    @Test func `an invalid value is one sentence with the name of the variable`() {
        for (variable, value) in [
            ("OTEL_EXPORTER_OTLP_HEADERS", "nobody"), ("OTEL_EXPORTER_OTLP_HEADERS", "a=b%0a%zz"),
            ("OTEL_EXPORTER_OTLP_METRICS_HEADERS", "a b=nobody"), ("OTEL_EXPORTER_OTLP_METRICS_HEADERS", "a=%0Anobody"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "a=%0d%0aB: nobody"), ("OTEL_EXPORTER_OTLP_HEADERS", "a=nobody\n"),
            ("OTEL_EXPORTER_OTLP_HEADERS", "a=1,Content-Length=5"), ("OTEL_EXPORTER_OTLP_HEADERS", "a=%C3%28nobody"),
            ("OTEL_EXPORTER_OTLP_METRICS_HEADERS", "transfer-Encoding=chunked"),
            ("OTEL_EXPORTER_OTLP_CERTIFICATE", "/nonexistent"), ("OTEL_EXPORTER_OTLP_CLIENT_KEY", "/nonexistent"),
            ("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", "sometimes"),
        ] {
            let said = mistake("http://h", [variable: value])
            #expect(said.contains(variable) && said.hasSuffix(".") && !said.contains("nobody"), "\(said)")
        }
        #expect(mistake(nil, ["OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"]).contains("http/protobuf"))
        #expect(mistake("http://h", ["OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"]) == "no mistake")
    }

    @Test func `an optional value that is invalid is ignored and reported`() throws {
        let doubtful = try destination(
            "http://collector:4318",
            [
                "OTEL_METRIC_EXPORT_INTERVAL": "soon", "OTEL_EXPORTER_OTLP_TIMEOUT": "-1",
                "OTEL_RESOURCE_ATTRIBUTES": "a=1,b", "OTEL_EXPORTER_OTLP_HEADERS": "key=nobody",
                "OTEL_EXPORTER_OTLP_COMPRESSION": "zstd",
            ])
        #expect(doubtful.interval == .seconds(60) && doubtful.timeout == .seconds(10))
        let text = doubtful.doubts.joined(separator: " ")
        for word in [
            "OTEL_METRIC_EXPORT_INTERVAL is \"soon\"", "OTEL_EXPORTER_OTLP_TIMEOUT is \"-1\"",
            "OTEL_RESOURCE_ATTRIBUTES",
            "plain http", "OTEL_EXPORTER_OTLP_COMPRESSION",
        ] { #expect(text.contains(word)) }
        #expect(!text.contains("nobody") && doubtful.doubts.count == 5)
    }

    @Test func `the name in a spool differs with the address and the program, and not with the headers`() throws {
        let name = try destination("http://h").name
        #expect(try destination("http://h", ["OTEL_EXPORTER_OTLP_HEADERS": "key=nobody"]).name == name)
        #expect(try destination("http://h/other").name != name)
        #expect(try destination("http://h", ["OTEL_SERVICE_NAME": "other"]).name != name)
    }
}
