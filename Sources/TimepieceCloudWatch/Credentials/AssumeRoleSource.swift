import Timepiece

/// Keys of the role that a profile names, borrowed with those of `source_profile` or `credential_source`.
struct AssumeRoleSource: CredentialsSource {
    let profileName: String
    let sources: ProfileSources

    var name: String { "the role of the AWS profile \"\(profileName)\"" }

    func load(at now: WallTime) throws(CredentialsError) -> Credentials? {
        guard Self.isRole(sources.configuration.profiles[profileName, default: [:]]) else { return nil }
        return try keys(of: profileName, visited: [profileName], at: now)
    }

    /// Returns whether the keys of a profile are obtained by assuming a role with other keys.
    static func isRole(_ profile: [String: String]) -> Bool {
        profile["role_arn"] != nil && profile["web_identity_token_file"] == nil
    }

    private static func hasKeys(_ profile: [String: String]) -> Bool {
        profile["aws_access_key_id"] != nil || profile["aws_secret_access_key"] != nil
    }

    /// Borrows the keys of the role of a profile; `visited` has the profiles on the path to it, including itself.
    private func keys(of name: String, visited: [String], at now: WallTime) throws(CredentialsError) -> Credentials {
        let profile = sources.configuration.profiles[name, default: [:]]
        guard profile["mfa_serial"] == nil else {
            throw CredentialsError(
                "The AWS profile \"\(name)\" asks for a one-time code (mfa_serial), which cannot be typed here.")
        }
        let source = try sourceKeys(of: name, profile, visited, at: now)
        let role = SecurityTokenService.Role(
            resourceName: profile["role_arn", default: ""], sessionName: profile["role_session_name"],
            externalID: profile["external_id"],
            duration: profile["duration_seconds"].flatMap { Int($0) }.map(String.init))
        return try sources.service().assume(role, with: source, at: now)
    }

    /// Finds the keys with which a role is assumed.
    private func sourceKeys(
        of name: String, _ profile: [String: String], _ visited: [String], at now: WallTime
    ) throws(CredentialsError) -> Credentials {
        switch (profile["source_profile"], profile["credential_source"]) {
        case (.some, .some):
            throw CredentialsError("The AWS profile \"\(name)\" has both source_profile and credential_source.")
        case (nil, nil):
            throw CredentialsError(
                "The AWS profile \"\(name)\" has role_arn, but neither source_profile nor credential_source.")
        case (nil, .some(let place)):
            return try namedKeys(place, name, at: now)
        case (.some(let next), nil):
            return try profileKeys(next, from: name, visited, at: now)
        }
    }

    private func profileKeys(
        _ next: String, from name: String, _ visited: [String], at now: WallTime
    ) throws(CredentialsError) -> Credentials {
        guard let profile = sources.configuration.profiles[next] else {
            throw CredentialsError("The source_profile \"\(next)\" of the AWS profile \"\(name)\" does not exist.")
        }
        // A profile may name itself: it then contains both the role and the keys to assume it with.
        guard !visited.contains(next) || next == name && Self.hasKeys(profile) else {
            throw CredentialsError(
                "The AWS profiles \((visited + [next]).joined(separator: ", ")) name each other as source_profile "
                    + "in a circle.")
        }
        if Self.isRole(profile), !Self.hasKeys(profile) {
            return try keys(of: next, visited: visited + [next], at: now)
        }
        for source in sources.list(for: next, environment: nil) {
            if let keys = try source.load(at: now) { return keys }
        }
        if let error = CredentialsSearch.foreignKeys(profile, next) { throw error }
        throw CredentialsError("The source_profile \"\(next)\" of the AWS profile \"\(name)\" has no keys.")
    }

    private func namedKeys(_ place: String, _ name: String, at now: WallTime) throws(CredentialsError) -> Credentials {
        let source: any CredentialsSource
        switch place {
        case "Environment": source = StaticSource(sources.environment)
        case "EcsContainer": source = sources.container
        case "Ec2InstanceMetadata": source = sources.instance
        default:
            throw CredentialsError(
                "The credential_source \"\(place)\" of the AWS profile \"\(name)\" is none of Environment, EcsContainer "
                    + "and Ec2InstanceMetadata.")
        }
        guard let keys = try source.load(at: now) else {
            throw CredentialsError("The credential_source \(place) of the AWS profile \"\(name)\" has no keys.")
        }
        return keys
    }
}
