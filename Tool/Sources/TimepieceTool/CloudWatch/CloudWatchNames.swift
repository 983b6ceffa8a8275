import ArgumentParser
import TimepieceCloudWatch

/// The metrics that the files are for.
struct CloudWatchNames: ParsableArguments {
    @Option(help: "The property cloudwatch-namespace.")
    var namespace = "GStreamer/Video"

    @Option(help: "The property cloudwatch-metric-name (default: frame_processing_time, with --watch elapsed_time).")
    var metricName: String?

    @Option(help: "The dimension Device, as in cloudwatch-dimensions=\"Device=cam-01\".")
    var device = "cam-01"

    @Flag(help: "There is no dimension Device.")
    var noDevice = false

    @Option(help: "The property label, or the name of the element.")
    var label = "tick"

    @Option(
        name: .customLong("dimension"),
        help: ArgumentHelp(
            "Another dimension, as of cloudwatch-dimensions=\"Device=cam-01,Site=north\"; once for each. Files fit only "
                + "the series that has exactly these.", valueName: "NAME=VALUE"))
    var otherDimensions: [String] = []

    @Flag(help: "The metric is that of a timepiecewatch: times that something takes, not intervals between frames.")
    var watch = false

    @Option(help: "The frames per second of the stream when it is well.")
    var fps = "30"

    @Option(help: "The frames per second below which it is slow (default: 80 % of --fps).")
    var minimumFps: String?

    @Option(
        help: """
            What is too long: a multiple of the interval between frames (default: 1.5), or with --watch the seconds that \
            a frame may take (default: the interval between frames).
            """)
    var budget: String?

    @Option(help: "The property cloudwatch-interval, in seconds: it divides 60, or is a multiple of 60.")
    var interval = 60

    @Option(help: "The AWS region (default: from AWS_REGION, AWS_DEFAULT_REGION or the profile).")
    var region: String?

    @Option(help: "The AWS profile to take the region from.")
    var profile: String?

    @Option(help: "The ARN of the SNS topic that alarms, and their end, are sent to.")
    var topic = ""

    @Option(help: "The minutes that a new alarm waits for the first data; 0 = it may ring at once.")
    var warmUp = 60

    mutating func validate() throws {
        try Self.check("namespace", namespace)
        guard !namespace.hasPrefix(":"), !namespace.hasPrefix("AWS/") else {
            throw ValidationError("--namespace begins with \":\" or \"AWS/\", which CloudWatch does not allow.")
        }
        if let metricName { try Self.check("metric-name", metricName) }
        try checkDimensions()
        if !topic.isEmpty { try Self.check("topic", topic) }
        try checkNumbers()
        guard let region else { return }
        let isName = region.allSatisfy { $0.isASCII && ($0.isLowercase || $0.isNumber) || $0 == "-" }
        guard isName, (1...63).contains(region.utf8.count) else {
            throw ValidationError("--region is the name of a region such as eu-central-1, not \(region.prefix(80)).")
        }
    }

    private func checkDimensions() throws {
        for text in otherDimensions where !text.contains("=") {
            throw ValidationError("--dimension is NAME=VALUE, such as Site=north, not \(text.prefix(80)).")
        }
        let dimensions = series.dimensions
        for dimension in dimensions {
            try Self.check("dimension", dimension.name)
            guard !dimension.name.hasPrefix(":") else {
                throw ValidationError("The name of a dimension begins with \":\", which CloudWatch does not allow.")
            }
            let option = ["Device": "device", "Label": "label"][dimension.name] ?? "dimension"
            try Self.check(option, dimension.value, limit: 1024, isQuoted: true)
        }
        guard Set(dimensions.map(\.name)).count == dimensions.count, dimensions.count <= 30 else {
            throw ValidationError("--dimension: a series has up to 30 dimensions, each with a name of its own.")
        }
    }

