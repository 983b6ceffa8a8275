public import CGStreamer

/// A message of Timepiece's elements on the bus, typed.
///
/// ```swift
/// switch try TimepieceMessage(message) {
/// case .tick(let tick): print(tick.label, tick.averageRate)
/// case .stall(let stall): print(stall.label, "is stalled")
/// default: break
/// }
/// ```
/// Fields that this version does not know are ignored, so that programs continue to work with newer elements.
public enum TimepieceMessage: Sendable, Equatable {
    case tick(TickMessage)
    case watch(WatchMessage)
    case alarm(AlarmMessage)
    case stall(StallMessage)
    case resume(ResumeMessage)
    case cloudWatch(CloudWatchMessage)
    /// The status of publishing in OpenTelemetry's protocol; the fields are those of CloudWatch's message.
    case openTelemetry(CloudWatchMessage)
    case pipeline(PipelineMessage)

    /// Reads a message from the bus; nil if it is not one of Timepiece's.
    ///
    /// - Throws: ``MessageError`` if it is one of Timepiece's, and lacks a field.
    public init?(_ message: UnsafeMutablePointer<GstMessage>) throws(MessageError) {
        guard unsafe message.pointee.type == GST_MESSAGE_ELEMENT,
            let structure = unsafe gst_message_get_structure(message),
            let name = unsafe gst_structure_get_name(structure),
            unsafe String(cString: name).hasPrefix("timepiece-"),
            let fields = unsafe MessageFields(structure)
        else { return nil }
        try self.init(fields)
    }

    /// Reads a message from its fields; nil if this version does not know the name.
    ///
    /// The structures of the elements' property `stats` are read, too.
    public init?(_ fields: MessageFields) throws(MessageError) {
        switch fields.name {
        case "timepiece-tick", "application/x-timepiece-tick-stats": self = .tick(try TickMessage(fields))
        case "timepiece-watch", "application/x-timepiece-watch-stats": self = .watch(try WatchMessage(fields))
        case "timepiece-alarm": self = .alarm(try AlarmMessage(fields))
        case "timepiece-stall": self = .stall(try StallMessage(fields))
        case "timepiece-resume": self = .resume(try ResumeMessage(fields))
        case "timepiece-cloudwatch": self = .cloudWatch(try CloudWatchMessage(fields))
        case "timepiece-otlp": self = .openTelemetry(try CloudWatchMessage(fields))
        case "timepiece-pipeline": self = .pipeline(try PipelineMessage(fields))
        default: return nil
        }
    }

    /// The label of the element that posted the message, or the name of the pipeline.
    public var label: String {
        switch self {
        case .tick(let tick): tick.label
        case .watch(let watch): watch.label
        case .alarm(let alarm): alarm.label
        case .stall(let stall): stall.label
        case .resume(let resume): resume.label
        case .cloudWatch(let status), .openTelemetry(let status): status.label
        case .pipeline(let pipeline): pipeline.pipeline
        }
    }
}
