import ArgumentParser

/// Writes a CloudFormation template with the alarms.
struct AlarmsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alarms",
        abstract: "Write a CloudFormation template with CloudWatch alarms, and the dashboard, for a stream.",
        discussion:
            "As in: timepiece alarms >cam.yaml; aws cloudformation deploy --stack-name cam --template-file cam.yaml")

    @OptionGroup var names: CloudWatchNames

    func run() throws {
        try TextOutput.standard.write(CloudWatchFiles.template(names))
    }
}
