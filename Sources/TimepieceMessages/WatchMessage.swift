/// What `timepiecewatch` says of one window: the watch with all below it.
public struct WatchMessage: Sendable, Equatable {
    /// The label of the element that spoke.
    public let label: String
    /// The full name, with the names of the watches above and dots between.
    public let watch: String
    /// Where the last buffer stands in the stream.
    public let position: StreamPosition
    /// How long the window was open, pauses not counted.
    public let duration: Duration
    /// The laps that ended in the window.
    public let laps: IntervalSummary
    /// The sum less the sums of the children.
    public let selfTime: Duration
    /// The part of the parent's sum, 1 without a parent.
    public let share: Double
    /// Buffers at a stop of which no start is known, and stamps that did not arrive.
    public let unmatchedCount: UInt64
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
        var children: [WatchMessage] = []
        for child in try fields.list("children") {
            guard case .fields(let fields) = child else {
                throw MessageError(
                    message: fields.name, field: "children", problem: .wrongType(expected: "an array of structures"))
            }
            children.append(try WatchMessage(fields))
        }
        self.children = children
    }
}
