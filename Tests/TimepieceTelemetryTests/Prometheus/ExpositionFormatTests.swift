import Testing

@testable import TimepieceTelemetry

@Suite("The format of a page")
struct ExpositionFormatTests {
    private static let protobuf =
        "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=delimited"

    @Test(arguments: [
        // Prometheus 2.42 and 2.53 with native histograms, and 3.
        "\(protobuf),application/openmetrics-text;version=1.0.0;q=0.8,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
        "\(protobuf);q=0.6,application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
        "application/vnd.google.protobuf; proto=\"io.prometheus.client.MetricFamily\"; encoding=delimited",
        "text/plain;q=0.5, \(protobuf)", protobuf, " \(protobuf) ,", protobuf.uppercased(),
    ])
    func `is protobuf for a client that does not prefer text`(accept: String) {
        #expect(ExpositionFormat(accept: accept) == .protobuf)
    }

    @Test(arguments: [
        nil, "", "*/*", "text/html,application/xhtml+xml,*/*;q=0.8",
        "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,text/plain;q=0.5",
        "text/plain, \(protobuf);q=0.9", "\(protobuf);q=0", "\(protobuf);q=-1", "\(protobuf);q=nan", "\(protobuf);q=x",
        "application/vnd.google.protobuf", "application/vnd.google.protobuf;encoding=text", ";;;===,,,;q=", "\"",
        String(repeating: "a;q=1,", count: 70) + protobuf,
    ])
    func `is text for all other clients`(accept: String?) {
        #expect(ExpositionFormat(accept: accept) == .text)
    }
}
