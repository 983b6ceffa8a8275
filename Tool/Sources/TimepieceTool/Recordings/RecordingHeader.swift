/// The first line of a recording.
struct RecordingHeader: Equatable, Sendable {
    /// Raised when older tools would misread it; new fields and events do not raise it.
    static let version: UInt64 = 1

    /// The description of the run, as given.
    var description: String
    /// When it started: UTC, as in 2026-11-22T12:00:00.250Z; without the fraction in older recordings.
    var started: String
    /// The command of the run, quoted for a shell; nil in older recordings.
    var command: String?
    /// The labels of the Timepiece elements in the order of the description.
    var order: [String] = []
    /// The machine and the versions, by name, in the order to show them; empty in older recordings.
    var environment: [JSONValue.Member] = []

    var json: JSONValue {
        .object(
            [
                .init("timepiece", .string("recording")), .init("version", .unsigned(Self.version)),
                .init("started", .string(started)), .init("description", .string(description)),
            ] + (command.map { [.init("command", .string($0))] } ?? [])
                + (order.isEmpty ? [] : [.init("order", .array(order.map { .string($0) }))])
                + (environment.isEmpty ? [] : [.init("environment", .object(environment))]))
    }
}

extension RecordingHeader {
    /// Reads what ``json`` wrote; members that are missing or of another type are left empty.
    init(_ json: JSONValue) {
        description = json["description"]?.string ?? ""
        started = json["started"]?.string ?? ""
        command = json["command"]?.string
        order = json["order"]?.items.compactMap(\.string) ?? []
        if case .object(let members) = json["environment"] { environment = members.filter { $0.value.string != nil } }
    }
}
