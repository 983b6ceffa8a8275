/// The firing of an alarm.
public struct AlarmMessage: Sendable, Equatable {
    /// The label of the element that posted the message.
    public let label: String
    /// The alarm's name.
    public let alarm: String
    /// `interval`, `ordinal`, `at` or `after`.
    public let kind: String
    /// The number of this firing, from 1.
    public let count: UInt64
    /// When it was due, on its own clock; nil if its kind has no time.
    public let due: Duration?
    /// When it fired, on the same clock.
    public let fired: Duration?
    /// The running time of the buffer that fired it.
    public let runningTime: Duration?

    /// Reads the message.
    public init(_ fields: MessageFields) throws(MessageError) {
        label = try fields.text("label")
        alarm = try fields.text("alarm")
        kind = try fields.text("kind")
        count = try fields.count("count")
        due = try fields.time("due")
        fired = try fields.time("fired")
        runningTime = try fields.time("running-time")
    }
}
