import Timepiece

extension CloudWatchSettings {
    /// Checks everything that can be checked without the network.
    func validate() throws(CloudWatchSettingsError) {
        try checkNamespace()
        try Self.check(metricName, "cloudwatch-metric-name", "A metric's name", CloudWatchLimits.nameLength)
        try checkDimensions()
        try checkTimes()
        guard spoolLimit >= 256 << 10 else {
            throw CloudWatchSettingsError(
                "cloudwatch-spool-limit", "A spool of \(spoolLimit) bytes is too small; it takes at least 262144.")
        }
        // Both are member names of the same object in a document.
        if emf != nil, let same = identity.dimensions.first(where: { $0.name == metricName || $0.name == "_aws" }) {
            throw CloudWatchSettingsError(
                "cloudwatch-dimensions",
                "A dimension is called \"\(same.name)\", which stands for something else in Embedded Metric Format; it may "
                    + "have any other name than \"_aws\" and that of the metric.")
        }
        if emf != nil, let long = identity.dimensions.first(where: { $0.name.utf8.count > 250 }) {
            throw CloudWatchSettingsError(
                "cloudwatch-dimensions",
                "The name of a dimension has \(long.name.utf8.count) characters; Embedded Metric Format allows 250.")
        }
        if isSent, let missing = NetworkLibraries.missing {
            throw CloudWatchSettingsError("cloudwatch-namespace", "CloudWatch needs \(missing).")
        }
        if transferProtocol != .putMetricData, emf != nil || dryRun {
            throw CloudWatchSettingsError(
                "cloudwatch-protocol",
                "\(names("cloudwatch-protocol")) is \"\(transferProtocol.rawValue)\", which goes to the service alone; with "
                    + "\(names(emf != nil ? "cloudwatch-emf" : "cloudwatch-dry-run")) it may be put-metric-data.")
        }
        if let emf, EmbeddedMetricTarget(emf) == nil {
            throw CloudWatchSettingsError(
                "cloudwatch-emf",
                "\(names("cloudwatch-emf")) is \"\(emf.prefix(200))\"; it may be stdout, file:PATH, tcp://HOST:PORT or udp://HOST:PORT."
            )
        }
        if let emf, case .file(let path)? = EmbeddedMetricTarget(emf) {
            do throws(LineOutputError) {
                try FileOutput(path: path).check()
            } catch {
                throw CloudWatchSettingsError("cloudwatch-emf", "\(names("cloudwatch-emf")): \(error.sentence)")
            }
        }
        if let spool, hasSpool, let reason = SpoolLocation.mistake(spool) {
            throw CloudWatchSettingsError(
                "cloudwatch-spool",
                "\(names("cloudwatch-spool")): The spool \(spool) cannot be opened for writing: \(reason).")
        }
        if emf == nil, !dryRun { try checkAccess() }
    }

    /// Whether data are sent over the network: requests to the service, or documents to an agent.
    private var isSent: Bool {
        emf.map { $0.hasPrefix("tcp:") || $0.hasPrefix("udp:") } ?? !dryRun
    }

    private func checkNamespace() throws(CloudWatchSettingsError) {
        let property = "cloudwatch-namespace"
        try Self.check(namespace, property, "A namespace", CloudWatchLimits.nameLength)
        guard !namespace.hasPrefix(":"), !namespace.hasPrefix("AWS/") else {
            throw CloudWatchSettingsError(
                property,
                "The namespace \"\(namespace)\" begins with \":\" or \"AWS/\", which CloudWatch does not allow.")
        }
    }

    private func checkDimensions() throws(CloudWatchSettingsError) {
        let property = "cloudwatch-dimensions"
        let all = identity.dimensions
        guard all.count <= CloudWatchLimits.dimensions else {
            throw CloudWatchSettingsError(
                property,
                "There are \(all.count) dimensions, Label included; CloudWatch allows \(CloudWatchLimits.dimensions).")
        }
        var seen: Set<String> = []
        for dimension in all {
            try Self.check(dimension.name, property, "A dimension's name", CloudWatchLimits.nameLength)
            guard !dimension.name.hasPrefix(":") else {
                throw CloudWatchSettingsError(
                    property,
                    "The dimension's name \"\(dimension.name)\" begins with \":\", which CloudWatch does not allow.")
            }
            try Self.check(
                dimension.value, dimension.name == "Label" && label != nil ? "label" : property,
                "The value of the dimension \"\(dimension.name)\"", CloudWatchLimits.valueLength)
            guard seen.insert(dimension.name).inserted else {
                throw CloudWatchSettingsError(
                    property, "The dimension \"\(dimension.name)\" is given twice; a name may stand once.")
            }
        }
    }

