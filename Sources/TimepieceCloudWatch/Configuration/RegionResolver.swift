/// Finds the region to send to.
package struct RegionResolver: Sendable {
    /// The region that was set, which precedes all others.
    package var setting: String?
    /// The profile that was set.
    package var profile: String?
    /// The environment variables.
    package var environment: Environment
    /// The connection to the instance metadata service.
    package var transport: any Transport
    /// The names of settings in sentences about them.
    package var names: SettingNames

    /// Makes a resolver of the settings.
    package init(
        setting: String?, profile: String?, environment: Environment, transport: any Transport,
        names: SettingNames = .properties
    ) {
        self.setting = setting
        self.profile = profile
        self.environment = environment
        self.transport = transport
        self.names = names
    }

    /// Returns the first of: the setting, `AWS_REGION`, `AWS_DEFAULT_REGION`, the profile, the EC2 instance.
    ///
    /// The setting comes before the environment, unlike in kvssink. Blocks for about two seconds at worst, if only the
    /// metadata service remains.
    package func resolve() throws(CredentialsError) -> Region {
        if let region = try configured() { return region }
        let metadata = InstanceMetadata(
            environment: environment, configuration: try configuration(), transport: transport)
        do throws(CredentialsError) {
            if let name = try metadata.region() { return try Self.checked(name, "the instance metadata service") }
        } catch {
            throw CredentialsError(isTransient: error.isTransient, "No AWS region was found: \(error.sentence)")
        }
        throw CredentialsError(
            "No AWS region was found: set \(names.described("region")), AWS_REGION, or region in the AWS profile.")
    }

    /// Returns the region of the setting, the environment or the profile, without a request to a service.
    package func configured() throws(CredentialsError) -> Region? {
        if let name = setting, !name.isEmpty { return try Self.checked(name, names.described("region")) }
        for variable in ["AWS_REGION", "AWS_DEFAULT_REGION"] {
            if let name = environment.filled(variable) { return try Self.checked(name, variable) }
        }
        let shared = try configuration()
        return try shared.profile["region"].map { name throws(CredentialsError) in
            try Self.checked(name, "the AWS profile \"\(shared.profileName)\"")
        }
    }

    private func configuration() throws(CredentialsError) -> SharedConfiguration {
        try SharedConfiguration(profile: profile, environment: environment)
    }

    private static func checked(_ name: String, _ origin: String) throws(CredentialsError) -> Region {
        guard let region = Region(name) else {
            throw CredentialsError(
                "The AWS region \"\(name.prefix(80))\" of \(origin) is not the name of a region, such as eu-central-1.")
        }
        return region
    }
}
