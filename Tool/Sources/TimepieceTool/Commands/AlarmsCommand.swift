import ArgumentParser

/// Writes the alarms of a stream.
struct AlarmsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alarms",
        abstract: "Write CloudWatch alarms for a stream: stopped, low frame rate, slow.",
        discussion: """
            As in: timepiece alarms --device cam-01 >cam.yaml; aws cloudformation deploy --stack-name cam --template-file \
            cam.yaml. About $0.30 a month for the three.
            """)

    @OptionGroup var names: CloudWatchNames

    enum Format: String, EnumerableFlag {
        case cloudformation, terraform, commands

        static func help(for value: Format) -> ArgumentHelp? {
            switch value {
            case .cloudformation: "A CloudFormation template (default)."
            case .terraform: "A Terraform configuration."
            case .commands: "Command lines of the AWS CLI."
            }
        }
    }

    @Flag(exclusivity: .exclusive) var format: Format = .cloudformation

    func run() throws {
        let text =
            switch format {
            case .cloudformation: CloudFormationTemplate.alarms(names)
            case .terraform: TerraformConfiguration.alarms(names)
            case .commands: AlarmCommands.script(names)
            }
        try TextOutput.standard.write(text)
    }
}
