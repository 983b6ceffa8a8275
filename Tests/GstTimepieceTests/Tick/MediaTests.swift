import CGStreamerCheck
import Testing

extension TimepieceTick {
    /// In pipelines as people build them, what goes in comes out: the same buffers, the same memory, in order.
    @Suite("Real media")
    struct MediaTests {
        @Test func `decoded H.264, through decodebin`() throws {
            let clip = try Clip()
            let passage = try Point(
                "filesrc location=\(clip.path) ! decodebin ! timepiecetick name=tick ! fakesink sync=false")
            try passage.playToEnd()
            try passage.expectUntouched(buffers: Clip.frames)
            let report = try #require(passage.pipeline.messages.ticks().last)
            #expect(report.real("nominal-rate") == 30)
            #expect(report.unsigned("timestamp") == 2_966_666_666)
        }

        @Test func `decoded H.264, before a converter that uses the allocation of its downstream`() throws {
            let clip = try Clip()
            let passage = try Point(
                """
                filesrc location=\(clip.path) ! qtdemux ! h264parse ! avdec_h264 ! timepiecetick name=tick \
                ! videoconvert ! video/x-raw,format=RGBA ! fakesink sync=false
                """)
            try passage.playToEnd()
            try passage.expectUntouched(buffers: Clip.frames)
        }

        @Test func `as the video-filter of playbin3`() throws {
            let clip = try Clip()
            let tick = try Element(factory: "timepiecetick", name: "tick")
            let before = try BufferTrace(tick, pad: "sink")
            let after = try BufferTrace(tick, pad: "src")
            let pipeline = try Pipeline("playbin3 uri=file://\(clip.path) video-sink=\"fakesink sync=false\"")
            pipeline.element.set("video-filter", tick)
            try pipeline.playToEnd()
            #expect(after.buffers == Clip.frames)
            #expect(after.items == before.items)
            try pipeline.stop()
            #expect(pipeline.messages.ticks(from: "tick").last?.unsigned("total-buffers") == Clip.frames)
        }

        @Test func `the file itself, pulled by a demultiplexer behind the element`() throws {
            let clip = try Clip()
            let passage = try Point(
                """
                filesrc location=\(clip.path) ! timepiecetick name=tick ! qtdemux ! h264parse ! avdec_h264 \
                ! fakesink name=sink sync=false
                """)
            let frames = try BufferTrace(try passage.pipeline.element("sink"), pad: "sink")
            try passage.playToEnd()
            #expect(frames.buffers == Clip.frames)
            #expect(passage.after.passages == passage.before.passages)
            #expect(passage.after.buffers >= Clip.frames)
            try passage.pipeline.stop()
            let reports = passage.pipeline.messages.ticks()
            #expect(reports.compactMap { $0.unsigned("num-buffers") }.reduce(0, +) == passage.after.buffers)
        }

        @Test func `a flushing seek in a file that is pulled`() throws {
            let clip = try Clip()
            let passage = try Point(
                """
                filesrc location=\(clip.path) ! timepiecetick name=tick ! qtdemux ! h264parse ! avdec_h264 \
                ! fakesink name=sink sync=false
                """)
            let frames = try BufferTrace(try passage.pipeline.element("sink"), pad: "sink")
            try passage.pipeline.pause()
            try passage.pipeline.seek(GST_SEEK_FLAG_FLUSH, from: 2_000_000_000)
            try passage.playToEnd()
            #expect(frames.buffers >= Clip.frames / 3)
            #expect(passage.after.passages == passage.before.passages)
        }

        @Test(arguments: ["rtph264pay mtu=200", "rtpvrawpay"])
        func `RTP packets of H.264 and of raw video, in lists`(payloader: String) throws {
            let encoder = payloader.hasPrefix("rtph264") ? "x264enc speed-preset=ultrafast ! " : ""
            let passage = try Point(
                """
                videotestsrc num-buffers=30 pattern=snow ! video/x-raw,format=I420,width=320,height=240 ! \(encoder)\
                \(payloader) ! timepiecetick name=tick ! fakesink
                """)
            try passage.playToEnd()
            let lists = passage.after.passages.filter { $0.list != nil }
            #expect(lists.count >= 20)
            #expect(lists.contains { $0.addresses.count > 1 })
            try passage.expectUntouched(buffers: passage.before.buffers)
        }

