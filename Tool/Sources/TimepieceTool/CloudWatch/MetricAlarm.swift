/// An alarm on one series, for any kind of file.
///
/// How CloudWatch judges it: "Alarm evaluation" and "Configuring how CloudWatch alarms treat missing data" in its user
/// guide. `Tests/cloudwatch/alarm_rules.py` has these rules, and the tests apply them to these alarms.
struct MetricAlarm {
    enum Statistic: Equatable {
        case sampleCount
        case percentile(String)
        /// Metric math over the sample count.
        case framesPerSecond
    }

    enum Threshold: Equatable {
        case fixed(String)
        case minimumFps
        case budget
    }

    /// As in `VideoStopped`.
    let id: String
    /// The end of the alarm's name, as in `video-stopped`.
    let suffix: String
    let description: String
    let statistic: Statistic
    let comparison: String
    let threshold: Threshold
    let evaluationPeriods: Int
    let datapointsToAlarm: Int
    let missingData: String

    /// The alarms of a stream.
    ///
    /// - Parameters:
    ///   - period: the length of a period, in seconds.
    ///   - isWatch: whether the series is that of a timepiecewatch, which has durations, or of a timepiecetick, which
    ///     has intervals between frames.
    static func all(period: Int, isWatch: Bool) -> [MetricAlarm] {
        let minutes = period / 60
        func span(_ periods: Int) -> String { periods * minutes == 1 ? "1 minute" : "\(periods * minutes) minutes" }
        let slow =
            isWatch
            ? "One frame in a hundred takes longer than the budget"
            : "One interval between frames in a hundred is longer than the budget"
        return [
            // Two of three: CloudWatch looks at the five latest points and fills in as few as possible, so two are filled
            // in when four are missing. Three of three would fire a period later.
            MetricAlarm(
                id: "VideoStopped", suffix: "video-stopped",
                description:
                    "No frame for \(span(4)). Rings \(4 * minutes) to \(span(6)) after the last one. Missing data are the "
                    + "symptom, so they breach.",
                statistic: .sampleCount, comparison: "LessThanThreshold", threshold: .fixed("1"), evaluationPeriods: 3,
                datapointsToAlarm: 2, missingData: "breaching"),
            MetricAlarm(
                id: "LowFps", suffix: "low-fps",
                description: "Fewer frames per second than wanted in three of the last five periods of \(span(1)).",
                statistic: .framesPerSecond, comparison: "LessThanThreshold", threshold: .minimumFps,
                evaluationPeriods: 5, datapointsToAlarm: 3, missingData: "ignore"),
            MetricAlarm(
                id: "Slow", suffix: "slow", description: "\(slow), in three of the last five periods of \(span(1)).",
                statistic: .percentile("p99"), comparison: "GreaterThanThreshold", threshold: .budget,
                evaluationPeriods: 5, datapointsToAlarm: 3, missingData: "notBreaching"),
        ]
    }
}
