/// The description of a metric: its names, its unit and its kind.
package struct Metric: Sendable, Hashable {
    package enum Kind: Sendable, Hashable {
        /// Adds up from the start of its series and never falls: a count, or a time in nanoseconds.
        case counter
        /// A present value.
        case gauge
        /// A distribution, of times or of numbers, that adds up from the start of its series.
        case histogram
    }

    /// The unit in which it is exported, as UCUM writes it.
    package enum Unit: String, Sendable {
        case none = "1"
        case buffers = "{buffer}"
        case bytes = "By"
        case seconds = "s"
        case hertz = "Hz"
    }

    /// The name for Prometheus: with base unit, and `_total` for counters.
    package let name: String
    /// The name for OpenTelemetry: with dots, without a unit.
    package let dottedName: String
    package let unit: Unit
    package let kind: Kind
    /// One sentence that describes it.
    package let help: String

    package init(_ name: String, _ dottedName: String, _ kind: Kind, _ unit: Unit, _ help: String) {
        self.name = name
        self.dottedName = dottedName
        self.kind = kind
        self.unit = unit
        self.help = help
    }

    package static func == (one: Metric, other: Metric) -> Bool { one.name == other.name }
    package func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

/// A name and a value that distinguish series of the same metric.
package struct MetricLabel: Sendable, Hashable {
    package let name: String
    package let value: String

    package init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }
}
