import Timepiece
package import TimepieceCloudWatch
import TimepieceTelemetry

/// The destination and the mode of export in OpenTelemetry's protocol (OTLP over HTTP, Protocol Buffers).
///
/// No setting is required: missing ones are taken from the variables that OpenTelemetry's SDKs read. Headers are taken
/// only from there, because they may be secret; no description or reflection shows them.
public struct OpenTelemetrySettings: Sendable {
    /// The start from which a point adds up.
    public enum Temporality: String, Sendable {
        /// From the start of the series, so that a lost point costs only itself: the default.
        case cumulative
        /// From the previous point.
        case delta
    }

    /// The address of the receiver, to which `/v1/metrics` is added, as `http://127.0.0.1:4318`.
    ///
    /// Without one it is that of `OTEL_EXPORTER_OTLP_METRICS_ENDPOINT`, which is used as it is, or of
    /// `OTEL_EXPORTER_OTLP_ENDPOINT`, or `http://localhost:4318`.
    public var endpoint: String?
    /// The time between two exports, from 0.1 seconds; without one it is that of `OTEL_METRIC_EXPORT_INTERVAL`, or a minute.
    public var interval: Duration?
    /// The start from which points add up; without one, that of `OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE`, or
    /// cumulative.
    public var temporality: Temporality?
    /// The attributes that distinguish this program from others, in addition to `OTEL_RESOURCE_ATTRIBUTES` and with
    /// precedence.
    public var resourceAttributes: [String: String] = [:]
    /// The file for data that cannot be sent: a path, `none`, or nil for the user's own one.
    public var spool: String?
    /// The most bytes of that file.
    public var spoolLimit = 16 << 20
    /// How long the last one that closes waits for the network, up to a minute.
    public var flushDeadline: Duration = .seconds(3)

    /// The environment variables, so that tests have their own.
    package var environment: Environment?
    /// How long data from the spool are held; shorter in tests.
    package var lease: Duration?

    /// Makes settings.
    ///
    /// - Parameter endpoint: the address of the receiver; nil for that of the environment.
    public init(endpoint: String? = nil) {
        self.endpoint = endpoint
    }
}

/// The reason why settings are refused: one sentence that says what was wrong, what is allowed, and where it was set.
public struct OpenTelemetrySettingsError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The sentence, without secrets.
    public let description: String

    init(_ description: String) {
        self.description = description
    }
}
