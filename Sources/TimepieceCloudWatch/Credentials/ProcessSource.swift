import Timepiece

/// Keys that a program prints, `credential_process` of a profile.
///
/// The program is run without a shell, with the words split as by botocore, and has half a minute.
struct ProcessSource: CredentialsSource {
    let command: String?
    let profileName: String
    let environment: Environment
    /// Whether the program is run; if not, its profile fails for the time being.
    var runsPrograms = true

    var name: String { "the credential_process of the AWS profile \"\(profileName)\"" }

    /// How long a program may run; botocore would wait without limit.
    static let limit = Duration.seconds(30)

    func load(at now: WallTime) throws(CredentialsError) -> Credentials? {
        guard let command else { return nil }
        let origin = "credential_process of the AWS profile \"\(profileName)\""
        guard let words = ShellWords.split(command), let program = words.first else {
            throw CredentialsError("\(origin) is empty or has a quotation mark that is not closed.")
        }
        guard runsPrograms else {
            throw CredentialsError(isTransient: true, "The program \(program) of \(origin) was not run.")
        }
        let output: [UInt8]
        do {
            output = try ProgramOutput.run(words, environment: environment, within: Self.limit, bytes: 65_536)
        } catch {
            var isTransient = true
            if case .notStarted = error { isTransient = false }
            throw CredentialsError(isTransient: isTransient, "The program \(program) of \(origin) \(error.reason).")
        }
        guard let document = JSONDocument(output) else {
            throw CredentialsError("The program \(program) of \(origin) does not print JSON.")
        }
        guard document.integer(["Version"]) == 1 else {
            throw CredentialsError("The program \(program) of \(origin) does not print \"Version\": 1.")
        }
        return try Credentials(
            document, names: ["AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"], needsAll: false,
            origin: origin)
    }
}
