/// The address of an AWS service.
package enum ServiceEndpoint {
    /// One of the services that are called.
    package enum Service: Sendable {
        /// CloudWatch, which takes the metrics.
        case cloudWatch
        /// The Security Token Service, which issues temporary keys.
        case securityToken

        /// The name in host names and in signatures.
        package var name: String {
            switch self {
            case .cloudWatch: "monitoring"
            case .securityToken: "sts"
            }
        }

        /// The name in variables and in the shared files.
        var identifier: String {
            switch self {
            case .cloudWatch: "cloudwatch"
            case .securityToken: "sts"
            }
        }
    }

    /// Returns the address of a service in a region.
    ///
    /// The first of: the setting, `AWS_ENDPOINT_URL_CLOUDWATCH` (or `_STS`), `AWS_ENDPOINT_URL`, the service's
    /// `endpoint_url` in the profile's `services` section, `endpoint_url` of the profile, the region's own host.
    /// `AWS_IGNORE_CONFIGURED_ENDPOINT_URLS`, `AWS_USE_FIPS_ENDPOINT` and `AWS_USE_DUALSTACK_ENDPOINT` are honored.
    ///
    /// - Parameters:
    ///   - service: the service to call.
    ///   - region: the region of the service.
    ///   - setting: the address that was set, such as the property `endpoint-uri`; it applies to CloudWatch only.
    ///   - allowsPlainHTTP: whether an address with `http` may be that of another machine.
    ///   - environment: the environment variables.
    ///   - configuration: the shared files.
    ///   - names: the names of settings in sentences about them.
    /// - Returns: an address with a path, at least `/`.
    /// - Throws: if a given address is malformed, or is `http` to another machine without permission.
    package static func address(
        of service: Service, in region: Region, setting: String? = nil, allowsPlainHTTP: Bool = false,
        environment: Environment, configuration: SharedConfiguration, names: SettingNames = .properties
    ) throws(CredentialsError) -> String {
        if let setting, !setting.isEmpty {
            return try checked(setting, names.described("endpoint-uri"), allowsPlainHTTP)
        }
        let profile = configuration.profile
        func isTrue(_ variable: String, _ option: String) -> Bool {
            (environment[variable] ?? profile[option])?.lowercased() == "true"
        }
        if !isTrue("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "ignore_configured_endpoint_urls") {
            for variable in ["AWS_ENDPOINT_URL_\(service.identifier.uppercased())", "AWS_ENDPOINT_URL"] {
                guard let address = environment.filled(variable) else { continue }
                return try checked(address, variable, allowsPlainHTTP)
            }
            if let address = try configured(service, configuration) {
                return try checked(address, "the AWS profile \"\(configuration.profileName)\"", allowsPlainHTTP)
            }
        }
        let host = host(
            of: service, in: region, isFIPS: isTrue("AWS_USE_FIPS_ENDPOINT", "use_fips_endpoint"),
            isDualStack: isTrue("AWS_USE_DUALSTACK_ENDPOINT", "use_dualstack_endpoint"))
        return "https://\(host)/"
    }

    /// The region's own host, by the rules of botocore's `endpoint-rule-set-1.json`.
    private static func host(of service: Service, in region: Region, isFIPS: Bool, isDualStack: Bool) -> String {
        // In GovCloud only the dual-stack host of STS has a FIPS name of its own.
        let isPlain = region.isGovCloud && (service == .cloudWatch || !isDualStack)
        let name = service.name + (isFIPS && !isPlain ? "-fips" : "")
        return "\(name).\(region.name).\(isDualStack ? region.dualStackDomain : region.domain)"
    }

    /// The address in the profile.
    private static func configured(
        _ service: Service, _ configuration: SharedConfiguration
    ) throws(CredentialsError) -> String? {
        let profile = configuration.profile
        if let name = profile["services"] {
            guard let services = configuration.services[name] else {
                throw CredentialsError(
                    "The AWS profile \"\(configuration.profileName)\" names the services section \"\(name)\", which does "
                        + "not exist.")
            }
            let options = INIFile.nested(services[service.identifier, default: ""])
            if let address = options["endpoint_url"], !address.isEmpty { return address }
        }
        return profile["endpoint_url"].flatMap { $0.isEmpty ? nil : $0 }
    }

    private static func checked(
        _ address: String, _ origin: String, _ allowsPlainHTTP: Bool
    ) throws(CredentialsError) -> String {
        guard let parts = URLParts(address), parts.query.isEmpty else {
            throw CredentialsError(
                "The endpoint of \(origin) is not an address such as https://host:port without user name and query.")
        }
        guard parts.scheme == "https" || parts.isLoopback || allowsPlainHTTP else {
            throw CredentialsError(
                "The endpoint \(parts.origin) of \(origin) is plain http to another machine; only https may go there.")
        }
        return parts.origin + parts.path
    }
}
