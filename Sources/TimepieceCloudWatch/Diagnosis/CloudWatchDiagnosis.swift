import Glibc
import Timepiece

/// Checks of everything that publishing to CloudWatch needs, for people.
///
/// Metrics would arrive if no finding is bad. No finding contains a secret.
public struct CloudWatchDiagnosis: Sendable {
    /// The result of one check.
    public struct Finding: Sendable, Equatable {
        /// The grades of a finding.
        public enum Verdict: String, Sendable {
            /// As required.
            case good
            /// Metrics arrive, but something is not as it should be.
            case doubtful
            /// It keeps metrics from arriving.
            case bad
        }

        /// The subject of the check, such as `region`.
        public let topic: String
        /// The grade of the finding.
        public let verdict: Verdict
        /// What was found, in a sentence.
        public let text: String
        /// What to do about it.
        public let advice: String?

        init(_ topic: String, _ verdict: Verdict, _ text: String, advice: String? = nil) {
            self.topic = topic
            self.verdict = verdict
            self.text = text
            self.advice = advice
        }
    }

    /// The findings, in order of dependency.
    public private(set) var findings: [Finding] = []

    /// Whether metrics would arrive.
    public var isGood: Bool { findings.allSatisfy { $0.verdict != .bad } }

    /// Runs all checks, and sends one signed request without data.
    ///
    /// Takes as long as the network needs, half a minute at worst; no metric is made.
    ///
    /// - Parameter settings: the metric and its destination.
    public init(_ settings: CloudWatchSettings) {
        let environment = settings.environment ?? .ofProcess()
        if let missing = NetworkLibraries.missing {
            add("libraries", .bad, "CloudWatch needs \(missing).", advice: "Install the package.")
            return
        }
        add("libraries", .good, "libcurl, OpenSSL and SQLite are there.")
        do throws(CloudWatchSettingsError) {
            try settings.validate()
            add("settings", .good, "The namespace is \(settings.namespace).")
        } catch {
            add("settings", .bad, error.description, advice: "Correct \(settings.names(error.property)).")
        }
        examine(settings, environment)
        examineSpool(settings, environment)
    }

    private mutating func add(_ topic: String, _ verdict: Finding.Verdict, _ text: String, advice: String? = nil) {
        findings.append(Finding(topic, verdict, text, advice: advice))
    }

    /// Checks certificates, region, address and keys, and sends a request to the service if all are present.
    private mutating func examine(_ settings: CloudWatchSettings, _ environment: Environment) {
        guard
            let configuration = find(
                "profile",
                { () throws(CredentialsError) in
                    try SharedConfiguration(profile: settings.profile, environment: environment)
                }),
            let authorities = find(
                "certificates",
                { () throws(CredentialsError) in
                    try TrustedAuthorities.find(environment, configuration)
                })
        else { return }
        let place = authorities.map { "\($0.path)\($0.isDirectory ? " (a directory)" : "")" } ?? "the system's file"
        add("certificates", .good, "Servers are trusted by the word of \(place).")
        let transport = CurlTransport(authorities: authorities)
        let region = find("region") { () throws(CredentialsError) in
            try RegionResolver(
                setting: settings.region, profile: settings.profile, environment: environment, transport: transport,
                names: settings.names
            ).resolve()
        }
        if let region { add("region", .good, "The region is \(region.name).") }
        let address = region.flatMap { region in
            find("endpoint") { () throws(CredentialsError) in
                try ServiceEndpoint.address(
                    of: .cloudWatch, in: region, setting: settings.endpointURI,
                    allowsPlainHTTP: settings.allowsPlainHTTP, environment: environment, configuration: configuration,
                    names: settings.names)
            }
        }
        if let address {
            add("endpoint", .good, "Requests go to \(address).")
            examineProxy(address, environment)
        }
        let found = find("keys") { () throws(CredentialsError) in
            let keys = try settings.credentials(in: environment)
            return try CredentialsSearch(settings: keys, transport: transport).find(at: .now())
        }
        guard let (keys, origin) = found else { return }
        if let hint = keys.hint {
            add("keys", .doubtful, "The keys come from \(origin). \(hint)", advice: "Write the secret again.")
        } else {
            add("keys", .good, "The keys come from \(origin): \(keys.description).")
        }
        if let region, let address { ask(settings, address, region, keys, transport) }
    }

    /// Searches for a value; nil, and a finding, if it is missing.
    private mutating func find<Value>(
        _ topic: String, _ search: () throws(CredentialsError) -> Value
    ) -> Value? {
        do throws(CredentialsError) {
            return try search()
        } catch {
            add(topic, .bad, error.sentence, advice: Self.advice(topic))
            return nil
        }
    }

    private static func advice(_ topic: String) -> String? {
        switch topic {
        case "keys":
            "Attach a role to the machine or container, or give the device a user's keys: pipelines/cloudwatch/README.md."
        case "certificates": "Correct AWS_CA_BUNDLE, REQUESTS_CA_BUNDLE or ca_bundle of the profile, or take it away."
        case "profile": "Correct the files under ~/.aws, AWS_PROFILE or the profile that was given."
        default: nil
        }
    }

