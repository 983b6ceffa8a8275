/// The tracer's report of one pipeline in one window: each element, each queue, each thread, and which element is slow.
public struct PipelineMessage: Sendable, Equatable {
    /// The name of the pipeline.
    public let pipeline: String
    /// The time of the pipeline's clock, nil without one.
    public let timestamp: Duration?
    /// The running time of the pipeline.
    public let runningTime: Duration?
    /// How long the window was open, pauses not counted.
    public let duration: Duration
    /// The elements, in the order in which the first buffer reached them.
    public let elements: [PipelineElement]
    /// The pads through which buffers enter elements that store them.
    public let queues: [PipelineQueue]
    /// The threads that buffers passed on.
    public let threads: [PipelineThread]
    /// Which element makes the pipeline slow, if one does.
    public let bottleneck: PipelineBottleneck

    /// Reads the message.
    public init(_ fields: MessageFields) throws(MessageError) {
        pipeline = try fields.text("pipeline")
        timestamp = try fields.time("timestamp")
        runningTime = try fields.time("running-time")
        duration = try fields.duration("duration")
        elements = try fields.structures("elements", as: PipelineElement.init)
        queues = try fields.structures("queues", as: PipelineQueue.init)
        threads = try fields.structures("threads", as: PipelineThread.init)
        bottleneck = try PipelineBottleneck(fields.structure("bottleneck"))
    }
}

/// What one element did.
public struct PipelineElement: Sendable, Equatable {
    /// Its path within the pipeline, such as `decodebin0/avdec_h264-0`.
    public let path: String
    /// The name of its factory.
    public let factory: String
    /// The input buffers; for a source, a demuxer that pulls and an aggregator, the output buffers.
    public let bufferCount: UInt64
    /// Their bytes.
    public let byteCount: UInt64
    /// Buffers per second of the window.
    public let averageRate: Double
    /// Own time, without that of other elements and without waiting.
    public let workTime: Duration
    /// The median of the work for a buffer.
    public let p50Work: Duration
    /// For 90 % of the buffers the work is not longer.
    public let p90Work: Duration
    /// For 99 % of the buffers the work is not longer.
    public let p99Work: Duration
    /// The longest work for a buffer.
    public let maxWork: Duration
    /// Working time per second.
    public let load: Double
    /// How long it waited, for ``waitReason``.
    public let waitTime: Duration
    /// `none`, `queue-full`, `clock`, `source` or `inputs`.
    public let waitReason: String
    /// How long it took to start, in its first message; nil in the others.
    public let startTime: Duration?

    init(_ fields: MessageFields) throws(MessageError) {
        path = try fields.text("element")
        factory = try fields.text("factory")
        bufferCount = try fields.count("num-buffers")
        byteCount = try fields.count("num-bytes")
        averageRate = try fields.real("average-rate")
        workTime = try fields.duration("work-time")
        p50Work = try fields.duration("p50-work")
        p90Work = try fields.duration("p90-work")
        p99Work = try fields.duration("p99-work")
        maxWork = try fields.duration("max-work")
        load = try fields.real("load")
        waitTime = try fields.duration("wait-time")
        waitReason = try fields.text("wait-reason")
        startTime = fields["start-time"] == nil ? nil : try fields.duration("start-time")
    }
}

/// A pad through which buffers enter an element that stores them.
public struct PipelineQueue: Sendable, Equatable {
    /// The path of the element.
    public let path: String
    /// The name of the pad.
    public let pad: String
    /// The buffers that entered.
    public let bufferCount: UInt64
    /// How many are inside.
    public let level: UInt64
    /// The largest number inside.
    public let maxLevel: UInt64
    /// The median of how long a buffer stayed.
    public let p50Dwell: Duration
    /// 99 % of the buffers did not stay longer.
    public let p99Dwell: Duration
    /// The longest that a buffer stayed.
    public let maxDwell: Duration
    /// How long the upstream elements waited for space.
    public let fullTime: Duration
    /// How long the element's own thread waited for buffers.
    public let emptyTime: Duration
    /// Buffers that entered and never left.
    public let droppedCount: UInt64

    init(_ fields: MessageFields) throws(MessageError) {
        path = try fields.text("element")
        pad = try fields.text("pad")
        bufferCount = try fields.count("num-buffers")
        level = try fields.count("level-buffers")
        maxLevel = try fields.count("max-level-buffers")
        p50Dwell = try fields.duration("p50-dwell")
        p99Dwell = try fields.duration("p99-dwell")
        maxDwell = try fields.duration("max-dwell")
        fullTime = try fields.duration("full-time")
        emptyTime = try fields.duration("empty-time")
        droppedCount = try fields.count("num-dropped")
    }
}

/// A thread that buffers pass on.
public struct PipelineThread: Sendable, Equatable {
    /// Its name.
    public let name: String
    /// How long it ran.
    public let cpuTime: Duration
    /// How long it was ready to run and no processor was free.
    public let runQueueTime: Duration
    /// The paths of the elements that run on it.
    public let elements: [String]

    init(_ fields: MessageFields) throws(MessageError) {
        name = try fields.text("thread")
        cpuTime = try fields.duration("cpu-time")
        runQueueTime = try fields.duration("run-queue-time")
        elements = try fields.texts("elements")
    }
}

/// What makes a pipeline slow.
public struct PipelineBottleneck: Sendable, Equatable {
    /// The path of the element; nil if nothing is slow, or if there is no verdict.
    public let element: String?
    /// A sentence.
    public let reason: String
    /// How many times faster the pipeline could run; nil if that is not known.
    public let headroom: Double?

    init(_ fields: MessageFields) throws(MessageError) {
        element = fields["element"] == nil ? nil : try fields.text("element")
        reason = try fields.text("reason")
        headroom = fields["headroom"] == nil ? nil : try fields.real("headroom")
    }
}
