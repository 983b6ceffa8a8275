/// PutMetricData in AWS JSON 1.0, the protocol that AWS's own libraries use with CloudWatch.
///
/// Each datum has the distribution in `Values` and `Counts`, from which the service computes percentiles, and the exact
/// count, sum and extremes in `StatisticValues`. Source: API reference of the operation; fields as botocore sends them.
package struct PutMetricDataEncoder: MetricEncoder {
    package init() {}

    package var path: String { "/" }
    package var replyType: String { "application/x-amz-json-1.0" }

    package var headers: [HTTPHeader] {
        [
            HTTPHeader("Content-Type", "application/x-amz-json-1.0"),
            HTTPHeader("X-Amz-Target", "GraniteServiceVersion20100801.PutMetricData"),
            HTTPHeader("x-amzn-query-mode", "true"),
        ]
    }

    package func body(_ data: [QueuedDatum], namespace: String) -> [UInt8] {
        var json = JSONText()
        json.raw("{\"Namespace\":")
        json.string(namespace)
        json.raw(",\"MetricData\":[")
        json.list(data) { json, item in Self.write(item, to: &json) }
        json.raw("]}")
        return json.bytes
    }

    package func largestSize(of datum: Datum) -> Int {
        // The fixed text of a datum with numbers of 20 digits takes 330 bytes; a value at most 24 digits, a sign and a
        // comma; a character of a name at most six, if it is escaped.
        let names = datum.identity.dimensions.reduce(datum.identity.name.utf8.count) {
            $0 + $1.name.utf8.count + $1.value.utf8.count
        }
        let counts = datum.values.reduce(0) { $0 + String($1.count).utf8.count }
        return 400 + 6 * names + 24 * datum.identity.dimensions.count + 27 * datum.values.count + counts
    }

    package func isAcknowledgment(_ body: [UInt8]) -> Bool {
        let text = body.filter { $0 > 0x20 }
        return text.isEmpty || text == Array("{}".utf8)
    }

    private static func write(_ item: QueuedDatum, to json: inout JSONText) {
        let datum = item.datum
        json.raw("{\"MetricName\":")
        json.string(datum.identity.name)
        json.raw(",\"Dimensions\":[")
        json.list(datum.identity.dimensions) { json, dimension in
            json.raw("{\"Name\":")
            json.string(dimension.name)
            json.raw(",\"Value\":")
            json.string(dimension.value)
            json.raw("}")
        }
        json.raw("],\"Timestamp\":")
        json.number(item.timestamp)
        json.raw(",\"Values\":[")
        json.list(datum.values) { json, value in json.seconds(value.nanoseconds) }
        json.raw("],\"Counts\":[")
        json.list(datum.values) { json, value in json.number(value.count) }
        json.raw("],\"StatisticValues\":{\"SampleCount\":")
        json.number(datum.count)
        json.raw(",\"Sum\":")
        json.seconds(exactly: datum.sum)
        json.raw(",\"Minimum\":")
        json.seconds(exactly: datum.min)
        json.raw(",\"Maximum\":")
        json.seconds(exactly: datum.max)
        json.raw("},\"Unit\":")
        json.string(datum.identity.unit.name)
        json.raw(",\"StorageResolution\":")
        json.number(datum.identity.storageResolution)
        json.raw("}")
    }
}

/// The format that a service accepts.
package protocol MetricEncoder: Sendable {
    /// The path that requests are posted to.
    var path: String { get }
    /// The header fields that describe the body.
    var headers: [HTTPHeader] { get }
    /// The content type of a reply that is not an error.
    var replyType: String { get }

    /// Writes data of one namespace, uncompressed.
    func body(_ data: [QueuedDatum], namespace: String) -> [UInt8]
    /// Returns the most bytes that a datum takes in the body.
    func largestSize(of datum: Datum) -> Int
    /// Returns whether a reply with status 200 and the right type confirms that all data were accepted.
    func isAcknowledgment(_ body: [UInt8]) -> Bool
    /// Returns the message of an acknowledgment about data that were not accepted, or its warning; nil if there is
    /// none.
    func reservation(_ body: [UInt8]) -> (rejected: UInt64, message: String)?
}

extension MetricEncoder {
    /// An acknowledgment covers all data.
    package func reservation(_ body: [UInt8]) -> (rejected: UInt64, message: String)? { nil }
}
