import ArgumentParser

/// Writes a CloudWatch dashboard.
struct DashboardCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dashboard",
        abstract: "Write a CloudWatch dashboard for a stream.",
        discussion:
            "As in: aws cloudwatch put-dashboard --dashboard-name cam --dashboard-body \"$(timepiece dashboard)\"")

    @OptionGroup var names: CloudWatchNames

    func run() throws {
        try TextOutput.standard.write(CloudWatchFiles.dashboard(names))
    }
}
