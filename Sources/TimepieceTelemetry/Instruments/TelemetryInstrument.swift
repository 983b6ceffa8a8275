/// A counter, a gauge or a distribution of a program's own.
package protocol TelemetryInstrument: TelemetrySource {
    var metric: Metric { get }
}

extension Metric {
    /// A metric of a program's own, with its names for Prometheus and for OpenTelemetry.
    init(own name: String, _ kind: Kind, _ unit: Unit, _ help: String) {
        var shown = MetricName.allowed(name)
        let suffix = kind == .counter ? "_total" : kind == .histogram && unit == .seconds ? "_seconds" : ""
        if !shown.hasSuffix(suffix) { shown += suffix }
        self.init(shown, name.isEmpty ? "unnamed" : name, kind, unit, help)
    }
}

/// Names that Prometheus accepts.
enum MetricName {
    /// A name with invalid characters replaced; valid are letters, digits and underscores, with no digit first.
    static func allowed(_ name: String) -> String {
        let text = replaced(name)
        guard let first = text.utf8.first else { return "unnamed" }
        return first >= UInt8(ascii: "0") && first <= UInt8(ascii: "9") ? "_" + text : text
    }

    /// A name of letters, digits and underscores only.
    static func replaced(_ name: String) -> String {
        let units = name.utf8.map { unit -> UInt8 in
            switch unit {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                unit
            default: UInt8(ascii: "_")
            }
        }
        return String(decoding: units, as: UTF8.self)
    }
}
