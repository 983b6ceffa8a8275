/// The metric that a value belongs to, which the service bills as one series.
package struct MetricIdentity: Sendable, Hashable {
    /// A name and a value that distinguish one series of a metric from another.
    package struct Dimension: Sendable, Hashable {
        package let name: String
        package let value: String

        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    package let namespace: String
    package let name: String
    package let dimensions: [Dimension]
    /// The unit of its values.
    package var unit: CloudWatchUnit = .seconds
    /// The seconds that one datum covers; under 60 it is stored as a metric of high resolution.
    package let interval: Int64

    package init(namespace: String, name: String, dimensions: [Dimension], interval: Int64) {
        self.namespace = namespace
        self.name = name
        self.dimensions = dimensions
        self.interval = max(1, interval)
    }

    /// `StorageResolution` of PutMetricData.
    package var storageResolution: Int { interval < 60 ? 1 : 60 }
}

extension MetricIdentity: CustomStringConvertible {
    /// The series in one line, for messages.
    package var description: String {
        let list = dimensions.map { "\($0.name)=\($0.value)" }.joined(separator: ",")
        return "\(namespace) \(name)" + (list.isEmpty ? "" : " {\(list)}")
    }
}
