import Timepiece
import TimepieceTelemetry

extension Sender {
    /// Makes the sender for the destination of settings that have been checked.
    ///
    /// The spool is opened on the sender's thread. If it cannot be opened, metrics that cannot be sent stay in memory,
    /// and the status says why.
    ///
    /// - Parameter openTelemetry: whether to use OpenTelemetry's protocol instead of PutMetricData.
    convenience init(_ settings: CloudWatchSettings, openTelemetry: Bool = false) {
        let environment = settings.environment ?? .ofProcess()
        let delivery = Self.delivery(settings, environment, openTelemetry)
        var configuration = SenderConfiguration(
            boot: BootIdentity.current, hasSpool: settings.hasSpool, largestSize: { delivery.largestSize(of: $0) },
            random: { Double.random(in: 0..<1) })
        configuration.phase = Double.random(in: 0.01..<0.1)
        if let timeout = settings.requestTimeout { configuration.requestTimeout = timeout }
        guard settings.hasSpool else {
            self.init(configuration, delivery: delivery, openSpool: nil)
            return
        }
        let path = settings.spool ?? SpoolLocation.standard(environment)
        let destination = openTelemetry ? settings.openTelemetryDestination : settings.destination
        self.init(configuration, delivery: delivery) { () throws(SpoolError) in
            // The thread has other work than waiting for another process, and tries again later.
            try Spool(
                path: path, destination: destination, boot: BootIdentity.current, limit: settings.spoolLimit,
                lease: settings.lease ?? .seconds(180), busyTimeout: .milliseconds(500))
        }
    }

    private static func delivery(
        _ settings: CloudWatchSettings, _ environment: Environment, _ openTelemetry: Bool
    ) -> any Delivery {
        if settings.dryRun { return LineDelivery(.request, to: FileOutput(path: nil)) }
        if let target = settings.emf.flatMap({ EmbeddedMetricTarget($0) }) {
            return LineDelivery(.documents, to: target.output())
        }
        // Checked at the start; a file that cannot be read at this moment is not replaced by the system's.
        let known = try? SharedConfiguration(profile: settings.profile, environment: environment)
        let authorities = known.flatMap { try? TrustedAuthorities.find(environment, $0) }
        // Keys are fetched over connections of their own, so that a renewal does not wait for a request.
        let keys: CredentialsChain
        if let provider = settings.credentials {
            keys = CredentialsChain(
                find: { _ throws(CredentialsError) in try provider.credentials() },
                run: { if !OwnThreads.shared.start($0) { $0() } },
                random: { Double.random(in: 0..<1) })
        } else {
            keys = CredentialsChain(
                // The settings were validated, so the certificate that they may name has all its fields.
                settings: (try? settings.credentials(in: environment)) ?? CredentialsSettings(environment: environment),
                transport: CurlTransport(authorities: authorities))
        }
        let transport = CurlTransport(authorities: authorities)
        let encoder: any MetricEncoder =
            openTelemetry
            ? OpenTelemetryEncoder(
                resource: OpenTelemetryResource(environment.openTelemetryAttributes().attributes),
                version: TimepieceVersion.current)
            : PutMetricDataEncoder()
        return ServiceDelivery(
            encoder: encoder, transport: transport, credentials: keys,
            allowsPlainHTTP: settings.allowsPlainHTTP
        ) { () throws(CredentialsError) in
            let region = try RegionResolver(
                setting: settings.region, profile: settings.profile, environment: environment, transport: transport,
                names: settings.names
            ).resolve()
            let configuration = try SharedConfiguration(profile: settings.profile, environment: environment)
            let address = try ServiceEndpoint.address(
                of: .cloudWatch, in: region, setting: settings.endpointURI,
                allowsPlainHTTP: settings.allowsPlainHTTP, environment: environment, configuration: configuration,
                names: settings.names)
            return (region.name, address)
        }
    }
}
