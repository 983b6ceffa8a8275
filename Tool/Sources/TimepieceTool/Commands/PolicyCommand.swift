import ArgumentParser

/// Writes an IAM policy.
struct PolicyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy",
        abstract: "Write the IAM policy that lets a device publish under a namespace, and nothing else.")

    @OptionGroup var names: CloudWatchNames

    func run() throws {
        try TextOutput.standard.write(CloudWatchFiles.policy(names))
    }
}