        @Test func `raw audio`() throws {
            let passage = try Point(
                """
                audiotestsrc num-buffers=100 samplesperbuffer=480 ! audio/x-raw,rate=48000 \
                ! timepiecetick name=tick ! fakesink
                """)
            try passage.playToEnd()
            try passage.expectUntouched(buffers: 100)
            #expect(passage.after.references.allSatisfy { $0 == 1 })
        }

        @Test func `branches of a tee, which share their buffers`() throws {
            let pipeline = try Pipeline(
                """
                videotestsrc num-buffers=50 ! tee name=t ! queue ! timepiecetick name=a ! fakesink \
                t. ! queue ! timepiecetick name=b ! fakesink
                """)
            let a = try BufferTrace(try pipeline.element("a"), pad: "src")
            let b = try BufferTrace(try pipeline.element("b"), pad: "src")
            try pipeline.playToEnd()
            #expect(a.buffers == 50)
            #expect(a.passages == b.passages)
            for name in ["a", "b"] {
                #expect(pipeline.messages.ticks(from: name).last?.unsigned("total-buffers") == 50)
            }
        }

        @Test func `a pool's buffers go back to the pool: as many are made with the element as without`() throws {
            func memories(_ middle: String) throws -> Int {
                let pipeline = try Pipeline(
                    "videotestsrc num-buffers=60 ! \(middle) fakesink name=sink enable-last-sample=false")
                let trace = try BufferTrace(try pipeline.element("sink"), pad: "sink")
                try pipeline.playToEnd()
                #expect(trace.buffers == 60)
                return Set(trace.passages.flatMap(\.memories)).count
            }
            #expect(try memories("timepiecetick !") == memories(""))
        }

        @Test func `latency is the same as without the element`() throws {
            func latency(_ middle: String) throws -> Structure {
                let pipeline = try Pipeline(
                    """
                    audiotestsrc is-live=true ! audio/x-raw,rate=48000 ! rtpL16pay ! rtpjitterbuffer latency=100 \
                    ! \(middle) fakesink name=sink sync=true
                    """)
                let trace = try BufferTrace(try pipeline.element("sink"), pad: "sink")
                try pipeline.play()
                try trace.wait(forBuffers: 1)
                let query = try unsafe #require(gst_query_new_latency())
                defer { unsafe gst_query_unref(query) }
                #expect(unsafe gst_element_query(pipeline.element.pointer, query) != 0)
                return unsafe Structure(try #require(gst_query_get_structure(query)))
            }
            let with = try latency("timepiecetick !")
            #expect(try with == latency(""))
            #expect(try #require(with.unsigned("min-latency")) >= 100_000_000)
        }

        @Test func `position and duration are the same as without the element`() throws {
            let clip = try Clip()
            func times(_ middle: String) throws -> [Int] {
                let pipeline = try Pipeline(
                    "filesrc location=\(clip.path) ! decodebin ! \(middle) fakesink sync=false")
                try pipeline.playToEnd()
                var (position, duration): (Int, Int) = (0, 0)
                let element = unsafe pipeline.element.pointer
                #expect(unsafe gst_element_query_position(element, GST_FORMAT_TIME, &position) != 0)
                #expect(unsafe gst_element_query_duration(element, GST_FORMAT_TIME, &duration) != 0)
                return [position, duration]
            }
            #expect(try times("timepiecetick !") == times(""))
        }
    }
}

/// A pipeline with an element `tick`, and what passes before and behind it.
private final class Point {
    let pipeline: Pipeline
    let before: BufferTrace
    let after: BufferTrace

    init(_ description: String) throws {
        pipeline = try Pipeline(description)
        let element = try pipeline.element("tick")
        before = try BufferTrace(element, pad: "sink")
        after = try BufferTrace(element, pad: "src")
    }

    func playToEnd() throws {
        try pipeline.playToEnd()
    }

    func expectUntouched(buffers: UInt64, sourceLocation: SourceLocation = #_sourceLocation) throws {
        #expect(after.items == before.items, sourceLocation: sourceLocation)
        #expect(after.references == before.references, sourceLocation: sourceLocation)
        #expect(after.buffers == buffers, sourceLocation: sourceLocation)
        let counted = pipeline.messages.ticks().compactMap { $0.unsigned("num-buffers") }.reduce(0, +)
        #expect(counted == buffers, sourceLocation: sourceLocation)
    }
}
