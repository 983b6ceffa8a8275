package import Timepiece

/// The resource of the points: the attributes of the program, the same for all of a sender.
package struct OpenTelemetryResource: Sendable, Equatable {
    /// The message `Resource`.
    package let content: [UInt8]

    package init(_ attributes: [MetricLabel]) {
        var writer = ProtobufWriter()
        writer.attributes(1, attributes)
        content = writer.bytes
    }

    /// A hash of the attributes (FNV-1a).
    package var fingerprint: UInt64 {
        content.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }
}

/// The message `ExportMetricsServiceRequest`.
package enum OpenTelemetryRequest {
    /// The name of the instrumentation scope.
    package static let scope = "timepiece"

    /// A point and when it was taken.
    package struct DatedPoint: Sendable {
        package let point: OpenTelemetryPoint
        /// The time of the point.
        package let time: WallTime
        /// When the count began.
        package let start: WallTime

        package init(_ point: OpenTelemetryPoint, time: WallTime, start: WallTime) {
            self.point = point
            self.time = time
            self.start = start
        }
    }

    /// Encodes points, those of a metric in their order.
    ///
    /// - Parameters:
    ///   - resource: their resource.
    ///   - version: the version of the instrumentation scope.
    package static func body(
        _ points: [DatedPoint], resource: OpenTelemetryResource, version: String
    ) -> [UInt8] {
        var request = ProtobufWriter()
        request.write(1) { resourceMetrics in
            resourceMetrics.write(1, bytes: resource.content)
            resourceMetrics.write(2) { scopeMetrics in
                scopeMetrics.write(1) { named in
                    named.write(1, string: scope)
                    named.write(2, string: version)
                }
                for group in groups(points) { scopeMetrics.write(2, bytes: metric(group)) }
            }
        }
        return request.bytes
    }

    private struct Key: Hashable {
        let metric: [UInt8]
        let kind: OpenTelemetryPoint.Kind
        let temporality: OpenTelemetryPoint.Temporality
    }

    /// The points of each metric, in the order of the first point of each metric.
    private static func groups(_ points: [DatedPoint]) -> [[DatedPoint]] {
        var places: [Key: Int] = [:]
        var groups: [[DatedPoint]] = []
        for dated in points {
            let key = Key(metric: dated.point.metric, kind: dated.point.kind, temporality: dated.point.temporality)
            if let place = places[key] {
                groups[place].append(dated)
            } else {
                places[key] = groups.count
                groups.append([dated])
            }
        }
        return groups
    }

    /// The message `Metric` with the points of one metric.
    private static func metric(_ group: [DatedPoint]) -> [UInt8] {
        guard let first = group.first?.point else { return [] }
        var data = ProtobufWriter()
        data.write(Int(first.kind.rawValue)) { data in
            for dated in group { data.write(1, bytes: encoded(dated)) }
            if first.kind != .gauge { data.write(2, uint64: first.temporality.rawValue) }
            if first.kind == .sum { data.write(3, bool: true) }
        }
        return first.metric + data.bytes
    }

    private static func encoded(_ dated: DatedPoint) -> [UInt8] {
        var times = ProtobufWriter()
        if dated.point.kind != .gauge { times.write(2, fixed64: UInt64(clamping: dated.start.nanoseconds)) }
        times.write(3, fixed64: UInt64(clamping: dated.time.nanoseconds))
        return dated.point.content + times.bytes
    }
}
