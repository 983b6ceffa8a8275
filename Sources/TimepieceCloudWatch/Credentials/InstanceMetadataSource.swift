import Timepiece

/// Keys of the EC2 instance's role.
struct InstanceMetadataSource: CredentialsSource {
    let metadata: InstanceMetadata

    func load(at now: WallTime) throws(CredentialsError) -> Credentials? {
        try metadata.credentials()
    }
}
