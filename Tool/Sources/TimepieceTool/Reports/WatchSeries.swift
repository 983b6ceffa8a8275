import TimepieceMessages

/// The windows of one watch, in order.
struct WatchSeries {
    struct Window {
        let at: Duration
        let length: Duration
        let laps: IntervalSummary
        let selfTime: Duration
        let unmatched: UInt64
        /// The counts of newer elements; nil in older recordings.
        let inFlight: UInt64?
        let oldestInFlight: Duration?
        let merged: UInt64?
    }

    let path: String
    var windows: [Window] = []
    /// Whether its laps are from one point to another, and no thread's work.
    private(set) var isBetweenPoints = false

    mutating func add(_ message: WatchMessage, _ fields: MessageFields, at now: Duration) {
        isBetweenPoints = isBetweenPoints || message.isBetweenPoints
        windows.append(
            Window(
                at: now, length: message.duration, laps: message.laps, selfTime: message.selfTime,
                unmatched: message.unmatchedCount, inFlight: fields.count("in-flight"),
                oldestInFlight: fields.count("oldest-in-flight").map { .nanoseconds(Int64(clamping: $0)) },
                merged: fields.count("num-merged")))
    }
}

extension WatchMessage {
    /// Whether the laps are from one point to another, as far as this window shows: something is in flight or did not arrive,
    /// or laps overlap, which those of a thread cannot do.
    var isBetweenPoints: Bool {
        inFlightCount > 0 || mergedCount > 0 || unmatchedCount > 0 || duration > .zero && selfTime > duration * 1.05
    }
}
