import Timepiece

/// What makes two publishers share one sender: the same way out with the same keys.
struct DestinationKey: Hashable, Sendable {
    /// All settings that matter, secrets among them: to be compared, never to be shown.
    private let parts: [String?]

    init(_ settings: CloudWatchSettings) {
        let certificate = settings.iotCertificate?.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] } ?? []
        parts =
            [
                settings.region, settings.accessKey, settings.secretAccessKey, settings.sessionToken, settings.profile,
                settings.endpointURI, settings.spool, String(settings.spoolLimit), settings.emf,
                String(settings.dryRun), String(settings.allowsPlainHTTP),
            ] + certificate
    }
}

extension DestinationKey: CustomStringConvertible, CustomReflectable {
    /// Nothing of what it holds.
    var description: String { "a destination" }

    /// Nothing of what it holds.
    var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}

extension CloudWatchSettings {
    /// The name of the destination in a spool, the same at the next start, when keys may be others.
    var destination: String {
        if dryRun { return "dry-run" }
        if let emf { return "emf \(emf)" }
        let place = [("region", region), ("endpoint", endpointURI), ("profile", profile)]
        return "service" + place.map { " \($0.0)=\($0.1 ?? "")" }.joined()
    }
}
