import ArgumentParser

/// Writes the alarms of a stream.
struct AlarmsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alarms",
        abstract: "Write CloudWatch alarms for a stream: stopped, low frame rate, slow.",
        discussion: """
            As in: timepiece alarms --device cam-01 >cam.yaml; aws cloudformation deploy --stack-name cam --template-file \
            cam.yaml. About $0.30 a month for the three.

            With --promql it is one alarm for all devices of the namespace that send with cloudwatch-protocol=otlp or both; \
            it names those that stand still.
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

    @Flag(help: "One alarm by PromQL for all devices, which names those that stand still.")
    var promql = false

    mutating func validate() throws {
        let longest = names.series.alarmPrefix.utf8.count + "-video-stopped".utf8.count
        guard longest <= 255 else {
            throw ValidationError(
                "The alarms' names would have \(longest) characters, as they are made of the dimensions' values; CloudWatch "
                    + "takes 255.")
        }
    }

    func run() throws {
        if promql {
            let alarm = FleetAlarm(names: names)
            let text =
                switch format {
                case .cloudformation: alarm.cloudFormation
                case .terraform: alarm.terraform
                case .commands: alarm.commands
                }
            return try TextOutput.standard.write(text)
        }
        let text =
            switch format {
            case .cloudformation: CloudFormationTemplate.alarms(names)
            case .terraform: TerraformConfiguration.alarms(names)
            case .commands: AlarmCommands.script(names)
            }
        try TextOutput.standard.write(text)
    }
}
