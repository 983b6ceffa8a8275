/// The files of pipelines/cloudwatch with the user's names in them.
enum CloudWatchFiles {
    /// The body of a dashboard, for `aws cloudwatch put-dashboard`.
    static func dashboard(_ names: CloudWatchNames) -> String {
        var text = String(decoding: PackageResources.dashboard_json, as: UTF8.self)
        let values = [
            "Namespace": names.namespace, "MetricName": names.metricName, "Device": names.device, "Label": names.label,
            "Budget": names.budget, "AWS::Region": names.region,
        ]
        for (name, value) in values { text.replace("${\(name)}", with: value) }
        return text
    }

    /// The right to publish under the namespace, and nothing else.
    static func policy(_ names: CloudWatchNames) -> String {
        let text = String(decoding: PackageResources.policy_json, as: UTF8.self)
        return text.replacing("\"GStreamer/Video\"", with: "\"\(names.namespace)\"")
    }

    /// A CloudFormation template of the dashboard and the alarms, whose parameters default to the user's names.
    static func template(_ names: CloudWatchNames) -> String {
        let values = [
            "Namespace": names.namespace, "MetricName": names.metricName, "Device": names.device, "Label": names.label,
            "Budget": names.budget, "MinimumFps": names.minimumFps, "Topic": names.topic,
        ]
        var parameter = ""
        return String(decoding: PackageResources.template_yaml, as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false)
            .map { line in
                if line.hasPrefix("  "), line.dropFirst(2).first?.isLetter == true, line.hasSuffix(":") {
                    parameter = String(line.dropFirst(2).dropLast())
                }
                guard line.hasPrefix("    Default: "), let value = values[parameter] else { return String(line) }
                return parameter == "MinimumFps" ? "    Default: \(value)" : "    Default: \"\(value)\""
            }
            .joined(separator: "\n")
    }
}
