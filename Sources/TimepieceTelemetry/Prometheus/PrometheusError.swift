/// Why metrics cannot be shown to Prometheus.
public struct PrometheusError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A sentence: what is wrong, and what is allowed.
    public let description: String

    package init(_ description: String) {
        self.description = description
    }
}