    private mutating func examineProxy(_ address: String, _ environment: Environment) {
        let isSecure = address.hasPrefix("https:")
        let names = (isSecure ? ["https_proxy", "HTTPS_PROXY"] : ["http_proxy"]) + ["all_proxy", "ALL_PROXY"]
        guard let name = names.first(where: { environment.filled($0) != nil }), let proxy = environment.filled(name)
        else { return add("proxy", .good, "No proxy is set.") }
        // A name and a password may precede the host.
        let host = proxy.split(separator: "@").last.map(String.init) ?? proxy
        let exceptions = environment.filled("no_proxy") ?? environment.filled("NO_PROXY")
        add(
            "proxy", .good,
            "Requests go through the proxy \(host) of \(name)" + (exceptions.map { ", but not to \($0)." } ?? "."))
    }

    /// Sends a request without data, which shows whether the service accepts the keys.
    private mutating func ask(
        _ settings: CloudWatchSettings, _ address: String, _ region: Region, _ keys: Credentials,
        _ transport: CurlTransport
    ) {
        var reply = send(settings, address, region, keys, transport, at: .now())
        if case .success(let response) = reply, let date = response.date {
            examineClock(date)
            let verdict = ServiceReply(response, from: address).verdict(for: PutMetricDataEncoder())
            if case .wrongTime = verdict { reply = send(settings, address, region, keys, transport, at: date) }
        }
        switch reply {
        case .failure(let error):
            add(
                "request", .bad, error.sentence,
                advice: "Let the device reach \(address): name resolution, firewall, proxy, trusted certificates.")
        case .success(let response):
            judge(ServiceReply(response, from: address).verdict(for: PutMetricDataEncoder()), settings)
        }
    }

    private mutating func judge(_ verdict: DeliveryVerdict, _ settings: CloudWatchSettings) {
        switch verdict {
        case .accepted, .acceptedWithout, .acceptedPartly:
            add("request", .good, "The service took a signed request.")
        case .refused(let sentence), .rejected(let sentence):
            // The request has no data, which is an error; the service checked keys and policy before that.
            add(
                "request", .good,
                "The service took the keys, and refused a request without data as it should: \(sentence)")
        case .throttled(let sentence, _):
            add("request", .doubtful, sentence, advice: "The service wants fewer requests from this account.")
        case .unauthorized(let sentence):
            add(
                "request", .bad, sentence,
                advice: "Let the keys' owner do cloudwatch:PutMetricData in \(settings.namespace): "
                    + "`timepiece policy --namespace \(settings.namespace)` writes the policy.")
        case .wrongTime(let sentence):
            add("request", .bad, sentence, advice: "Set the clock of this machine.")
        case .failed(let sentence, _, _), .tooLong(let sentence):
            add("request", .bad, sentence, advice: "Look at what lies between this machine and the service.")
        }
    }

    private func send(
        _ settings: CloudWatchSettings, _ address: String, _ region: Region, _ keys: Credentials,
        _ transport: CurlTransport, at time: WallTime
    ) -> Result<HTTPResponse, TransportError> {
        let encoder = PutMetricDataEncoder()
        let base = address.hasSuffix("/") ? String(address.dropLast()) : address
        let body = Gzip.compress(encoder.body([], namespace: settings.namespace)) ?? []
        var request = HTTPRequest(
            method: "POST", url: base + encoder.path, headers: encoder.headers, body: body,
            allowsPlainHTTP: settings.allowsPlainHTTP)
        request.setHeader("Content-Encoding", "gzip")
        Signer.sign(&request, with: keys, region: region.name, service: "monitoring", at: time)
        do throws(TransportError) {
            return .success(try transport.send(request, connectTimeout: .seconds(5), timeout: .seconds(15)))
        } catch {
            return .failure(error)
        }
    }

    private mutating func examineClock(_ date: WallTime) {
        let skew = WallTime.now().duration(to: date)
        let seconds = skew.components.seconds
        if abs(seconds) < 300 {
            add("clock", .good, "The clock of this machine agrees with the service's within \(abs(seconds) + 1) s.")
        } else {
            add(
                "clock", .doubtful,
                "The service's clock is \(abs(seconds)) s \(seconds > 0 ? "ahead of" : "behind") this machine's. Requests are "
                    + "signed and data dated by the service's.", advice: "Set the clock of this machine.")
        }
    }

    private mutating func examineSpool(_ settings: CloudWatchSettings, _ environment: Environment) {
        guard settings.spool != "none" else {
            return add("spool", .doubtful, "There is no spool: what cannot be sent is lost when the process ends.")
        }
        let path = settings.spool ?? SpoolLocation.standard(environment)
        var status = stat()
        guard unsafe stat(path, &status) == 0 else {
            return add("spool", .good, "The spool \(path) is made when it is needed.")
        }
        do throws(SpoolError) {
            let spool = try Spool(
                path: path, destination: settings.destination, boot: BootIdentity.current, limit: settings.spoolLimit,
                lease: .seconds(180))
            let summary = try spool.summary()
            let oldest = summary.oldest.map { ", the oldest of \($0)" } ?? ""
            add("spool", .good, "The spool \(path) has \(summary.count) data for this destination\(oldest).")
        } catch {
            add(
                "spool", .doubtful, error.description,
                advice: "Let the process write there, or set \(settings.names("cloudwatch-spool")).")
        }
    }
}
