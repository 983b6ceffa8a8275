/// The report of `timepiecewatch` about one window: the watch with all watches below it.
public struct WatchMessage: Sendable, Equatable {
    /// The label of the element that posted the message.
    public let label: String
    /// The full name, preceded by the names of the watches above, separated by dots.
    public let watch: String
    /// The position of the last buffer in the stream.
    public let position: StreamPosition
    /// How long the window was open, pauses not counted.
    public let duration: Duration
    /// The laps that ended in the window.
    public let laps: IntervalSummary
    /// The sum less the sums of the children.
    public let selfTime: Duration
    /// The fraction of the parent's sum, 1 without a parent.
    public let share: Double
    /// Buffers that passed a start and did not arrive at the stop, or were not recognized there.
    public let unmatchedCount: UInt64
    /// Buffers that arrived only as a part of a buffer for which another part made the lap; 0 in older recordings.
    public let mergedCount: UInt64
    /// Buffers that passed a start and have not arrived yet; 0 in older recordings.
    public let inFlightCount: UInt64
    /// How long ago the oldest of them passed the start, zero if none is in flight.
    public let oldestInFlight: Duration
    /// The watches below, or the starts of a stop if there are several.
    public let children: [WatchMessage]

    /// Reads the message and, through all levels, its children.
    public init(_ fields: MessageFields) throws(MessageError) {
        label = try fields.text("label")
        watch = try fields.text("watch")
        position = try StreamPosition(fields)
        duration = try fields.duration("duration")
        laps = try IntervalSummary(fields)
        selfTime = try fields.duration("self-time")
        share = try fields.real("share")
        unmatchedCount = try fields.count("num-unmatched")
        mergedCount = try fields.laterCount("num-merged")
        inFlightCount = try fields.laterCount("in-flight")
        oldestInFlight = .nanoseconds(Int64(clamping: try fields.laterCount("oldest-in-flight")))
        children = try fields.structures("children", as: WatchMessage.init)
    }
}
