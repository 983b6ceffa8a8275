import Timepiece
package import TimepieceTelemetry

/// OpenTelemetry's protocol over HTTP, in Protocol Buffers.
package struct OpenTelemetryEncoder: MetricEncoder {
    private let resource: OpenTelemetryResource
    private let version: String

    /// - Parameters:
    ///   - resource: the attributes of the source of all data.
    ///   - version: the version of Timepiece.
    package init(resource: OpenTelemetryResource, version: String) {
        self.resource = resource
        self.version = version
    }

    package var path: String { "/v1/metrics" }
    /// Any type: many receivers send an empty response without a type.
    package var replyType: String { "" }
    package var headers: [HTTPHeader] { [HTTPHeader("Content-Type", "application/x-protobuf")] }

    package func body(_ data: [QueuedDatum], namespace: String) -> [UInt8] {
        let points = data.sorted { Self.time(of: $0) < Self.time(of: $1) }.compactMap { item in
            item.datum.point.map { point in
                OpenTelemetryRequest.DatedPoint(
                    point, time: Self.time(of: item),
                    start: point.began.advanced(by: item.correction))
            }
        }
        return OpenTelemetryRequest.body(points, resource: resource, version: version)
    }

    private static func time(of item: QueuedDatum) -> WallTime { item.datum.wall.advanced(by: item.correction) }

    package func largestSize(of datum: Datum) -> Int { datum.point?.largestSize ?? 0 }

    package func isAcknowledgment(_ body: [UInt8]) -> Bool { answer(body) != nil }

    package func reservation(_ body: [UInt8]) -> (rejected: UInt64, message: String)? {
        guard let answer = answer(body), answer.rejected > 0 || !answer.message.isEmpty else { return nil }
        return (answer.rejected, answer.message)
    }

    /// Reads a response in either of the protocol's encodings.
    private func answer(_ body: [UInt8]) -> OpenTelemetryAnswer? {
        guard body.first == UInt8(ascii: "{") else { return OpenTelemetryAnswer(body) }
        guard let document = JSONDocument(body) else { return nil }
        let path = ["partialSuccess", "rejectedDataPoints"]
        // A number of 64 bits is a string in JSON.
        let rejected = document.string(path).flatMap { UInt64($0) } ?? UInt64(clamping: document.integer(path) ?? 0)
        return OpenTelemetryAnswer(
            rejected: rejected, message: document.string(["partialSuccess", "errorMessage"]) ?? "")
    }
}
