import Synchronization
import Timepiece

/// The senders of the process, one for each destination that somebody publishes to.
final class SenderRegistry: Sendable {
    static let shared = SenderRegistry()

    private struct Entry {
        let sender: Sender
        var users = 0
    }

    private let entries = Mutex<[DestinationKey: Entry]>([:])

    private init() {
        ExitHandler.register()
    }

    /// Returns the sender for a destination, which is made if there is none.
    func acquire(_ settings: CloudWatchSettings) -> Sender {
        entries.withLock { entries in
            let key = DestinationKey(settings)
            var entry: Entry
            if let known = entries[key] {
                entry = known
            } else {
                entry = Entry(sender: Sender(settings))
                entry.sender.start()
            }
            entry.users += 1
            entries[key] = entry
            return entry.sender
        }
    }

    /// Gives a sender back; returns true if it has no other user, so that it is to end.
    func release(_ settings: CloudWatchSettings) -> Bool {
        entries.withLock { entries in
            let key = DestinationKey(settings)
            guard var entry = entries[key] else { return true }
            entry.users -= 1
            entries[key] = entry.users > 0 ? entry : nil
            return entry.users <= 0
        }
    }

    /// Ends all that are left, as the process ends.
    func closeAll(within deadline: Duration) {
        let end = MonotonicInstant.now().advanced(by: deadline)
        let senders = entries.withLock { $0.values.map(\.sender) }
        for sender in senders { sender.closeAll(within: max(.zero, MonotonicInstant.now().duration(to: end))) }
        for sender in senders { sender.awaitFlush(within: max(.zero, MonotonicInstant.now().duration(to: end))) }
    }
}

/// What makes two publishers share one sender: the same way out with the same keys.
struct DestinationKey: Hashable, Sendable {
    /// All settings that matter, secrets among them: to be compared, never to be shown.
    private let parts: [String?]
    private let provider: ObjectIdentifier?

    init(_ settings: CloudWatchSettings) {
        provider = settings.credentials.map { ObjectIdentifier($0) }
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
    /// Whether what cannot be sent is to be kept in a file.
    var hasSpool: Bool { !dryRun && spool != "none" }

    /// The name of the destination in a spool, the same at the next start, when keys may be others.
    var destination: String {
        if dryRun { return "dry-run" }
        if let emf { return "emf \(emf)" }
        let place = [("region", region), ("endpoint", endpointURI), ("profile", profile)]
        return "service" + place.map { " \($0.0)=\($0.1 ?? "")" }.joined()
    }
}
