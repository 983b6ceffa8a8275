/// The sources of keys in the shared files.
struct ProfileSources: Sendable {
    let settings: CredentialsSettings
    let configuration: SharedConfiguration
    let transport: any Transport
    let runsPrograms: Bool

    var environment: Environment { settings.environment }

    var container: ContainerSource { ContainerSource(environment: environment, transport: transport) }

    var instance: InstanceMetadataSource {
        InstanceMetadataSource(
            metadata: InstanceMetadata(environment: environment, configuration: configuration, transport: transport))
    }

    /// The sources of one profile's keys, in botocore's order.
    ///
    /// `environment` has the variables of web identity, and is nil where only the profile counts.
    func list(for name: String, environment: Environment?) -> [any CredentialsSource] {
        let profile = configuration.profiles[name, default: [:]]
        return [
            WebIdentitySource(profile: profile, profileName: name, environment: environment, service: service),
            StaticSource(
                profile: configuration.credentials[name, default: [:]],
                origin: "the section \"\(name)\" of the AWS credentials file"),
            ProcessSource(
                command: profile["credential_process"], profileName: name, environment: self.environment,
                runsPrograms: runsPrograms),
            StaticSource(
                profile: configuration.configured[name, default: [:]],
                origin: "the profile \"\(name)\" of the AWS configuration file"),
        ]
    }

    /// The token service of the region in use; without a region the one of us-east-1, which knows all roles.
    func service() throws(CredentialsError) -> SecurityTokenService {
        let resolver = RegionResolver(
            setting: settings.region, profile: settings.profile, environment: environment, transport: transport,
            names: settings.names)
        guard let region = try resolver.configured() ?? Region("us-east-1") else {
            throw CredentialsError("There is no AWS region to ask for a role's keys.")
        }
        let address = try ServiceEndpoint.address(
            of: .securityToken, in: region, environment: environment, configuration: configuration)
        return SecurityTokenService(address: address, region: region, transport: transport)
    }
}
