import Timepiece

/// The unit of the values of a metric.
///
/// Statistics are of durations. For other metrics, a duration of one second represents one unit: see
/// ``sample(of:)``.
public struct CloudWatchUnit: Sendable, Hashable {
    /// The name that CloudWatch has for it, as `Bytes/Second`.
    public let name: String

    private init(name: String) {
        self.name = name
    }

    /// Durations.
    public static let seconds = CloudWatchUnit(name: "Seconds")
    /// Numbers of things.
    public static let count = CloudWatchUnit(name: "Count")
    /// Numbers of things a second.
    public static let countPerSecond = CloudWatchUnit(name: "Count/Second")
    /// Amounts of data.
    public static let bytes = CloudWatchUnit(name: "Bytes")
    /// Rates of data in bytes.
    public static let bytesPerSecond = CloudWatchUnit(name: "Bytes/Second")
    /// Rates of data in bits.
    public static let bitsPerSecond = CloudWatchUnit(name: "Bits/Second")
    /// Shares of a hundred.
    public static let percent = CloudWatchUnit(name: "Percent")
    /// Anything else.
    public static let none = CloudWatchUnit(name: "None")

    /// The unit of a name in an archive; nil for any other name.
    init?(_ name: String) {
        let all: [CloudWatchUnit] = [
            .seconds, .count, .countPerSecond, .bytes, .bytesPerSecond, .bitsPerSecond, .percent, .none,
        ]
        guard let unit = all.first(where: { $0.name == name }) else { return nil }
        self = unit
    }

    /// The duration that represents a number in statistics, to nine decimals.
    ///
    /// ```swift
    /// var statistics = Statistics()
    /// if let sample = CloudWatchUnit.sample(of: 12.5) { statistics.record(sample) }
    /// publisher.publish(statistics, closedAt: .now())
    /// ```
    ///
    /// - Parameter value: from 0 to 9.2 · 10^9.
    /// - Returns: nil for any other number.
    public static func sample(of value: Double) -> Duration? {
        guard value >= 0, value <= 9.2e9 else { return nil }
        return .nanoseconds(Int64((value * 1e9).rounded()))
    }
}

extension CloudWatchUnit: CustomStringConvertible {
    /// The name that CloudWatch has for it.
    public var description: String { name }
}
