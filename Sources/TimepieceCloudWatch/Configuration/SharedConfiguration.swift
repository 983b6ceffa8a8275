/// The profiles of the shared AWS files, `~/.aws/config` and `~/.aws/credentials`, as botocore reads them.
package struct SharedConfiguration: Sendable, Confidential {
    /// The options of each profile of both files together; those of the credentials file take precedence.
    let profiles: [String: [String: String]]
    /// The options of the profiles of the configuration file alone.
    let configured: [String: [String: String]]
    /// The options of the sections of the credentials file alone.
    let credentials: [String: [String: String]]
    /// The sections `[services …]` of the configuration file, with the endpoints of single services.
    let services: [String: [String: String]]
    /// The profile that is used: the setting, `AWS_DEFAULT_PROFILE`, `AWS_PROFILE`, or `default`.
    let profileName: String

    /// Reads both files, at the paths of the environment; a missing file counts as empty.
    ///
    /// - Throws: if a file cannot be read or parsed, and if the requested profile is in neither file.
    package init(profile: String?, environment: Environment) throws(CredentialsError) {
        let configPath = environment.expand(environment["AWS_CONFIG_FILE"] ?? "~/.aws/config")
        let credentialsPath = environment.expand(
            environment["AWS_SHARED_CREDENTIALS_FILE"] ?? "~/.aws/credentials")
        let config = try Self.sections(configPath)
        credentials = try Self.sections(credentialsPath)
        var configured: [String: [String: String]] = [:]
        var services: [String: [String: String]] = [:]
        for (name, options) in config {
            if name == "default" {
                configured[name] = options
            } else if let profile = Self.name(name, after: "profile") {
                configured[profile] = options
            } else if let service = Self.name(name, after: "services") {
                services[service] = options
            }
        }
        self.configured = configured
        self.services = services
        profiles = configured.merging(credentials) { config, credentials in
            config.merging(credentials) { _, credential in credential }
        }
        let asked = [profile, environment["AWS_DEFAULT_PROFILE"], environment["AWS_PROFILE"]]
            .compactMap(\.self).first { !$0.isEmpty }
        profileName = asked ?? "default"
        guard asked == nil || profiles[profileName] != nil else {
            throw CredentialsError(
                "There is no AWS profile \"\(profileName)\" in \(configPath) nor in \(credentialsPath).")
        }
    }

    /// The options of the profile that is used.
    var profile: [String: String] { profiles[profileName, default: [:]] }

    private static func sections(_ path: String) throws(CredentialsError) -> [String: [String: String]] {
        let text: String
        do {
            text = try FileContents.read(path)
        } catch .missing {
            return [:]
        } catch {
            throw CredentialsError(isTransient: error.isTransient, "The AWS file \(path) \(error.reason).")
        }
        do {
            return try INIFile(text).sections
        } catch {
            throw CredentialsError("Line \(error.line) of the AWS file \(path) \(error.reason).")
        }
    }

    /// Returns `name` of the section `profile name`, whose name may be quoted.
    private static func name(_ section: String, after keyword: String) -> String? {
        guard section.hasPrefix(keyword), let words = ShellWords.split(section), words.count == 2 else { return nil }
        return words[1]
    }
}
