/// The alarms of a stream as command lines of the AWS CLI, for those without CloudFormation.
enum AlarmCommands {
    static func script(_ names: CloudWatchNames) -> String {
        let series = names.series
        let dimensions = JSONValue.array(
            series.dimensions.map {
                .object([.init("Name", .string($0.name)), .init("Value", .string($0.value))])
            }
        ).text
        let alarms = MetricAlarm.all(period: names.period, isWatch: names.watch)
        return """
            #!/bin/sh
            # The alarms of one stream by the AWS CLI, which finds the region and the keys. `timepiece alarms --commands`
            # makes it for other names. TOPIC is the ARN of an SNS topic that alarms are sent to.
            set -eu
            # Version 1 of the AWS CLI does not read AWS_REGION.
            if [ -n "${AWS_REGION:-}" ]; then export AWS_DEFAULT_REGION="$AWS_REGION"; fi

            namespace='\(series.namespace)'
            metric='\(series.metric)'
            dimensions='\(dimensions.inShell)'
            topic=${TOPIC:-'\(names.topic)'}
            actions=${topic:+--alarm-actions $topic --ok-actions $topic}

            # An older AWS CLI knows no warm-up; make the alarms when the device has published for five minutes, then.
            warm_up_minutes=\(names.warmUp)
            warm_up=
            case $warm_up_minutes$(aws cloudwatch put-metric-alarm --generate-cli-skeleton) in
            0*) ;;
            *WarmUpConfiguration*) warm_up="--warm-up-configuration WarmUpPeriodDurationInMinutes=$warm_up_minutes" ;;
            esac
            \(alarms.map { command($0, names) }.joined())
            """
    }

    private static func command(_ alarm: MetricAlarm, _ names: CloudWatchNames) -> String {
        let threshold =
            switch alarm.threshold {
            case .fixed(let number): number
            case .minimumFps: names.minimumFpsText
            case .budget: names.budgetSeconds
            }
        return """

            # shellcheck disable=SC2086  # the actions and the warm-up are several words each
            aws cloudwatch put-metric-alarm --alarm-name '\(names.series.alarmPrefix.inShell)-\(alarm.suffix)' \\
                --alarm-description '\(alarm.description)' \\
            \(metric(alarm.statistic, period: names.period).indented(by: 4)) \\
                --comparison-operator \(alarm.comparison) --threshold \(threshold) \\
                --evaluation-periods \(alarm.evaluationPeriods) --datapoints-to-alarm \(alarm.datapointsToAlarm) \\
                --treat-missing-data \(alarm.missingData) $warm_up $actions

            """
    }

    private static func metric(_ statistic: MetricAlarm.Statistic, period: Int) -> String {
        let metric = #"--namespace "$namespace" --metric-name "$metric" --dimensions "$dimensions" --period \#(period)"#
        switch statistic {
        case .sampleCount: return "\(metric) \\\n--statistic SampleCount"
        case .percentile(let percentile):
            return "\(metric) \\\n--extended-statistic \(percentile) --evaluate-low-sample-count-percentile evaluate"
        case .framesPerSecond:
            return #"""
                --metrics "[{\"Id\":\"fps\",\"Expression\":\"n/PERIOD(n)\",\"Label\":\"fps\",\"ReturnData\":true},
                    {\"Id\":\"n\",\"ReturnData\":false,\"MetricStat\":{\"Stat\":\"SampleCount\",\"Period\":\#(period),
                    \"Metric\":{\"Namespace\":\"$namespace\",\"MetricName\":\"$metric\",\"Dimensions\":$dimensions}}}]"
                """#
        }
    }
}
