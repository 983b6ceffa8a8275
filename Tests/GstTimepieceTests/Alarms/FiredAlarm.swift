/// The fields of a message `timepiece-alarm`.
struct FiredAlarm: Sendable, Equatable {
    let name: String
    let kind: String
    let count: UInt64
    let due: UInt64
    let fired: UInt64
    let runningTime: UInt64

    init?(_ structure: Structure) {
        guard let name = structure.text("alarm"), let kind = structure.text("kind"),
            let count = structure.unsigned("count"), let due = structure.unsigned("due"),
            let fired = structure.unsigned("fired"), let runningTime = structure.unsigned("running-time")
        else { return nil }
        self.name = name
        self.kind = kind
        self.count = count
        self.due = due
        self.fired = fired
        self.runningTime = runningTime
    }
}

extension MessageLog {
    /// The firings of all alarms of a source, or of one alarm.
    func alarms(_ name: String? = nil, from source: String? = nil) -> [FiredAlarm] {
        structures("timepiece-alarm", from: source).compactMap(FiredAlarm.init).filter {
            name == nil || $0.name == name
        }
    }
}
