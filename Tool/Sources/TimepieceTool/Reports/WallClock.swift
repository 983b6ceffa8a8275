/// The time of day at moments of a recording.
struct WallClock {
    /// The second of the day, UTC, at which the recording began; nil if it is not recorded.
    private let start: Double?

    /// - Parameter started: as ``RecordingHeader/started``.
    init(started: String) {
        let parts = started.split(separator: "T", maxSplits: 1).dropFirst().first?.filter { $0 != "Z" }
            .split(separator: ":").map { Double($0) }
        guard let parts, parts.count == 3, let hour = parts[0], let minute = parts[1], let second = parts[2],
            (0..<24).contains(hour), (0..<60).contains(minute), (0..<61).contains(second)
        else {
            start = nil
            return
        }
        start = hour * 3600 + minute * 60 + second
    }

    /// As in 12:00:31, or the time since the start if the time of day is unknown.
    func text(_ at: Duration) -> String {
        guard let start, !at.isUnknown else { return Texts.clock(at) }
        let seconds = UInt64(start + at.seconds) % 86_400
        func padded(_ number: UInt64) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(padded(seconds / 3600)):\(padded(seconds / 60 % 60)):\(padded(seconds % 60))"
    }
}
