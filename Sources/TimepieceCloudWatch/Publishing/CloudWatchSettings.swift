import Timepiece

/// The metric to publish, its destination, and the keys.
///
/// Only the namespace is required. Other settings are found as AWS's own tools find them: in the environment, in the
/// files under `~/.aws`, from the container or the machine. No description or reflection shows possible secrets.
public struct CloudWatchSettings: Sendable {
    /// The namespace of the metric, as `GStreamer/Video`: up to 255 printable ASCII characters.
    public var namespace: String
    /// The name of the metric: up to 255 printable ASCII characters.
    public var metricName = "frame_processing_time"
    /// The dimensions that distinguish this series from others of the metric, in order; with the label at most 30.
    public var dimensions: [(name: String, value: String)] = []

    /// Sets the dimensions from a dictionary, in the order of their names.
    public mutating func setDimensions(_ dimensions: [String: String]) {
        self.dimensions = dimensions.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }
    }

    /// The value of one more dimension, `Label`; nil for none. A given dimension `Label` replaces it.
    public var label: String?
    /// The unit of the values: durations, or numbers that ``CloudWatchUnit/sample(of:)`` converts to samples.
    public var unit: CloudWatchUnit = .seconds
    /// The time that one datum covers: whole seconds, up to a day. Below a minute the metric has high resolution.
    public var interval: Duration = .seconds(60)

    /// The AWS region, as `eu-central-1`.
    public var region: String?
    /// The name of an access key; needs the secret too.
    public var accessKey: String?
    /// The secret of the access key.
    public var secretAccessKey: String?
    /// The session token of a temporary access key.
    public var sessionToken: String?
    /// The source of credentials, instead of all other sources: the program's own session.
    public var credentials: CloudWatchCredentialsProvider?
    /// The profile in the files under `~/.aws`.
    public var profile: String?
    /// The address of the service, instead of the region's own; `https`, or `http` to this machine.
    public var endpointURI: String?
    /// Whether `http` may also be used with another machine, such as an emulator in a container.
    ///
    /// Everyone on the network path can then read and change metrics, and read the signatures, though not the secret
    /// behind them. Keys are never fetched that way.
    public var allowsPlainHTTP = false
    /// The fields of `iot-certificate`: `endpoint`, `cert-path`, `key-path`, `role-aliases`, `ca-path`, `iot-thing-name`.
    public var iotCertificate: [String: String]?

    /// The file for data that cannot be sent: a path, `none`, or nil for the user's own one.
    public var spool: String?
    /// The most bytes of that file.
    public var spoolLimit = 16 << 20
    /// The destination of Embedded Metric Format instead of requests to the API: `stdout`, `file:PATH`,
    /// `tcp://HOST:PORT`, `udp://HOST:PORT`; nil for requests.
    public var emf: String?
    /// The protocol in which statistics are sent.
    public var transferProtocol: CloudWatchProtocol = .putMetricData
    /// Whether requests are printed to standard output instead of being sent.
    public var dryRun = false
    /// How long a publisher that is released without being closed waits for the network, up to a minute.
    public var flushDeadline: Duration = .seconds(3)

    /// The names of settings in sentences about them.
    package var names = SettingNames.parameters
    /// The environment variables, so that tests have their own.
    package var environment: Environment?
    /// How long a request may take; shorter in tests.
    package var requestTimeout: Duration?
    /// How long data from the spool are held; shorter in tests.
    package var lease: Duration?

    /// Makes settings for a namespace.
    public init(namespace: String) {
        self.namespace = namespace
    }
}

extension CloudWatchSettings: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The metric, without any keys.
    public var description: String { "settings for \(identity)" }

    /// The same as the description.
    public var debugDescription: String { description }

    /// The text of the description.
    public var customMirror: Mirror { Mirror(self, children: ["description": description]) }

    /// The series that is published.
    package var identity: MetricIdentity {
        var all = dimensions.map { MetricIdentity.Dimension(name: $0.name, value: $0.value) }
        if let label, !all.contains(where: { $0.name == "Label" }) {
            all.append(MetricIdentity.Dimension(name: "Label", value: label))
        }
        var identity = MetricIdentity(
            namespace: namespace, name: metricName, dimensions: all, interval: interval.components.seconds)
        identity.unit = unit
        return identity
    }
}

/// The reason why settings are refused: one sentence that says what was wrong, what is allowed, and where it was set.
public struct CloudWatchSettingsError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The parameter that was wrong, as `metricName`.
    public let parameter: String
    /// The element's name for it, such as `cloudwatch-metric-name`.
    public let property: String
    /// The sentence, without secrets.
    public let description: String

    package init(_ property: String, _ description: String) {
        parameter = SettingNames.parameters(property)
        self.property = property
        self.description = description
    }
}
