/// The first line of a recording.
struct RecordingHeader: Equatable, Sendable {
    /// Raised when older tools would read it wrongly; new fields and events do not raise it.
    static let version: UInt64 = 1

    /// What ran, as given.
    let description: String
    /// When it started: UTC, as in 2026-11-22T12:00:00Z.
    let started: String

    var json: JSONValue {
        .object([
            .init("timepiece", .string("recording")), .init("version", .unsigned(Self.version)),
            .init("started", .string(started)), .init("description", .string(description)),
        ])
    }
}
