/// A format in which Prometheus reads metrics.
package enum ExpositionFormat: Sendable, CaseIterable {
    /// Text 0.0.4, with classic histograms.
    case text
    /// Messages of type io.prometheus.client.MetricFamily, each with its length before it: with native histograms, too.
    case protobuf

    /// The value of `Content-Type`.
    package var contentType: String {
        switch self {
        case .text: "text/plain; version=0.0.4; charset=utf-8"
        case .protobuf:
            "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; encoding=delimited"
        }
    }

    /// Chooses by the value of `Accept`: protobuf for a client that names it and does not prefer text, otherwise text,
    /// also if the value is missing or not valid.
    package init(accept: String?) {
        var protobuf: Double = 0
        var text: Double = 0
        for range in (accept ?? "").split(separator: ",").prefix(Self.mostRanges) {
            let parts = range.split(separator: ";", omittingEmptySubsequences: false).map(Self.trimmed)
            var parameters: [String: String] = [:]
            for part in parts.dropFirst() {
                let pair = part.split(separator: "=", maxSplits: 1).map(Self.trimmed)
                if pair.count == 2 { parameters[pair[0]] = pair[1] }
            }
            let weight = parameters["q"].map { Double($0) ?? 0 } ?? 1
            let quality = weight >= 0 && weight <= 1 ? weight : 0
            switch parts.first {
            case "application/vnd.google.protobuf":
                let isKnown =
                    parameters["proto"] == "io.prometheus.client.metricfamily"
                    && parameters["encoding"] == "delimited"
                if isKnown { protobuf = max(protobuf, quality) }
            case "text/plain":
                if parameters["version"].map({ $0 == "0.0.4" }) ?? true { text = max(text, quality) }
            default: break
            }
        }
        self = protobuf > 0 && protobuf >= text ? .protobuf : .text
    }

    /// The most media ranges that are evaluated.
    private static let mostRanges = 64

    /// In lower case, without space or quotes around it; no value here differs in case only.
    private static func trimmed(_ text: Substring) -> String {
        let isOuter = { (character: Character) in character == " " || character == "\t" || character == "\"" }
        let start = text.drop(while: isOuter)
        return String(start.prefix(start.count - start.reversed().prefix(while: isOuter).count)).lowercased()
    }
}
