import Timepiece

extension Sender {
    /// Makes the sender for the destination of settings that have been checked.
    ///
    /// - Throws: if the spool that was asked for cannot be used. The standard one is only a help: without it, figures
    ///   that cannot be sent stay in memory, and the status says why.
    convenience init(_ settings: CloudWatchSettings) throws(CloudWatchSettingsError) {
        let environment = settings.environment ?? .ofProcess()
        let delivery = Self.delivery(settings, environment)
        var spool: Spool?
        var problem: String?
        if !settings.dryRun, settings.spool != "none" {
            do throws(SpoolError) {
                spool = try Self.openSpool(settings, environment)
            } catch {
                guard settings.spool == nil else {
                    throw CloudWatchSettingsError("cloudwatch-spool", "cloudwatch-spool: \(error.description)")
                }
                problem = "\(error.description) Figures that cannot be sent stay in memory."
            }
        }
        var configuration = SenderConfiguration(
            boot: BootIdentity.current, hasSpool: spool != nil, largestSize: { delivery.largestSize(of: $0) },
            random: { Double.random(in: 0..<1) })
        configuration.phase = Double.random(in: 0.01..<0.1)
        if let timeout = settings.requestTimeout { configuration.requestTimeout = timeout }
        self.init(configuration, delivery: delivery, spool: spool, problem: problem)
    }

    private static func openSpool(_ settings: CloudWatchSettings, _ environment: Environment) throws(SpoolError)
        -> Spool
    {
        let path = settings.spool ?? SpoolLocation.standard(environment)
        SpoolLocation.makeDirectories(above: path)
        return try Spool(
            path: path, destination: settings.destination, boot: BootIdentity.current, limit: settings.spoolLimit,
            lease: settings.lease ?? .seconds(180))
    }

    private static func delivery(_ settings: CloudWatchSettings, _ environment: Environment) -> any Delivery {
        if settings.dryRun { return LineDelivery(.request, to: FileOutput(path: nil)) }
        if let target = settings.emf.flatMap({ EmbeddedMetricTarget($0) }) {
            return LineDelivery(.documents, to: target.output())
        }
        let authorities = environment.filled("AWS_CA_BUNDLE")
        // Keys are fetched over connections of their own, so that a renewal does not wait for a request.
        let keys = CredentialsChain(
            // The settings were validated, so the certificate that they may name has all its fields.
            settings: (try? settings.credentials(in: environment)) ?? CredentialsSettings(environment: environment),
            transport: CurlTransport(authoritiesPath: authorities))
        let transport = CurlTransport(authoritiesPath: authorities)
        return ServiceDelivery(
            encoder: PutMetricDataEncoder(), transport: transport, credentials: keys,
            allowsPlainHTTP: settings.allowsPlainHTTP
        ) { () throws(CredentialsError) in
            let region = try RegionResolver(
                setting: settings.region, profile: settings.profile, environment: environment, transport: transport
            ).resolve()
            let configuration = try SharedConfiguration(profile: settings.profile, environment: environment)
            let address = try ServiceEndpoint.address(
                of: .cloudWatch, in: region, setting: settings.endpointURI,
                allowsPlainHTTP: settings.allowsPlainHTTP, environment: environment, configuration: configuration)
            return (region.name, address)
        }
    }
}
