import Timepiece

/// The search for keys through all sources, in order.
///
/// The order is botocore's: role of the profile, web identity, credentials file, process, configuration file, container,
/// instance; before them `iot-certificate`, the properties, and the environment unless a profile was set. Files and
/// variables are read at each search, so that keys that were renewed in place are found.
struct CredentialsSearch: Sendable {
    let settings: CredentialsSettings
    let transport: any Transport
    /// Whether `credential_process` is run; if not, a profile with one fails for the time being.
    var runsPrograms = true

    /// Returns the keys of the first source that is configured.
    func run(at now: WallTime) throws(CredentialsError) -> Credentials {
        try find(at: now).keys
    }

    /// Returns the keys of the first source that is configured, and a name of the source.
    func find(at now: WallTime) throws(CredentialsError) -> (keys: Credentials, place: String) {
        if let certificate = settings.iotCertificate,
            let keys = try IoTSource(certificate: certificate, transport: transport).load(at: now)
        {
            return (keys, "AWS IoT Core for the device certificate (\(settings.names("iot-certificate")))")
        }
        if let keys = try StaticSource(settings).load(at: now) { return (keys, settings.names.all) }

        // Before the environment's keys: a missing profile is an error even if they are set.
        let configuration = try SharedConfiguration(profile: settings.profile, environment: settings.environment)
        let asksProfile = settings.profile.map { !$0.isEmpty } ?? false
        if !asksProfile, let keys = try StaticSource(settings.environment).load(at: now) {
            return (keys, "the environment (AWS_ACCESS_KEY_ID)")
        }
        let sources = ProfileSources(
            settings: settings, configuration: configuration, transport: transport, runsPrograms: runsPrograms)
        let name = configuration.profileName
        var places: [any CredentialsSource] = [AssumeRoleSource(profileName: name, sources: sources)]
        places += sources.list(for: name, environment: asksProfile ? nil : settings.environment)
        places.append(sources.container)
        for place in places {
            if let keys = try place.load(at: now) { return (keys, place.name) }
        }
        if let error = Self.foreignKeys(configuration.profile, name) { throw error }
        return (try instanceKeys(sources.instance, at: now), "this machine's role (instance metadata)")
    }

    /// The error for a profile whose keys only another program can get; nil if it is not such a profile.
    static func foreignKeys(_ profile: [String: String], _ name: String) -> CredentialsError? {
        let way =
            if profile.keys.contains(where: { $0.hasPrefix("sso_") }) {
                "uses single sign-on (sso_…)"
            } else if profile["login_session"] != nil {
                "uses `aws login` (login_session)"
            } else {
                String?.none
            }
        return way.map {
            CredentialsError(
                "The AWS profile \"\(name)\" \($0), which is left to a credential_process: "
                    + "`aws configure export-credentials --profile \(name) --format process` is one.")
        }
    }

    /// Queries the instance, the last source of all.
    private func instanceKeys(
        _ instance: InstanceMetadataSource, at now: WallTime
    ) throws(CredentialsError) -> Credentials {
        let advice =
            "No AWS keys were found in \(settings.names.all), the environment, the AWS files or a container"
        do throws(CredentialsError) {
            if let keys = try instance.load(at: now) { return keys }
        } catch {
            throw CredentialsError(isTransient: error.isTransient, "\(advice), nor on this machine: \(error.sentence)")
        }
        // The keys may still be added.
        throw CredentialsError(
            isTransient: true, "\(advice), and AWS_EC2_METADATA_DISABLED keeps the machine from being asked.")
    }
}

/// One source of keys.
protocol CredentialsSource: Sendable {
    /// A name of the source, such as `the environment`.
    var name: String { get }
    /// Returns keys; nil if this source is not configured, so that the next is used.
    ///
    /// - Throws: if it is configured but has no keys. Then no other source is used, because this one was intended.
    func load(at now: WallTime) throws(CredentialsError) -> Credentials?
}

/// The reason why there are no keys, as one sentence without any secret.
package struct CredentialsError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Whether another attempt may succeed without a change of a setting: a service did not respond.
    package let isTransient: Bool
    /// What was wrong, what is allowed, and where it was set.
    package let sentence: String

    /// Makes an error.
    package init(isTransient: Bool = false, _ sentence: String) {
        self.isTransient = isTransient
        self.sentence = sentence
    }

    /// The sentence.
    package var description: String { sentence }
}
