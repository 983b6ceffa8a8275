import ArgumentParser

/// Whose metrics the files are for.
struct CloudWatchNames: ParsableArguments {
    @Option(help: "The property cloudwatch-namespace.")
    var namespace = "GStreamer/Video"

    @Option(help: "The property cloudwatch-metric-name.")
    var metricName = "frame_processing_time"

    @Option(help: "The dimension Device, as in cloudwatch-dimensions=\"dimensions,Device=cam-01\".")
    var device = "cam-01"

    @Option(help: "The property label, or the name of the element.")
    var label = "tick"

    @Option(help: "The seconds that a frame may take.")
    var budget = "0.0333"

    @Option(help: "The AWS region of the dashboard.")
    var region = "us-east-1"

    @Option(help: "The frames per second below which a stream counts as slow.")
    var minimumFps = "24"

    @Option(help: "The ARN of the SNS topic that alarms are sent to.")
    var topic = ""

    mutating func validate() throws {
        let names = [
            ("namespace", namespace), ("metric-name", metricName), ("device", device), ("label", label),
            ("region", region),
        ]
        for (option, value) in names { try Self.check(option, value, isOptional: false) }
        try Self.check("topic", topic, isOptional: true)
        for (option, value) in [("budget", budget), ("minimum-fps", minimumFps)] {
            guard let number = Double(value), number > 0, number < 1e6,
                value.allSatisfy({ $0.isASCII && $0.isNumber || $0 == "." })
            else { throw ValidationError("--\(option) is a number above 0, such as 24 or 0.0333, not \(value).") }
        }
    }

    /// What CloudWatch takes in names and what can stand in JSON and YAML as it is.
    private static func check(_ option: String, _ value: String, isOptional: Bool) throws {
        let isRight = value.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) || "._/#:- ".contains($0) }
        guard isRight, value.count <= 255, isOptional || !value.allSatisfy({ $0 == " " }), !value.hasPrefix(":") else {
            throw ValidationError(
                "--\(option) has 1 to 255 letters of ASCII, digits, spaces and . _ / # : -, and does not begin with a "
                    + "colon; CloudWatch takes no other names.")
        }
    }
}
