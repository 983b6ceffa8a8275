import Synchronization
import Timepiece

/// The senders of the process, one for each destination in use.
package final class SenderRegistry: Sendable {
    package static let shared = SenderRegistry()

    private struct Entry {
        let sender: Sender
        var users = 0
    }

    private let entries = Mutex<[DestinationKey: Entry]>([:])

    private init() {
        ExitHandler.register()
    }

    /// Returns the sender for a destination, which is made and started if there is none.
    package func acquire(_ key: DestinationKey, _ make: () -> Sender) -> Sender {
        entries.withLock { entries in
            var entry: Entry
            if let known = entries[key] {
                entry = known
            } else {
                entry = Entry(sender: make())
                entry.sender.start()
            }
            entry.users += 1
            entries[key] = entry
            return entry.sender
        }
    }

    /// Releases a sender; returns true if it has no other user, so that it has to end.
    package func release(_ key: DestinationKey) -> Bool {
        entries.withLock { entries in
            guard var entry = entries[key] else { return true }
            entry.users -= 1
            entries[key] = entry.users > 0 ? entry : nil
            return entry.users <= 0
        }
    }

    /// Ends all remaining senders, as the process ends.
    func closeAll(within deadline: Duration) {
        let end = MonotonicInstant.now().advanced(by: deadline)
        let senders = entries.withLock { $0.values.map(\.sender) }
        for sender in senders { sender.closeAll(within: max(.zero, MonotonicInstant.now().duration(to: end))) }
        for sender in senders { sender.awaitFlush(within: max(.zero, MonotonicInstant.now().duration(to: end))) }
    }
}

/// The condition for two publishers to share one sender: the same destination with the same keys.
package struct DestinationKey: Hashable, Sendable {
    /// All relevant settings, including secrets: compared, and never shown.
    private let parts: [String?]
    private let provider: ObjectIdentifier?

    /// - Parameter parts: the parts that distinguish it from any other, in a fixed order.
    package init(_ parts: [String?]) {
        self.parts = parts
        provider = nil
    }

    /// - Parameter openTelemetry: whether it is the sender of OpenTelemetry's protocol.
    init(_ settings: CloudWatchSettings, openTelemetry: Bool = false) {
        provider = settings.credentials.map { ObjectIdentifier($0) }
        let certificate = settings.iotCertificate?.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] } ?? []
        parts =
            [
                settings.region, settings.accessKey, settings.secretAccessKey, settings.sessionToken, settings.profile,
                settings.endpointURI, settings.spool, String(settings.spoolLimit), settings.emf,
                String(settings.dryRun), String(settings.allowsPlainHTTP), openTelemetry ? "otlp" : nil,
            ] + certificate
    }
}

extension DestinationKey: CustomStringConvertible, CustomReflectable {
    /// Nothing of what it holds.
    package var description: String { "a destination" }

    /// Nothing of what it holds.
    package var customMirror: Mirror { Mirror(self, children: ["description": description]) }
}

extension CloudWatchSettings {
    /// Whether data that cannot be sent are kept in a file.
    var hasSpool: Bool { !dryRun && spool != "none" }

    /// The name of the destination of OpenTelemetry's protocol in a spool.
    var openTelemetryDestination: String { "otlp \(destination)" }

    /// The name of the destination in a spool, the same at the next start, when the keys may differ.
    var destination: String {
        if dryRun { return "dry-run" }
        if let emf { return "emf \(emf)" }
        let place = [("region", region), ("endpoint", endpointURI), ("profile", profile)]
        return "service" + place.map { " \($0.0)=\($0.1 ?? "")" }.joined()
    }
}
