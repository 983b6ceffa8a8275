/// Terraform configurations of the alarms of a stream, and of a dashboard.
///
/// Without variables and provider: several files share one module, so every name is unique to the series.
enum TerraformConfiguration {
    /// The alarms.
    static func alarms(_ names: CloudWatchNames) -> String {
        let note = "# warm_up_configuration needs version 6.64 of the provider hashicorp/aws.\n\n"
        return (names.warmUp > 0 ? note : "")
            + MetricAlarm.all(period: names.period, isWatch: names.watch).map { resource($0, names) }
            .joined(separator: "\n")
    }

    /// A dashboard.
    static func dashboard(_ body: DashboardBody) -> String {
        """
        resource "aws_cloudwatch_dashboard" "\(name(body.series.dashboardName))" {
          dashboard_name = "\(body.series.dashboardName)"
          dashboard_body = <<-JSON
        \(body.text.withoutTemplates.indented(by: 4))  JSON
        }

        """
    }

    /// A name that Terraform accepts: letters, digits and `_`.
    ///
    /// Names that differ only in other characters are distinguished by a hash (FNV-1a) at the end.
    private static func name(_ text: String) -> String {
        let slug = MetricSeries.slug(text.replacing("-", with: "_"), joint: "_", limit: 200)
        guard text.contains(where: { !$0.isLetter && !$0.isNumber && $0 != "-" }) else { return slug }
        let hash = text.utf8.reduce(2_166_136_261 as UInt32) { ($0 ^ UInt32($1)) &* 16_777_619 }
        return "\(slug)_\(String(hash, radix: 16))"
    }

    private static func resource(_ alarm: MetricAlarm, _ names: CloudWatchNames) -> String {
        let actions = names.topic.isEmpty ? "[]" : "[\"\(names.topic)\"]"
        let threshold =
            switch alarm.threshold {
            case .fixed(let number): number
            case .minimumFps: names.minimumFpsText
            case .budget: names.budgetSeconds
            }
        let alarmName = "\(names.series.alarmPrefix)-\(alarm.suffix)"
        let warmUp = """

              warm_up_configuration {
                warm_up_period_duration_in_minutes = \(names.warmUp)
              }

            """
        return """
            resource "aws_cloudwatch_metric_alarm" "\(name(alarmName))" {
              alarm_name          = "\(alarmName.inTerraform)"
              alarm_description   = "\(alarm.description)"
            \(metric(alarm.statistic, names).indented(by: 2))
              comparison_operator = "\(alarm.comparison)"
              threshold           = \(threshold)
              evaluation_periods  = \(alarm.evaluationPeriods)
              datapoints_to_alarm = \(alarm.datapointsToAlarm)
              treat_missing_data  = "\(alarm.missingData)"
              alarm_actions       = \(actions)
              ok_actions          = \(actions)
            \(names.warmUp > 0 ? warmUp : "")}

            """
    }

    private static func metric(_ statistic: MetricAlarm.Statistic, _ names: CloudWatchNames) -> String {
        let series = names.series
        let pairs = series.dimensions.map { "\"\($0.name)\" = \"\($0.value.inTerraform)\"" }.joined(separator: ", ")
        let metric = """
            namespace           = "\(series.namespace)"
            metric_name         = "\(series.metric)"
            dimensions          = { \(pairs) }
            period              = \(names.period)
            """
        switch statistic {
        case .sampleCount: return "\(metric)\nstatistic           = \"SampleCount\""
        case .percentile(let percentile):
            return """
                \(metric)
                extended_statistic  = "\(percentile)"

                evaluate_low_sample_count_percentiles = "evaluate"

                """
        case .framesPerSecond:
            return """

                metric_query {
                  id          = "fps"
                  expression  = "n/PERIOD(n)"
                  label       = "fps"
                  return_data = true
                }

                metric_query {
                  id          = "n"
                  return_data = false

                  metric {
                \(metric.replacing("         =", with: " =").indented(by: 4))
                    stat        = "SampleCount"
                  }
                }

                """
        }
    }
}
