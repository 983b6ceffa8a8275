import Timepiece

/// Writes metrics in Prometheus' text format 0.0.4.
package enum PrometheusText {
    /// Encodes families, each with the lines for its help and its type.
    package static func encode(_ families: [MetricFamily]) -> [UInt8] {
        var text: [UInt8] = []
        for family in families {
            let name = family.metric.name
            text += "# HELP \(name) \(escaped(family.metric.help, quotes: false))\n".utf8
            text += "# TYPE \(name) \(typeName(family.metric.kind))\n".utf8
            for point in family.points { append(point, family.metric, to: &text) }
        }
        return text
    }

    private static func typeName(_ kind: Metric.Kind) -> String {
        switch kind {
        case .counter: "counter"
        case .gauge: "gauge"
        case .histogram: "histogram"
        }
    }

    private static func append(_ point: MetricFamily.Point, _ metric: Metric, to text: inout [UInt8]) {
        let name = metric.name
        let labels = point.labels.map { "\($0.name)=\"\(escaped($0.value, quotes: true))\"" }.joined(separator: ",")
        let braces = labels.isEmpty ? "" : "{\(labels)}"
        switch point.value {
        case .count(let value): text += "\(name)\(braces) \(value)\n".utf8
        case .nanoseconds(let value): text += "\(name)\(braces) \(number(Double(value) / 1e9))\n".utf8
        case .gauge(let value): text += "\(name)\(braces) \(number(value))\n".utf8
        case .distribution, .numbers:
            guard let histogram = PrometheusHistogram(point.value, metric.unit) else { return }
            let before = labels.isEmpty ? "" : labels + ","
            for (bound, count) in histogram.classic {
                text += "\(name)_bucket{\(before)le=\"\(number(bound))\"} \(count)\n".utf8
            }
            text += "\(name)_sum\(braces) \(number(histogram.sum))\n".utf8
            text += "\(name)_count\(braces) \(histogram.count)\n".utf8
        }
    }

    private static func number(_ value: Double) -> String {
        value.isFinite ? "\(value)" : value.isNaN ? "NaN" : value > 0 ? "+Inf" : "-Inf"
    }

    /// Characters that would end a line or a value are escaped as in the format; a zero byte, which ends a page for its
    /// reader, is replaced.
    private static func escaped(_ text: String, quotes: Bool) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            case "\0": escaped += "\u{fffd}"
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
