import CGStreamerCheck
import Testing

extension TimepieceTick {
    /// The effects of alarms on the encoders around, and on the stream.
    @Suite("The action of an alarm")
    struct AlarmActionTests {
        private static let source =
            "videotestsrc pattern=ball num-buffers=75 ! video/x-raw,width=64,height=48,framerate=25/1"
        private static let encoders = [
            "x264enc key-int-max=1000 option-string=scenecut=0 threads=1",
            "x264enc key-int-max=1000 option-string=scenecut=0 tune=zerolatency speed-preset=ultrafast",
            "x264enc key-int-max=1000 option-string=scenecut=0 rc-lookahead=10 bframes=0",
            "vp8enc keyframe-max-dist=1000 deadline=1",
            "vp8enc keyframe-max-dist=1000 deadline=1 lag-in-frames=10",
        ]

        @Test(arguments: encoders)
        func `makes the encoder behind emit a key frame at exactly the buffers that fire`(_ encoder: String) throws {
            let pipeline = try Pipeline(
                """
                \(Self.source) ! timepiecetick alarms="interval,every=1s,clock=running-time,action=force-key-unit; \
                ordinal,each=60,count=1,action=force-key-unit" ! \(encoder) ! fakesink name=sink
                """)
            let frames = try FrameTrace(try pipeline.element("sink"), pad: "sink")
            try pipeline.playToEnd()
            #expect(frames.frames.count == 75)
            #expect(frames.keyFrames(rate: 25) == [0, 25, 50, 59])
        }

        @Test(arguments: [encoders[1], encoders[3]])
        func `makes the encoder before emit a key frame at the next buffer`(_ encoder: String) throws {
            let pipeline = try Pipeline(
                """
                \(Self.source) ! \(encoder) ! timepiecetick alarms="ordinal,each=20,action=force-key-unit" \
                ! fakesink name=sink
                """)
            let frames = try FrameTrace(try pipeline.element("sink"), pad: "sink")
            try pipeline.playToEnd()
            #expect(frames.keyFrames(rate: 25) == [0, 20, 40, 60])
        }

        @Test func `goes to both sides, with the times of the buffer downstream`() throws {
            let harness = try Harness("timepiecetick", ["alarms": "ordinal,each=2,action=force-key-unit"])
            let after = try BufferTrace(harness.element, pad: "src")
            harness.begin()
            for number in 0..<2 as Range<UInt64> { _ = try harness.push(at: number * 40_000_000) }
            #expect(harness.upstreamEvents().filter { $0 == "custom-upstream" }.count == 1)
            let kinds = after.items.compactMap { item -> String? in
                switch item {
                case .passage: "buffer"
                case .event(let type, _): type == "custom-downstream" ? type : nil
                }
            }
            #expect(kinds == ["buffer", "custom-downstream", "buffer"])
        }

        @Test func `is not asked for at the first buffer, as an encoder begins with a key frame anyway`() throws {
            let harness = try Harness("timepiecetick", ["alarms": "ordinal,each=1,action=force-key-unit"])
            harness.begin()
            for expected in [0, 1, 1] {
                _ = try harness.push()
                #expect(harness.upstreamEvents().filter { $0 == "custom-upstream" }.count == expected)
            }
            try harness.flush()
            try harness.pushSegment(start: 0, rate: 1)
            _ = try harness.push()
            #expect(harness.upstreamEvents().filter { $0 == "custom-upstream" }.isEmpty)
            #expect(harness.messages.alarms().count == 4)
        }

        /// A container, its encoder and how a file of it is decoded.
        private static let containers = [
            "x264enc speed-preset=ultrafast ! h264parse ! mp4mux", "x264enc ! h264parse ! matroskamux",
            "vp8enc deadline=1 ! webmmux",
        ]

        @Test(arguments: containers)
        func `ends a recording as a playable file of exactly the asked length`(_ container: String) throws {
            let directory = try TemporaryDirectory()
            let file = directory.file("recording")
            let recording = try Pipeline(
                """
                videotestsrc ! video/x-raw,width=64,height=48,framerate=30/1 ! timepiecetick \
                alarms="after,name=end,after=2s,clock=running-time,action=eos" ! \(container) \
                ! filesink location=\(file)
                """)
            try recording.playToEnd()
            try recording.stop()
            #expect(recording.messages.alarms("end").map(\.runningTime) == [2_000_000_000])
            #expect(recording.messages.ticks().last?.unsigned("total-buffers") == 60)

            let playing = try Pipeline("filesrc location=\(file) ! decodebin ! fakesink name=sink sync=false")
            let frames = try FrameTrace(try playing.element("sink"), pad: "sink")
            try playing.pause()
            var duration: Int = 0
            #expect(unsafe gst_element_query_duration(playing.element.pointer, GST_FORMAT_TIME, &duration) != 0)
            try playing.playToEnd()
            #expect(frames.frames.count == 60)
            // Matroska counts in milliseconds.
            #expect(abs(duration - 2_000_000_000) <= 1_000_000)
        }

        @Test func `ends the stream once, before the buffer that fires, and refuses what follows`() throws {
            let harness = try Harness("timepiecetick", ["alarms": "ordinal,each=3,action=eos", "interval": "0"])
            let after = try BufferTrace(harness.element, pad: "src")
            harness.begin()
            #expect(try (0..<5).map { _ in try harness.push().rawValue } == [0, 0, -3, -3, -3])
            #expect(unsafe harness.push(event: gst_event_new_eos()))
            #expect(after.buffers == 2)
            #expect(after.events.filter { $0 == "eos" }.count == 1)
            #expect(harness.messages.ticks().map { $0.unsigned("num-buffers") } == [2])
            #expect(harness.messages.alarms().count == 1)
        }

        @Test func `ends a stream of lists as well`() throws {
            let harness = try Harness("timepiecetick", ["alarms": "ordinal,each=2,action=eos"])
            let after = try BufferTrace(harness.element, pad: "src")
            harness.begin()
            harness.answer(GST_FLOW_OK)
            #expect(try (0..<3).map { _ in try harness.pushList(of: 4).rawValue } == [0, -3, -3])
            #expect(after.buffers == 4)
        }

        @Test func `that ended the stream lets it flow again after a flush`() throws {
            let harness = try Harness("timepiecetick", ["alarms": "ordinal,each=3,count=1,action=eos"])
            harness.begin()
            for _ in 0..<4 { _ = try harness.push() }
            try harness.flush()
            try harness.pushSegment(start: 0, rate: 1)
            #expect(try harness.push() == GST_FLOW_OK)
            #expect(try harness.element.stats().unsigned("total-buffers") == 3)
        }

        @Test func `ends a file that is pulled, too`() throws {
            let clip = try Clip()
            let pipeline = try Pipeline(
                """
                filesrc location=\(clip.path) ! timepiecetick alarms="ordinal,each=12,action=eos" ! qtdemux \
                ! fakesink
                """)
            try pipeline.play()
            // The demuxer may have got too little: then it is an error of its own, but nothing hangs.
            #expect(pipeline.messages.wait { $0.contains { $0.type == "eos" || $0.type == "error" } })
            #expect(pipeline.messages.alarms().count == 1)
        }
    }
}