    private func checkNumbers() throws {
        for (option, value) in [("fps", fps), ("minimum-fps", minimumFps), ("budget", budget)] {
            guard let value else { continue }
            guard let number = Self.number(value), number >= 1e-6, number < 1e6 else {
                throw ValidationError("--\(option) is a number above 0, such as 24, 1.5 or 30000/1001, not \(value).")
            }
        }
        if !watch, let budget, let factor = Self.number(budget), factor <= 1 {
            throw ValidationError(
                "--budget \(budget): for a timepiecetick it is a multiple, above 1, of the interval between frames, such "
                    + "as 1.5. The metric is that interval, so with less the alarm of a healthy stream would never end. "
                    + "The time that a frame takes is the metric of a timepiecewatch, see --watch.")
        }
        guard (1...86_400).contains(interval), 60 % interval == 0 || interval % 60 == 0 else {
            throw ValidationError(
                "--interval \(interval): it divides 60 or is a multiple of 60, as 10, 60 or 300. With any other, periods "
                    + "hold unequal numbers of data, and rates and alarms are wrong.")
        }
        guard (0...2880).contains(warmUp) else {
            throw ValidationError("--warm-up is 0 to 2880 minutes, not \(warmUp).")
        }
    }

    /// The series.
    var series: MetricSeries {
        let others = otherDimensions.map { text in
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            return MetricSeries.Dimension(name: parts[0], value: parts.count > 1 ? parts[1] : "")
        }
        let given = Set(others.map(\.name))
        var all = others
        if !noDevice, !given.contains("Device") { all.insert(.init(name: "Device", value: device), at: 0) }
        if !given.contains("Label") { all.append(.init(name: "Label", value: label)) }
        return MetricSeries(
            namespace: namespace, metric: metricName ?? (watch ? "elapsed_time" : "frame_processing_time"),
            dimensions: all)
    }

    /// The length of a period in dashboards and alarms, in seconds: below a minute alarms would cost more.
    var period: Int { max(60, interval) }

    /// The frames per second below which the stream is slow.
    var minimumFpsText: String { minimumFps.map { Self.plain($0) } ?? Self.text((Self.number(fps) ?? 30) * 0.8) }

    /// The budget for a value, in seconds.
    var budgetSeconds: String {
        let frame = 1 / (Self.number(fps) ?? 30)
        if watch { return budget.map { Self.plain($0) } ?? Self.text(frame) }
        return Self.text(frame * (budget.flatMap { Self.number($0) } ?? 1.5))
    }

    /// The region that was given, or that the AWS CLI would use.
    func resolvedRegion() throws(Failure) -> String {
        var settings = CloudWatchSettings(namespace: namespace)
        settings.profile = profile
        settings.region = region
        do {
            if let found = try settings.configuredRegion() { return found }
        } catch {
            throw Failure(.usage, error.description)
        }
        TextOutput.errors.note(
            "timepiece: no region is set by --region, AWS_REGION or the AWS profile; the file is for us-east-1.")
        return "us-east-1"
    }

    /// A number in digits, or a fraction, as in caps.
    private static func number(_ text: String) -> Double? {
        guard text.allSatisfy({ $0.isASCII && $0.isNumber || "./".contains($0) }) else { return nil }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Double($0) }
        guard parts.count <= 2, let first = parts[0] else { return nil }
        guard parts.count == 2 else { return first }
        return parts[1].map { first / $0 }
    }

    /// A given number, or a fraction in digits.
    private static func plain(_ given: String) -> String {
        given.contains("/") ? number(given).map { text($0) } ?? given : given
    }

    /// At most six digits after the point, without zeros at the end.
    private static func text(_ number: Double) -> String {
        let millionths = Int((number * 1e6).rounded())
        var digits = String(millionths % 1_000_000)
        digits = String(repeating: "0", count: 6 - digits.count) + digits
        while digits.last == "0" { digits.removeLast() }
        return "\(millionths / 1_000_000)" + (digits.isEmpty ? "" : ".\(digits)")
    }

    /// The characters that CloudWatch accepts in names, and that are valid or can be quoted in a search expression and
    /// in files.
    private static func check(_ option: String, _ value: String, limit: Int = 255, isQuoted: Bool = false) throws {
        let isRight = value.unicodeScalars.allSatisfy {
            (0x20...0x7e).contains($0.value) && (isQuoted || !"\"'\\$`{}".unicodeScalars.contains($0))
        }
        guard isRight, (1...limit).contains(value.utf8.count), !value.allSatisfy({ $0 == " " }) else {
            throw ValidationError(
                "--\(option) has 1 to \(limit) printable characters of ASCII, not all of them blanks; CloudWatch takes no "
                    + "others."
                    + (isQuoted ? "" : " Of these \" ' \\ $ ` { } cannot stand in the files that are made here."))
        }
    }
}