    private func checkTimes() throws(CloudWatchSettingsError) {
        let (seconds, fraction) = interval.components
        guard fraction == 0, (1...86_400).contains(seconds) else {
            throw CloudWatchSettingsError(
                "cloudwatch-interval",
                "\(names("cloudwatch-interval")) is \(interval.inSeconds) s; it may be whole seconds from 1 to 86400.")
        }
        guard flushDeadline >= .zero, flushDeadline <= .seconds(60) else {
            throw CloudWatchSettingsError(
                "cloudwatch-flush-deadline",
                "The deadline for the last flush is \(flushDeadline.inSeconds) s; it may be 0 to 60.")
        }
    }

    /// The effect of an interval on periods of a minute, which dashboards and alarms have; nil if it divides a minute.
    var intervalDoubt: String? {
        let seconds = interval.components.seconds
        guard seconds > 0, 60 % seconds != 0 else { return nil }
        if seconds % 60 == 0 {
            return
                "\(names("cloudwatch-interval")) is \(seconds) s: make dashboards and alarms with `--interval \(seconds)`. "
                + "Those made for 60 s find minutes without data: rates are wrong, and the alarm video-stopped goes on "
                + "and off."
        }
        return
            "\(names("cloudwatch-interval")) is \(seconds) s, which neither divides 60 s nor is a multiple of it: CloudWatch's "
            + "periods hold unequal numbers of data, and rates and alarms made of them are wrong. 1, 2, 3, 4, 5, 6, 10, 12, 15, "
            + "20, 30 and 60 s and whole minutes do not have that."
    }

    /// Checks keys, region and address as far as they are given.
    private func checkAccess() throws(CloudWatchSettingsError) {
        guard (accessKey == nil) == (secretAccessKey == nil) else {
            throw CloudWatchSettingsError(
                "access-key",
                "\(names("access-key")) and \(names("secret-access-key")) need each other, and only one of them is set."
            )
        }
        guard sessionToken == nil || accessKey != nil else {
            throw CloudWatchSettingsError(
                "session-token",
                "\(names("session-token")) is set without \(names("access-key")) and \(names("secret-access-key")).")
        }
        let environment = environment ?? .ofProcess()
        var property = "iot-certificate"
        do throws(CredentialsError) {
            let keys = try credentials(in: environment)
            if keys.iotCertificate != nil { try keys.check(at: .now()) }
            property = "profile"
            let configuration = try SharedConfiguration(profile: profile, environment: environment)
            if credentials == nil { try keys.check(at: .now()) }
            property = "profile"
            _ = try TrustedAuthorities.find(environment, configuration)
            property = "region"
            let resolver = RegionResolver(
                setting: region, profile: profile, environment: environment, transport: CurlTransport(),
                names: names)
            let known = try resolver.configured()
            property = "endpoint-uri"
            // Any region is sufficient to check whether the address is valid.
            guard let region = known ?? Region("us-east-1") else { return }
            _ = try ServiceEndpoint.address(
                of: .cloudWatch, in: region, setting: endpointURI, allowsPlainHTTP: allowsPlainHTTP,
                environment: environment, configuration: configuration, names: names)
        } catch {
            // A file that cannot be read at this moment is read again before anything is sent.
            guard !error.isTransient else { return }
            throw CloudWatchSettingsError(property, error.sentence)
        }
    }

    /// Returns the region that the setting, the environment or the profile names; nil if none does.
    ///
    /// The instance is not queried. Reads the shared AWS files.
    ///
    /// - Throws: if the name is not that of a region, or if a file or the profile cannot be used.
    public func configuredRegion() throws(CloudWatchSettingsError) -> String? {
        do throws(CredentialsError) {
            return try RegionResolver(
                setting: region, profile: profile, environment: environment ?? .ofProcess(), transport: CurlTransport(),
                names: names
            ).configured()?.name
        } catch {
            throw CloudWatchSettingsError("region", error.sentence)
        }
    }

    /// The settings for keys.
    func credentials(in environment: Environment) throws(CredentialsError) -> CredentialsSettings {
        var certificate: IoTCertificate?
        if let iotCertificate { certificate = try IoTCertificate(fields: iotCertificate, names: names) }
        return CredentialsSettings(
            accessKey: accessKey, secretAccessKey: secretAccessKey, sessionToken: sessionToken, profile: profile,
            iotCertificate: certificate, region: region, environment: environment, names: names)
    }

    /// Checks a text against CloudWatch's rules for names.
    private static func check(
        _ text: String, _ property: String, _ what: String, _ limit: Int
    ) throws(CloudWatchSettingsError) {
        guard (1...limit).contains(text.utf8.count) else {
            throw CloudWatchSettingsError(
                property, "\(what) has \(text.utf8.count) characters; CloudWatch allows 1 to \(limit).")
        }
        guard text.utf8.allSatisfy({ (0x20...0x7e).contains($0) }) else {
            throw CloudWatchSettingsError(
                property, "\(what) has a character that is not printable ASCII, which is all CloudWatch allows.")
        }
        guard text.utf8.contains(where: { $0 != 0x20 }) else {
            throw CloudWatchSettingsError(
                property, "\(what) is blank; CloudWatch wants a character other than a space.")
        }
    }
}
