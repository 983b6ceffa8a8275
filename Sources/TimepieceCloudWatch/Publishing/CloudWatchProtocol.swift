/// The protocol in which statistics are sent to CloudWatch.
public enum CloudWatchProtocol: String, Sendable, CaseIterable {
    /// The API operation PutMetricData: a metric with dimensions, billed by series.
    case putMetricData = "put-metric-data"
    /// OpenTelemetry's protocol at CloudWatch's own endpoint: queried by PromQL, billed by the gigabyte.
    case openTelemetry = "otlp"
    /// Both, the same samples to each: AWS's way to move from one to the other.
    case both
}

extension CloudWatchSettingsError {
    /// The name is not that of a protocol.
    package init(unknownProtocol name: String) {
        let all = CloudWatchProtocol.allCases.map(\.rawValue).joined(separator: ", ")
        self.init("cloudwatch-protocol", "cloudwatch-protocol is \"\(name.prefix(80))\"; allowed are \(all).")
    }
}
