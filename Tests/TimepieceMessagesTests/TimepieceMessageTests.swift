import CGStreamer
import Testing
import TimepieceMessages

@Suite struct TimepieceMessageTests {
    @Test func `a tick is read in its types`() throws {
        let tick = try TickMessage(SampleFields.tick)
        #expect(tick.label == "cam")
        #expect(tick.position.timestamp == .seconds(5))
        #expect(tick.intervals.p99 == .milliseconds(39))
        #expect(tick.averageRate == 30.3)
        #expect(tick.recentIntervals == [.milliseconds(33), .milliseconds(34)])
        #expect(tick.totalBufferCount == 90)
    }

    @Test func `an unknown time is nil`() throws {
        #expect(try TickMessage(SampleFields.tick).position.runningTime == nil)
    }

    @Test(arguments: SampleFields.tick.entries.map(\.name))
    func `a tick without a field is an error that names it`(field: String) {
        #expect(throws: MessageError(message: "timepiece-tick", field: field, problem: .missing)) {
            try TickMessage(SampleFields.tick.without(field))
        }
    }

    @Test func `a field of another type is an error that says so`() {
        let error = #expect(throws: MessageError.self) {
            try TickMessage(SampleFields.tick.with("bitrate", .text("fast")))
        }
        #expect(error?.description == "The field \"bitrate\" of the message timepiece-tick is not a number.")
    }

    @Test func `a negative count is an error`() {
        #expect(throws: MessageError.self) { try TickMessage(SampleFields.tick.with("num-buffers", .signed(-1))) }
    }

    @Test func `fields from the future are ignored`() throws {
        let newer = SampleFields.tick.with("jitter", .real(3)).with("histogram", .list([.truth(true)]))
        #expect(try TickMessage(newer) == TickMessage(SampleFields.tick))
    }

    @Test func `fields of later versions are read, and 0 if they are missing`() throws {
        let earlier = try TickMessage(SampleFields.tick)
        #expect([earlier.gapCount, earlier.headerCount, earlier.freezeCount, earlier.jumpCount] == [0, 0, 0, 0])
        #expect(earlier.freezeDuration == .zero)
        let later = ["num-gaps", "num-headers", "num-freezes", "freeze-duration", "num-jumps"]
        let fields = zip(later, 11...).reduce(SampleFields.tick) { $0.with($1.0, .unsigned(UInt64($1.1))) }
        let tick = try TickMessage(fields)
        #expect([tick.gapCount, tick.headerCount, tick.freezeCount, tick.jumpCount] == [11, 12, 13, 15])
        #expect(tick.freezeDuration == .nanoseconds(14) && tick.totalBufferCount == 90)
        let watch = SampleFields.watch("root").with("num-merged", .unsigned(16)).with("in-flight", .unsigned(17))
            .with("oldest-in-flight", .unsigned(18))
        let tree = try WatchMessage(SampleFields.watch("top", children: [watch]))
        #expect(tree.mergedCount == 0 && tree.inFlightCount == 0 && tree.oldestInFlight == .zero)
        let below = try #require(tree.children.first)
        #expect(below.mergedCount == 16 && below.inFlightCount == 17 && below.oldestInFlight == .nanoseconds(18))
    }

    @Test(arguments: ["num-gaps", "num-headers", "num-freezes", "freeze-duration", "num-jumps"])
    func `a field of a later version with another type is an error`(field: String) {
        let error = #expect(throws: MessageError.self) {
            try TickMessage(SampleFields.tick.with(field, .text("many")))
        }
        #expect(error?.field == field)
    }

    @Test func `messages of later versions are nil`() throws {
        #expect(try TimepieceMessage(MessageFields(name: "timepiece-moon", entries: [])) == nil)
    }

    @Test func `a watch is read with all watches below it`() throws {
        let tree = SampleFields.watch(
            "root", children: [SampleFields.watch("root.a", children: [SampleFields.watch("root.a.b")])])
        let watch = try WatchMessage(tree)
        #expect(watch.children.first?.children.first?.watch == "root.a.b")
        #expect(watch.share == 0.25)
    }

    @Test func `a child without a field is an error`() {
        let tree = SampleFields.watch("root", children: [SampleFields.watch("root.a").without("share")])
        #expect(throws: MessageError(message: "timepiece-watch", field: "share", problem: .missing)) {
            try WatchMessage(tree)
        }
    }

    @Test func `stalls, alarms and the state of publishing are read from what GStreamer writes`() throws {
        #expect(
            try message(
                "timepiece-stall,label=cam,since-last-buffer=(guint64)5,last-running-time=(guint64)18446744073709551615,reason=standstill"
            )
                == .stall(
                    StallMessage(
                        fields(
                            "s,label=cam,since-last-buffer=(guint64)5,last-running-time=(guint64)18446744073709551615,reason=standstill"
                        ))
                ))
        guard case .resume(let resume) = try message("timepiece-resume,label=cam,stalled-for=(guint64)7,reason=trickle")
        else {
            Issue.record("It is a resume.")
            return
        }
        #expect(resume.stalledFor == .nanoseconds(7))
        #expect(resume.reason == "trickle")
        guard
            case .alarm(let alarm) = try message(
                "timepiece-alarm,label=cam,alarm=beat,kind=interval,count=(guint64)2,due=(guint64)10,fired=(guint64)11,running-time=(guint64)9"
            )
        else {
            Issue.record("It is an alarm.")
            return
        }
        #expect(alarm.due == .nanoseconds(10))
        let fields =
            "label=cam,sent=(guint64)1,retried=(guint64)2,dropped=(guint64)3,spooled=(guint64)4,last-error=(string)NULL,throttled=(guint64)1,uncertain=(guint64)0,requests=(guint64)9,oldest=(gint64)0,last-success=(gint64)1700000000000000000,skew=(gint64)-5,dropped-too-old=(guint64)3"
        guard case .cloudWatch(let status) = try message("timepiece-cloudwatch,\(fields)"),
            case .openTelemetry(let same) = try message("timepiece-otlp,\(fields)")
        else {
            Issue.record("It is a state of publishing.")
            return
        }
        #expect(same == status)
        #expect(status.lastError == nil)
        #expect(status.spooled == 4)
        #expect(status.oldest == nil)
        #expect(status.lastSuccess == .seconds(1_700_000_000))
        #expect(status.skew == .nanoseconds(-5))
        #expect(status.droppedByReason == ["too-old": 3])
    }

    @Test func `a pipeline is read with all its rows`() throws {
        guard case .pipeline(let pipeline) = try TimepieceMessage(SampleFields.pipeline) else {
            Issue.record("It is a pipeline.")
            return
        }
        #expect(pipeline.timestamp == nil)
        #expect(pipeline.elements.map(\.path) == ["decodebin0/avdec_h264-0"])
        #expect(pipeline.elements.first?.workTime == .nanoseconds(900))
        #expect(pipeline.elements.first?.startTime == nil)
        #expect(pipeline.queues.first?.droppedCount == 4)
        #expect(pipeline.threads.first?.elements == ["a", "b"])
        #expect(pipeline.bottleneck.element == nil)
        #expect(pipeline.bottleneck.headroom == nil)
        #expect(pipeline.bottleneck.reason == "Nothing is slow.")
    }

    @Test(arguments: SampleFields.pipeline.entries.map(\.name))
    func `a pipeline without a field is an error that names it`(field: String) {
        #expect(throws: MessageError(message: "timepiece-pipeline", field: field, problem: .missing)) {
            try PipelineMessage(SampleFields.pipeline.without(field))
        }
    }

    @Test func `another element's message is nil`() throws {
        #expect(try message("level,rms=(double)1") == nil)
    }

    @Test func `structures keep fields of any type`() throws {
        let fields = try fields("any,flag=(boolean)true,low=(int)-3,list=(guint64)<1,2>,caps=(fraction)30/1")
        #expect(fields["flag"] == .truth(true))
        #expect(fields["low"] == .signed(-3))
        #expect(fields["list"] == .list([.unsigned(1), .unsigned(2)]))
        #expect(fields["caps"] == .text("30/1"))
    }

    /// The fields of a structure that GStreamer parsed.
    private func fields(_ text: String) throws -> MessageFields {
        gst_init(nil, nil)
        let structure = unsafe try #require(gst_structure_from_string(text, nil))
        defer { unsafe gst_structure_free(structure) }
        return unsafe try #require(MessageFields(structure))
    }

    /// The message that is read from one on the bus with that structure.
    private func message(_ text: String) throws -> TimepieceMessage? {
        gst_init(nil, nil)
        let structure = unsafe try #require(gst_structure_from_string(text, nil))
        let message = unsafe try #require(gst_message_new_element(nil, structure))
        defer { unsafe gst_message_unref(message) }
        return unsafe try TimepieceMessage(message)
    }
}
