import CGStreamerCheck
import Testing

extension TimepieceTick {
    @Suite("The message")
    struct TickFieldTests {
        @Test func `has every field of the design, in that order, with those types`() throws {
            let pipeline = try Pipeline("fakesrc num-buffers=3 ! timepiecetick ! fakesink")
            try pipeline.playToEnd()
            let message = try #require(pipeline.messages.ticks().first)
            #expect(message.fields.map { "\($0.type) \($0.name)" } == Self.expected)
        }

        @Test func `and the property stats have the same fields, before, while and after the element runs`() throws {
            let pipeline = try Pipeline("fakesrc ! timepiecetick name=tick ! fakesink")
            let element = try pipeline.element("tick")
            let before = try element.stats()
            try pipeline.play()
            let running = try element.stats()
            try pipeline.stop()
            let after = try element.stats()
            for stats in [before, running, after] {
                #expect(stats.name == "application/x-timepiece-tick-stats")
                #expect(stats.fields.map { "\($0.type) \($0.name)" } == Self.expected)
            }
            #expect(try #require(running.unsigned("total-buffers")) > 0)
            #expect(after.unsigned("total-buffers") == 0)
        }

        @Test func `has the values of the stats of the same window`() throws {
            let harness = try Harness("timepiecetick", ["interval": "0"])
            harness.begin()
            for number in 0..<5 as Range<UInt64> { _ = try harness.push(bytes: 100, at: number * 40_000_000) }
            let stats = try harness.element.stats()
            #expect(try harness.element.stats().unsigned("num-buffers") == 5)
            #expect(unsafe harness.push(event: gst_event_new_eos()))
            let message = try #require(harness.messages.ticks().first)
            // The window has continued since then, and so have the values that are measured from its end.
            let moving: Set = ["duration", "bitrate", "since-last-buffer"]
            for (read, posted) in zip(stats.fields, message.fields) where !moving.contains(read.name) {
                #expect(read == posted)
            }
        }

        @Test func `has the last buffer's times, by its segment`() throws {
            let harness = try Harness("timepiecetick", ["interval": "0"])
            harness.begin()
            var segment = GstSegment()
            unsafe gst_segment_init(&segment, GST_FORMAT_TIME)
            segment.start = 1_000
            segment.time = 5_000
            segment.base = 70_000
            #expect(unsafe harness.push(event: gst_event_new_segment(&segment)))
            _ = try harness.push(at: 1_200)
            let stats = try harness.element.stats()
            #expect(stats.unsigned("timestamp") == 1_200)
            #expect(stats.unsigned("stream-time") == 5_200)
            #expect(stats.unsigned("running-time") == 70_200)
        }

        @Test func `has the last buffer's times also after its segment was replaced`() throws {
            let harness = try Harness("timepiecetick", ["interval": "0"])
            harness.begin()
            _ = try harness.push(at: 1_200)
            #expect(unsafe harness.push(event: gst_event_new_flush_start()))
            #expect(unsafe harness.push(event: gst_event_new_flush_stop(1)))
            #expect(try harness.element.stats().unsigned("running-time") == 1_200)
        }

        @Test func `has no times where the buffer has none`() throws {
            let harness = try Harness("timepiecetick")
            harness.begin()
            _ = try harness.push()
            let stats = try harness.element.stats()
            for field in ["timestamp", "stream-time", "running-time"] { #expect(stats.unsigned(field) == .max) }
        }

        @Test func `uses the decoding time if there is no presentation time`() throws {
            let harness = try Harness("timepiecetick")
            harness.begin()
            let buffer = try unsafe harness.buffer()
            unsafe buffer.pointee.dts = 77
            _ = unsafe harness.push(buffer)
            #expect(try harness.element.stats().unsigned("timestamp") == 77)
        }

        @Test func `counts the buffers that are flagged as a discontinuity, except the first`() throws {
            let harness = try Harness("timepiecetick")
            harness.begin()
            for flagged in [true, false, true] {
                let buffer = try unsafe harness.buffer()
                if flagged { unsafe buffer.pointee.mini_object.flags |= GST_BUFFER_FLAG_DISCONT.rawValue }
                _ = unsafe harness.push(buffer)
            }
            #expect(try harness.element.stats().unsigned("num-disconts") == 1)
        }

        @Test func `has the frame rate of the caps, and 0 where they have none`() throws {
            let harness = try Harness("timepiecetick")
            #expect(try harness.element.stats().real("nominal-rate") == 0)
            harness.begin(caps: "video/x-raw,framerate=(fraction)30000/1001")
            #expect(try harness.element.stats().real("nominal-rate") == 30_000.0 / 1_001)
            // Two fields a frame.
            harness.begin(
                caps: "video/x-raw(format:Interlaced),framerate=(fraction)25/1,interlace-mode=(string)alternate")
            #expect(try harness.element.stats().real("nominal-rate") == 50)
            harness.begin(caps: "video/x-raw,framerate=(fraction)25/1,interlace-mode=(string)interleaved")
            #expect(try harness.element.stats().real("nominal-rate") == 25)
            harness.begin(caps: "audio/x-raw,rate=48000")
            #expect(try harness.element.stats().real("nominal-rate") == 0)
        }

        @Test(arguments: [
            ("video/x-h264,alignment=(string)nal", 0), ("video/x-h265,alignment=(string)nal", 0),
            ("video/x-av1,alignment=(string)obu", 0), ("image/x-jpc,alignment=(string)stripe", 0),
            ("video/x-h264,alignment=(string)au", 25), ("video/x-av1,alignment=(string)tu", 25),
            ("video/x-av1,alignment=(string)frame", 25), ("video/x-vp9,alignment=(string)super-frame", 25),
        ])
        func `has no frame rate of a stream whose buffers are parts of frames`(caps: String, rate: Double) throws {
            let harness = try Harness("timepiecetick")
            harness.begin(caps: "\(caps),framerate=(fraction)25/1")
            #expect(try harness.element.stats().real("nominal-rate") == rate)
        }

        @Test func `lists no more intervals than max-intervals`() throws {
            let harness = try Harness("timepiecetick", ["max-intervals": "3"])
            harness.begin()
            for _ in 0..<3 { _ = try harness.push() }
            #expect(try harness.element.stats().unsignedArray("intervals")?.count == 2)
            for _ in 0..<7 { _ = try harness.push() }
            #expect(try harness.element.stats().unsignedArray("intervals")?.count == 3)
        }

        private static let expected = [
            "gchararray label", "guint64 timestamp", "guint64 stream-time", "guint64 running-time",
            "guint64 duration", "guint64 num-buffers", "guint64 num-bytes", "guint64 num-intervals",
            "guint64 min-interval", "guint64 max-interval", "guint64 avg-interval", "guint64 sum-interval",
            "guint64 stddev-interval", "guint64 p50-interval", "guint64 p90-interval", "guint64 p99-interval",
            "gdouble average-rate", "gdouble nominal-rate", "gdouble bitrate", "guint64 since-last-buffer",
            "guint64 num-disconts", "guint64 total-buffers", "guint64 total-bytes", "guint64 num-gaps",
            "guint64 num-headers", "guint64 num-freezes", "guint64 freeze-duration", "guint64 num-jumps",
            "GstValueArray intervals",
        ]
    }
}
