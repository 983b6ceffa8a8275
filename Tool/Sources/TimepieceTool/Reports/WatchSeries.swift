import TimepieceMessages

/// The windows of one watch, in order.
struct WatchSeries {
    struct Window {
        let at: Duration
        let length: Duration
        let laps: IntervalSummary
        let selfTime: Duration
        let unmatched: UInt64
        /// What newer elements count; nil in older recordings.
        let inFlight: UInt64?
        let oldestInFlight: Duration?
        let merged: UInt64?
    }

    let path: String
    var windows: [Window] = []

    mutating func add(_ message: WatchMessage, _ fields: MessageFields, at now: Duration) {
        windows.append(
            Window(
                at: now, length: message.duration, laps: message.laps, selfTime: message.selfTime,
                unmatched: message.unmatchedCount, inFlight: fields.count("in-flight"),
                oldestInFlight: fields.count("oldest-in-flight").map { .nanoseconds(Int64(clamping: $0)) },
                merged: fields.count("num-merged")))
    }
}
