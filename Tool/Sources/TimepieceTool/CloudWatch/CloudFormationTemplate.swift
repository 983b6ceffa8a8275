/// CloudFormation templates of the alarms of a stream, and of a dashboard.
enum CloudFormationTemplate {
    /// A dimension, and the parameter that has its value.
    private struct Dimension {
        let name: String
        let value: String
        let parameter: String
    }

    private static let reserved: Set<String> = [
        "Namespace", "MetricName", "Budget", "MinimumFps", "Period", "WarmUp", "Topic", "HasTopic", "HasWarmUp",
        "VideoStopped", "LowFps", "Slow",
    ]

    /// The alarms, with parameters that default to the user's names.
    static func alarms(_ names: CloudWatchNames) -> String {
        let series = names.series
        let dimensions = dimensions(of: series)
        let bare = MetricSeries(namespace: series.namespace, metric: series.metric, dimensions: []).alarmPrefix
        let prefix = bare + dimensions.map { "-${\($0.parameter)}" }.joined()
        let alarms = MetricAlarm.all(period: names.period, isWatch: names.watch)
        return """
            AWSTemplateFormatVersion: "2010-09-09"
            Description: Alarms for one stream that a \(names.watch ? "timepiecewatch" : "timepiecetick") publishes.

            Parameters:
            \(parameters(names, dimensions).indented(by: 2))
            Conditions:
              HasTopic: !Not [!Equals [!Ref Topic, ""]]
              HasWarmUp: !Not [!Equals [!Ref WarmUp, 0]]

            Resources:
            \(alarms.map { resource($0, prefix: prefix, dimensions) }.joined(separator: "\n"))
            """
    }

    /// A dashboard.
    static func dashboard(_ body: DashboardBody) -> String {
        """
        AWSTemplateFormatVersion: "2010-09-09"
        Description: Dashboard for all streams that publish \(body.series.metric) in \(body.series.namespace).

        Resources:
          Dashboard:
            Type: AWS::CloudWatch::Dashboard
            Properties:
              DashboardName: "\(body.series.dashboardName)"
              DashboardBody: |
        \(body.text.indented(by: 8))
        """
    }

    private static func dimensions(of series: MetricSeries) -> [Dimension] {
        var taken = reserved
        return series.dimensions.enumerated().map { index, dimension in
            // Names of parameters have letters and digits.
            let letters = dimension.name.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
            let parameter = letters.isEmpty || taken.contains(letters) ? "Dimension\(index + 1)" : letters
            taken.insert(parameter)
            return Dimension(name: dimension.name, value: dimension.value, parameter: parameter)
        }
    }

    private static func parameters(_ names: CloudWatchNames, _ dimensions: [Dimension]) -> String {
        let budget =
            names.watch
            ? "The seconds that a frame may take."
            : "The seconds that an interval between frames may have: well above 1 / fps, as the metric is that interval."
        var text =
            parameter("Namespace", names.series.namespace, "The property cloudwatch-namespace.")
            + parameter("MetricName", names.series.metric, "The property cloudwatch-metric-name.")
        for dimension in dimensions {
            let origin = dimension.name == "Label" ? " The property label, or the name of the element." : ""
            text += parameter(dimension.parameter, dimension.value, "The dimension \(dimension.name).\(origin)")
        }
        text += number("Budget", names.budgetSeconds, budget)
        text += number("MinimumFps", names.minimumFpsText, "The frames per second below which the stream is slow.")
        text += number("Period", "\(names.period)", "The property cloudwatch-interval in seconds; 60 if that is less.")
        text += number("WarmUp", "\(names.warmUp)", "The minutes that a new alarm waits for the first data; 0 = none.")
        text += parameter("Topic", names.topic, "The ARN of the SNS topic that alarms are sent to; none if empty.")
        return text
    }

    private static func parameter(_ name: String, _ value: String, _ description: String) -> String {
        "\(name):\n  Type: String\n  Default: \"\(value.inJSON)\"\n  Description: \"\(description)\"\n"
    }

    private static func number(_ name: String, _ value: String, _ description: String) -> String {
        "\(name):\n  Type: Number\n  Default: \(value)\n  Description: \"\(description)\"\n"
    }

    private static func resource(_ alarm: MetricAlarm, prefix: String, _ dimensions: [Dimension]) -> String {
        let threshold =
            switch alarm.threshold {
            case .fixed(let number): number
            case .minimumFps: "!Ref MinimumFps"
            case .budget: "!Ref Budget"
            }
        return """
              \(alarm.id):
                Type: AWS::CloudWatch::Alarm
                # cfn-lint does not know WarmUpConfiguration yet; CloudFormation does.
                Metadata: {cfn-lint: {config: {ignore_checks: [E3002]}}}
                Properties:
                  AlarmName: !Sub "\(prefix)-\(alarm.suffix)"
                  AlarmDescription: "\(alarm.description)"
            \(metric(alarm.statistic, dimensions).indented(by: 6))
                  ComparisonOperator: \(alarm.comparison)
                  Threshold: \(threshold)
                  EvaluationPeriods: \(alarm.evaluationPeriods)
                  DatapointsToAlarm: \(alarm.datapointsToAlarm)
                  TreatMissingData: \(alarm.missingData)
                  WarmUpConfiguration: !If [HasWarmUp, {WarmUpPeriodDurationInMinutes: !Ref WarmUp}, !Ref AWS::NoValue]
                  AlarmActions: !If [HasTopic, [!Ref Topic], !Ref AWS::NoValue]
                  OKActions: !If [HasTopic, [!Ref Topic], !Ref AWS::NoValue]

            """
    }

    private static func metric(_ statistic: MetricAlarm.Statistic, _ dimensions: [Dimension]) -> String {
        let list = dimensions.map { "  - {Name: \"\($0.name)\", Value: !Ref \($0.parameter)}" }.joined(separator: "\n")
        let metric = "Namespace: !Ref Namespace\nMetricName: !Ref MetricName\nDimensions:\n\(list)"
        switch statistic {
        case .sampleCount: return "\(metric)\nStatistic: SampleCount\nPeriod: !Ref Period"
        case .percentile(let percentile):
            return """
                \(metric)
                ExtendedStatistic: \(percentile)
                EvaluateLowSampleCountPercentile: evaluate
                Period: !Ref Period
                """
        case .framesPerSecond:
            return """
                Metrics:
                  - Id: fps
                    Expression: n/PERIOD(n)
                    Label: fps
                    ReturnData: true
                  - Id: n
                    ReturnData: false
                    MetricStat:
                      Metric:
                \(metric.indented(by: 8))
                      Stat: SampleCount
                      Period: !Ref Period
                """
        }
    }
}
