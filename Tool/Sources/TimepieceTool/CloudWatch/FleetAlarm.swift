/// One alarm for all cameras of a namespace, on the series that elements send with `cloudwatch-protocol=otlp` or
/// `both`.
///
/// Each series that the query returns is a contributor with a state of its own, so that the alarm names the camera.
/// There is no "missing is breaching": a fault has to be in a series. So the query selects the elements' own metrics,
/// and series that existed in the last hour and no longer exist. Source: "PromQL alarms" of the user guide.
struct FleetAlarm {
    let names: CloudWatchNames

    /// How long a camera has to be wrong, and right again, in seconds.
    static let pending = 60
    static let recovery = 120
    static let evaluation = 60

    var name: String {
        let namespace = names.namespace == "GStreamer/Video" ? "" : "-\(names.namespace)"
        return "timepiece\(namespace)-\(names.watch ? "work" : "camera")-stopped"
    }

    var description: String {
        let what = names.watch ? "A buffer has been in flight" : "No buffer has arrived"
        return
            "\(what) for \(names.period) seconds, the stream is stalled by the stall settings of the element, or nothing is "
            + "heard of the device any more. The contributors name the devices."
    }

    /// The parts of the query, which are joined by `or`.
    var clauses: [String] {
        func series(_ name: String) -> String { "{\"\(name)\", Namespace=\"\(names.namespace)\"}" }
        let age = series(names.watch ? "timepiece.oldest_in_flight" : "timepiece.last_buffer_age")
        return [
            "\(series("timepiece.stalled")) > 0", "\(age) > \(names.period)",
            "(present_over_time(\(age)[1h]) unless \(age))",
        ]
    }

    var cloudFormation: String {
        """
        AWSTemplateFormatVersion: "2010-09-09"
        Description: One alarm for all that publish in \(names.namespace) with cloudwatch-protocol=otlp.

        Parameters:
          Topic:
            Type: String
            Default: "\(names.topic)"
            Description: "The ARN of the SNS topic that alarms are sent to; none if empty."

        Conditions:
          HasTopic: !Not [!Equals [!Ref Topic, ""]]

        Resources:
          FleetStopped:
            Type: AWS::CloudWatch::Alarm
            Properties:
              AlarmName: "\(name)"
              AlarmDescription: "\(description)"
              EvaluationInterval: \(Self.evaluation)
              EvaluationCriteria:
                PromQLCriteria:
                  Query: |
                    \(clauses.joined(separator: "\n            or "))
                  PendingPeriod: \(Self.pending)
                  RecoveryPeriod: \(Self.recovery)
              AlarmActions: !If [HasTopic, [!Ref Topic], !Ref AWS::NoValue]
              OKActions: !If [HasTopic, [!Ref Topic], !Ref AWS::NoValue]

        """
    }

    var terraform: String {
        let actions = names.topic.isEmpty ? "[]" : "[\"\(names.topic)\"]"
        let label = MetricSeries.slug(name.replacing("-", with: "_"), joint: "_", limit: 200)
        return """
            # evaluation_criteria needs a version of the provider hashicorp/aws from after April 2026.

            resource "aws_cloudwatch_metric_alarm" "\(label)" {
              alarm_name          = "\(name)"
              alarm_description   = "\(description)"
              evaluation_interval = \(Self.evaluation)
              alarm_actions       = \(actions)
              ok_actions          = \(actions)

              evaluation_criteria {
                promql_criteria {
                  query           = <<-PROMQL
                    \(clauses.joined(separator: "\n        or "))
                  PROMQL
                  pending_period  = \(Self.pending)
                  recovery_period = \(Self.recovery)
                }
              }
            }

            """
    }

    var commands: String {
        let criteria = JSONValue.object([
            .init(
                "PromQLCriteria",
                .object([
                    .init("Query", .string(clauses.joined(separator: " or "))),
                    .init("PendingPeriod", .signed(Int64(Self.pending))),
                    .init("RecoveryPeriod", .signed(Int64(Self.recovery))),
                ]))
        ]).text
        return """
            #!/bin/sh
            # One alarm for all devices by the AWS CLI, which finds the region and the keys. `timepiece alarms --promql
            # --commands` makes it for another namespace. TOPIC is the ARN of an SNS topic that alarms are sent to.
            set -eu
            # Version 1 of the AWS CLI does not read AWS_REGION.
            if [ -n "${AWS_REGION:-}" ]; then export AWS_DEFAULT_REGION="$AWS_REGION"; fi

            topic=${TOPIC:-'\(names.topic)'}
            actions=${topic:+--alarm-actions $topic --ok-actions $topic}

            # shellcheck disable=SC2086  # the actions are several words
            aws cloudwatch put-metric-alarm --alarm-name '\(name)' \\
                --alarm-description '\(description)' \\
                --evaluation-interval \(Self.evaluation) \\
                --evaluation-criteria '\(criteria)' $actions

            """
    }
}
