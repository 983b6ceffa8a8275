/// Embedded Metric Format: one JSON document for each datum, which CloudWatch Logs converts to metrics.
///
/// Source: "Specification: Embedded metric format" of the CloudWatch Logs user guide; a distribution there has at most
/// 100 values, so those of a datum are merged further.
package struct EmbeddedMetricEncoder: Sendable {
    /// The most values of one metric in a document.
    package static let valuesPerDocument = 100

    package init() {}

    /// Writes one document, without an end of line.
    package func document(_ item: QueuedDatum) -> [UInt8] {
        let datum = item.datum
        let identity = datum.identity
        var json = JSONText()
        json.raw("{\"_aws\":{\"Timestamp\":")
        json.number(item.timestamp * 1000)
        json.raw(",\"CloudWatchMetrics\":[{\"Namespace\":")
        json.string(identity.namespace)
        json.raw(",\"Dimensions\":[[")
        json.list(identity.dimensions) { json, dimension in json.string(dimension.name) }
        json.raw("]],\"Metrics\":[{\"Name\":")
        json.string(identity.name)
        json.raw(",\"Unit\":")
        json.string(identity.unit.name)
        json.raw(",\"StorageResolution\":")
        json.number(identity.storageResolution)
        json.raw("}]}]}")
        for dimension in identity.dimensions {
            json.raw(",")
            json.string(dimension.name)
            json.raw(":")
            json.string(dimension.value)
        }
        json.raw(",")
        json.string(identity.name)
        let values = Distribution.merged(datum.values, limit: Self.valuesPerDocument)
        json.raw(":{\"Values\":[")
        json.list(values) { json, value in json.seconds(value.nanoseconds) }
        json.raw("],\"Counts\":[")
        json.list(values) { json, value in json.number(value.count) }
        json.raw("],\"Max\":")
        json.seconds(exactly: datum.max)
        json.raw(",\"Min\":")
        json.seconds(exactly: datum.min)
        json.raw(",\"Count\":")
        json.number(datum.count)
        json.raw(",\"Sum\":")
        json.seconds(exactly: datum.sum)
        json.raw("}}")
        return json.bytes
    }
}
