import Timepiece

/// The number and the length of stalls, for readers that count from the start of a meter.
struct StallTally: Sendable {
    /// The stalls that began.
    private(set) var count: UInt64 = 0
    /// The time of those that are over, in nanoseconds.
    private var over: UInt64 = 0
    /// When the present stall began.
    private var began: UInt64?
    /// The largest time that was read: if the end of a stall becomes known only later, the time must not fall.
    private var shown: UInt64 = 0

    /// Follows an event; an event of a known stall changes nothing.
    mutating func note(_ event: StallDetector.Event, at now: UInt64) {
        switch event {
        case .stalled(_, let length):
            guard began == nil else { return }
            count.addSaturating(1)
            began = now &- min(now, UInt64(clamping: length.nanoseconds))
        case .resumed(_, let length):
            over.addSaturating(UInt64(clamping: length.nanoseconds))
            began = nil
        }
    }

    /// The stream is no longer expected to flow; a present stall ends here.
    mutating func rest(at now: UInt64) {
        guard let began else { return }
        over.addSaturating(now &- min(now, began))
        self.began = nil
    }

    /// Reads it as of an instant.
    mutating func read(at now: UInt64) -> StallTotals {
        let current = began.map { now &- min(now, $0) } ?? 0
        shown = max(shown, over.addingSaturating(current))
        return StallTotals(count: count, nanoseconds: shown, isStalled: began != nil)
    }
}

/// The stalls since a meter was made.
package struct StallTotals: Sendable, Equatable {
    package var count: UInt64 = 0
    /// How long they lasted, including a present one.
    package var nanoseconds: UInt64 = 0
    package var isStalled = false
}
