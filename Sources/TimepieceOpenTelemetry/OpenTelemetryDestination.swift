import Timepiece
import TimepieceCloudWatch
import TimepieceTelemetry

/// The settings and the environment, checked and put together.
package struct OpenTelemetryDestination: Sendable {
    /// The address that requests are posted to.
    let url: String
    /// The same without path and query, for messages.
    let origin: String
    let headers: [HTTPHeader]
    let authorities: TrustedAuthorities?
    let clientCertificate: ClientCertificate?
    let compresses: Bool
    let timeout: Duration
    let interval: Duration
    let temporality: OpenTelemetryPoint.Temporality
    let resource: OpenTelemetryResource
    let spool: String?
    let spoolLimit: Int
    /// Doubts about values that are allowed, a sentence each, without secrets.
    package private(set) var doubts: [String] = []

    /// The longest time between two exports.
    private static let longestInterval: Duration = .seconds(86_400)

    /// - Throws: if a setting or a variable cannot be used.
    package init(_ settings: OpenTelemetrySettings) throws(OpenTelemetrySettingsError) {
        let environment = settings.environment ?? .ofProcess()
        if let missing = NetworkLibraries.missing { throw OpenTelemetrySettingsError("OTLP needs \(missing).") }
        url = try Self.url(settings.endpoint, environment)
        guard let parts = URLParts(url) else {
            throw OpenTelemetrySettingsError("The endpoint for OTLP is not an address such as http://127.0.0.1:4318.")
        }
        origin = parts.origin
        headers = try Self.headers(environment)
        authorities = try Self.authorities(environment)
        clientCertificate = try Self.clientCertificate(environment)
        let compression = Self.value("COMPRESSION", environment)
        compresses = compression?.value.lowercased() != "none"
        var doubts: [String] = []
        if let compression, !["gzip", "none"].contains(compression.value.lowercased()) {
            doubts.append("\(compression.variable) may be gzip or none; gzip is used.")
        }
        timeout = Self.milliseconds(
            Self.value("TIMEOUT", environment), from: .milliseconds(1), otherwise: .seconds(10), &doubts)
        interval = try Self.interval(settings.interval, environment, &doubts)
        temporality = try Self.temporality(settings.temporality, environment)
        let known = environment.openTelemetryAttributes()
        let attributes =
            known.attributes.filter { settings.resourceAttributes[$0.name] == nil }
            + settings.resourceAttributes.map { MetricLabel($0.key, $0.value) }
        resource = OpenTelemetryResource(attributes.sorted { $0.name < $1.name })
        if let doubt = known.doubt { doubts.append(doubt) }
        if !headers.isEmpty, parts.scheme == "http", !parts.isLoopback {
            doubts.append(
                "The headers of OTEL_EXPORTER_OTLP_HEADERS go to \(parts.origin) over plain http, where everyone on the way "
                    + "can read them.")
        }
        guard settings.flushDeadline >= .zero, settings.flushDeadline <= .seconds(60) else {
            throw OpenTelemetrySettingsError("The deadline for the last flush may be 0 to 60 s.")
        }
        guard settings.spoolLimit >= 256 << 10 else {
            throw OpenTelemetrySettingsError(
                "A spool of \(settings.spoolLimit) bytes is too small; it takes at least 262144.")
        }
        if let path = settings.spool, path != "none", let reason = SpoolLocation.mistake(path) {
            throw OpenTelemetrySettingsError("The spool \(path) cannot be opened for writing: \(reason).")
        }
        spool = settings.spool == "none" ? nil : settings.spool ?? SpoolLocation.standard(environment, name: "otlp")
        spoolLimit = settings.spoolLimit
        self.doubts = doubts
    }

    /// The name in a spool, the same at the next start, when headers may differ: data stay with the program they belong
    /// to.
    var name: String {
        "otlp \(temporality) \(String(resource.fingerprint, radix: 16)) \(String(Self.fingerprint(url), radix: 16)) \(origin)"
    }

    /// The condition for two publishers to share one sender.
    var key: DestinationKey {
        let certificate = [
            clientCertificate?.certificatePath, clientCertificate?.keyPath, clientCertificate?.authoritiesPath,
        ]
        var parts = ["otlp", url, name, spool, String(spoolLimit), "\(interval)", "\(timeout)", String(compresses)]
        parts += certificate
        for header in headers { parts += [header.name, header.value] }
        return DestinationKey(parts)
    }

    private static func fingerprint(_ text: String) -> UInt64 {
        text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    }

    /// The value of a variable for metrics, or of that for all signals, and which it was.
    private static func value(_ name: String, _ environment: Environment) -> (variable: String, value: String)? {
        for variable in ["OTEL_EXPORTER_OTLP_METRICS_\(name)", "OTEL_EXPORTER_OTLP_\(name)"] {
            if let value = environment.filled(variable) { return (variable, value) }
        }
        return nil
    }

    private static func url(
        _ setting: String?, _ environment: Environment
    ) throws(OpenTelemetrySettingsError) -> String {
        if let setting { return try full(setting, "The endpoint", isBase: true) }
        if let transport = value("PROTOCOL", environment), transport.value.lowercased() == "grpc" {
            throw OpenTelemetrySettingsError(
                "\(transport.variable) is grpc; statistics are sent by http/protobuf, for which receivers have a port of "
                    + "their own, mostly 4318: set OTEL_EXPORTER_OTLP_METRICS_PROTOCOL=http/protobuf and "
                    + "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT.")
        }
        let own = "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT"
        if let address = environment.filled(own) { return try full(address, own, isBase: false) }
        let general = "OTEL_EXPORTER_OTLP_ENDPOINT"
        return try full(environment.filled(general) ?? "http://localhost:4318", general, isBase: true)
    }

    private static func full(
        _ address: String, _ origin: String, isBase: Bool
    ) throws(OpenTelemetrySettingsError) -> String {
        guard address.utf8.allSatisfy({ $0 > 32 && $0 < 127 }), let parts = URLParts(address) else {
            throw OpenTelemetrySettingsError(
                "\(origin) is not an address such as http://127.0.0.1:4318, with http or https and without a user name; a "
                    + "name and a password go into OTEL_EXPORTER_OTLP_HEADERS.")
        }
        guard isBase else { return address }
        guard parts.query.isEmpty else {
            throw OpenTelemetrySettingsError(
                "\(origin) at \(parts.origin) has a query, to which no path can be added; "
                    + "OTEL_EXPORTER_OTLP_METRICS_ENDPOINT takes an address as it is.")
        }
        var path = parts.path
        while path.hasSuffix("/") { path.removeLast() }
        // A value that already contains it, as copied from the documentation of a receiver.
        return parts.origin + (path.hasSuffix("/v1/metrics") ? path : path + "/v1/metrics")
    }

    /// Headers that define the end of a request, or the type of its body.
    private static let framing: Set<String> = [
        "connection", "content-encoding", "content-length", "content-type", "expect", "te", "trailer",
        "transfer-encoding", "upgrade",
    ]

    private static func headers(_ environment: Environment) throws(OpenTelemetrySettingsError) -> [HTTPHeader] {
        guard let (variable, list) = value("HEADERS", environment) else { return [] }
        guard let pairs = Environment.pairs(list) else {
            throw OpenTelemetrySettingsError(
                "\(variable) is not a list such as api-key=…,x-tenant=…, in which other characters are percent-encoded."
            )
        }
        for (name, value) in pairs {
            let isName = name.utf8.allSatisfy { $0 > 32 && $0 < 127 && $0 != 58 }
            guard isName, value.utf8.allSatisfy({ $0 >= 32 && $0 != 127 || $0 == 9 }) else {
                throw OpenTelemetrySettingsError(
                    "\(variable) has an entry that can stand in no header: a line break, or a name with a blank or colon."
                )
            }
            guard !framing.contains(name.lowercased()) else {
                throw OpenTelemetrySettingsError(
                    "\(variable) has the header \(name.lowercased()), which says how a request is sent, and is set for each of "
                        + "them.")
            }
        }
        return pairs.map { HTTPHeader($0.name, $0.value) }
    }

    private static func authorities(
        _ environment: Environment
    ) throws(OpenTelemetrySettingsError) -> TrustedAuthorities? {
        guard let (variable, path) = value("CERTIFICATE", environment) else { return nil }
        do throws(CredentialsError) {
            return try TrustedAuthorities(checking: path, origin: variable)
        } catch {
            throw OpenTelemetrySettingsError(error.sentence)
        }
    }

    private static func clientCertificate(
        _ environment: Environment
    ) throws(OpenTelemetrySettingsError) -> ClientCertificate? {
        let (certificate, key) = (value("CLIENT_CERTIFICATE", environment), value("CLIENT_KEY", environment))
        guard certificate != nil || key != nil else { return nil }
        guard let certificate, let key else {
            throw OpenTelemetrySettingsError(
                "OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE and OTEL_EXPORTER_OTLP_CLIENT_KEY need each other, and only one of "
                    + "them is set.")
        }
        return ClientCertificate(
            certificatePath: certificate.value, keyPath: key.value,
            authoritiesPath: value("CERTIFICATE", environment)?.value)
    }

    private static func interval(
        _ setting: Duration?, _ environment: Environment, _ doubts: inout [String]
    ) throws(OpenTelemetrySettingsError) -> Duration {
        if let setting {
            guard setting >= .milliseconds(100), setting <= longestInterval else {
                throw OpenTelemetrySettingsError("The interval may be 0.1 s to a day.")
            }
            return setting
        }
        let variable = "OTEL_METRIC_EXPORT_INTERVAL"
        return milliseconds(
            environment.filled(variable).map { (variable, $0) }, from: .milliseconds(100), otherwise: .seconds(60),
            &doubts)
    }

    /// Reads milliseconds; an invalid value is ignored and reported, as OpenTelemetry's specification requires.
    private static func milliseconds(
        _ given: (variable: String, value: String)?, from least: Duration, otherwise standard: Duration,
        _ doubts: inout [String]
    ) -> Duration {
        guard let (variable, text) = given else { return standard }
        guard let number = Int64(text), number <= 86_400_000, .milliseconds(number) >= least else {
            doubts.append(
                "\(variable) is \"\(text.prefix(40))\"; it may be a number of milliseconds from "
                    + "\(least.nanoseconds / 1_000_000) to 86400000. \(standard.nanoseconds / 1_000_000) is used.")
            return standard
        }
        return .milliseconds(number)
    }

    private static func temporality(
        _ setting: OpenTelemetrySettings.Temporality?, _ environment: Environment
    ) throws(OpenTelemetrySettingsError) -> OpenTelemetryPoint.Temporality {
        if let setting { return setting == .delta ? .delta : .cumulative }
        let variable = "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE"
        switch environment.filled(variable)?.lowercased() {
        case nil, "cumulative": return .cumulative
        // Lower memory has delta where nothing is added up for the other, which here is everywhere.
        case "delta", "lowmemory": return .delta
        case let other?:
            throw OpenTelemetrySettingsError(
                "\(variable) is \"\(other.prefix(40))\"; it may be cumulative, delta or lowmemory.")
        }
    }
}
