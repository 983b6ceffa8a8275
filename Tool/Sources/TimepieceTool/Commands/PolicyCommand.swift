import ArgumentParser

/// Writes an IAM policy.
struct PolicyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy",
        abstract: "Write the IAM policy that lets a device publish under a namespace, and nothing else.")

    @OptionGroup var names: CloudWatchNames

    @Flag(help: "A Terraform configuration.")
    var terraform = false

    func run() throws {
        let namespace = names.namespace
        try TextOutput.standard.write(
            terraform
                ? PublishingPolicy.terraform(namespace: namespace) : PublishingPolicy.document(namespace: namespace))
    }
}
