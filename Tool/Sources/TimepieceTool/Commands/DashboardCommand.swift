import ArgumentParser

/// Writes a CloudWatch dashboard.
struct DashboardCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dashboard",
        abstract: "Write a CloudWatch dashboard for all streams of a metric; menus pick the device and the stream.",
        discussion: """
            As in: aws cloudwatch put-dashboard --dashboard-name cameras --dashboard-body "$(timepiece dashboard)". One \
            dashboard serves a fleet; more than three dashboards cost $3 a month each.
            """)

    @OptionGroup var names: CloudWatchNames

    enum Format: String, EnumerableFlag {
        case body, cloudformation, terraform

        static func help(for value: Format) -> ArgumentHelp? {
            switch value {
            case .body: "The body for put-dashboard (default)."
            case .cloudformation: "A CloudFormation template."
            case .terraform: "A Terraform configuration."
            }
        }
    }

    @Flag(exclusivity: .exclusive) var format: Format = .body

    func run() throws {
        let body = DashboardBody(names, region: try names.resolvedRegion())
        let text =
            switch format {
            case .body: body.text
            case .cloudformation: CloudFormationTemplate.dashboard(body)
            case .terraform: TerraformConfiguration.dashboard(body)
            }
        try TextOutput.standard.write(text)
    }
}
