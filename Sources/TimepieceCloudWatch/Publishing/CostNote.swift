/// The approximate cost of publishing: list prices of us-east-1 without the free tier.
///
/// Source: "Amazon CloudWatch pricing": $0.30 a month for each of the first 10,000 metrics, $0.01 for 1,000 requests, $0.10
/// a month for an alarm of standard resolution, $3 for a dashboard beyond the third.
struct CostNote {
    /// The series that this publisher makes.
    let identity: MetricIdentity
    /// The series that its process publishes to the same destination.
    let seriesInAll: Int
    /// The shortest interval among them, in seconds: one request each.
    let shortestInterval: Int64
    /// Whether the metrics are sent through a log, which is billed by its size instead of by request.
    let isEmbedded: Bool

    private static let secondsPerMonth = 30 * 86_400
    private static let centsPerSeries = 30
    private static let requestsPerCent = 1000
    private static let centsPerAlarm = 10
    /// The alarms that `timepiece alarms` makes for a series.
    private static let alarmsPerSeries = 3

    /// One line for people.
    var text: String {
        let series = max(1, seriesInAll)
        let metrics = series * Self.centsPerSeries
        var line =
            "CloudWatch bills 1 series for this element (\(identity)); with it this process publishes "
            + "\(series) series to the destination, about \(Self.dollars(metrics)) a month"
        if isEmbedded {
            line += ", plus what the log group costs"
        } else {
            let requests = Self.secondsPerMonth / Int(max(1, shortestInterval))
            let cents = (requests + Self.requestsPerCent - 1) / Self.requestsPerCent
            line +=
                ", plus about \(Self.dollars(cents)) for \(requests) requests (one every \(shortestInterval) s, "
                + "for all series together)"
        }
        let alarms = series * Self.alarmsPerSeries
        line +=
            ". Where made, \(alarms) alarms (\(Self.alarmsPerSeries) for each series) are about "
            + "\(Self.dollars(alarms * Self.centsPerAlarm)) a month more, and each dashboard beyond the third $3.00"
        return line + "."
    }

    private static func dollars(_ cents: Int) -> String {
        let rest = String(cents % 100)
        return "$\(cents / 100).\(rest.utf8.count < 2 ? "0" : "")\(rest)"
    }
}
