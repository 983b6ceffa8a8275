import CGStreamerCheck
import Testing

extension TimepieceTick {
    /// The statistics are true in typical pipelines, in comparison with the observations of a probe.
    @Suite("Statistics against a probe")
    struct TruthTests {
        private static func sum(_ ticks: [Structure], _ field: String) -> UInt64 {
            ticks.compactMap { $0.unsigned(field) }.reduce(0, +)
        }

        @Test(arguments: [
            "theoraenc", "vorbisenc", "opusenc ! oggmux", "vp8enc deadline=1 ! matroskamux streamable=true",
        ])
        func `headers are counted and do not make an interval`(encoder: String) throws {
            let isVideo = encoder.contains("vp8") || encoder.contains("theora")
            let source =
                isVideo
                ? "videotestsrc num-buffers=30 ! video/x-raw,width=32,height=32,framerate=30/1"
                : "audiotestsrc num-buffers=30 ! audioconvert"
            let pipeline = try Pipeline(
                "\(source) ! \(encoder) ! timepiecetick name=tick interval=0 ! fakesink name=sink")
            let buffers = try BufferTrace(try pipeline.element("sink"), pad: "sink")
            try pipeline.playToEnd()
            let report = try #require(pipeline.messages.ticks().last)
            let headers = try #require(report.unsigned("num-headers"))
            #expect(headers >= 1)
            #expect(report.unsigned("num-buffers") == buffers.buffers)
            #expect(try #require(report.unsigned("num-intervals")) <= buffers.buffers - headers - 1)
            if encoder == "theoraenc" {
                // The number of further intervals depends on what arrived before the pipeline played.
                #expect(headers == 3 && report.unsigned("num-buffers") == 33)
            }
        }

        @Test(arguments: ["h264parse", "h264parse config-interval=-1", "video/x-h264,stream-format=avc ! h264parse"])
        func `key frames are not headers, though a parser flags them so`(parser: String) throws {
            let pipeline = try Pipeline(
                """
                videotestsrc num-buffers=40 ! video/x-raw,width=64,height=64,framerate=25/1 \
                ! x264enc key-int-max=5 bframes=0 tune=zerolatency ! \(parser) \
                ! video/x-h264,alignment=au ! timepiecetick interval=0 ! fakesink
                """)
            try pipeline.playToEnd()
            let report = try #require(pipeline.messages.ticks().last)
            #expect(report.unsigned("num-headers") == 0)
            // A buffer that prerolls does not end an interval.
            #expect(try #require(report.unsigned("num-intervals")) >= #require(report.unsigned("num-buffers")) - 2)
        }

        @Test(arguments: [
            "valve drop=true drop-mode=transform-to-gap", "identity ! valve drop=true drop-mode=transform-to-gap",
            "queue ! valve drop=true drop-mode=transform-to-gap",
        ])
        func `a stream of GAP events is alive`(gaps: String) throws {
            let pipeline = try Pipeline(
                """
                videotestsrc is-live=true num-buffers=40 ! video/x-raw,width=16,height=16,framerate=40/1 ! \(gaps) \
                ! timepiecetick stall-timeout=400000000 stall-on-start=true min-rate=5 interval=200000000 \
                ! fakesink async=false
                """)
            try pipeline.playToEnd()
            #expect(pipeline.messages.structures("timepiece-stall").isEmpty)
            #expect(Self.sum(pipeline.messages.ticks(), "num-gaps") == 40)
            #expect(Self.sum(pipeline.messages.ticks(), "num-buffers") == 0)
        }

        @Test func `GAP events drive alarms of running time`() throws {
            let pipeline = try Pipeline(
                """
                videotestsrc num-buffers=50 ! video/x-raw,width=16,height=16,framerate=10/1 \
                ! valve drop=true drop-mode=transform-to-gap \
                ! timepiecetick alarms="interval,every=1s,clock=running-time" ! fakesink async=false
                """)
            try pipeline.playToEnd()
            let times = pipeline.messages.structures("timepiece-alarm").compactMap { $0.unsigned("running-time") }
            #expect(times == [0, 1, 2, 3, 4].map { $0 * 1_000_000_000 })
        }

        @Test(arguments: [
            ("videotestsrc ! timepiecetick", GST_STATE_PLAYING),
            ("audiotestsrc ! queue ! timepiecetick", GST_STATE_PAUSED),
            ("fakesrc ! timepiecetick", GST_STATE_PLAYING), ("videotestsrc ! queue ! timepiecetick", GST_STATE_PAUSED),
        ])
        func `a pipeline that cannot preroll is a stall with stall-on-start`(source: String, state: GstState) throws {
            let pipeline = try Pipeline(
                """
                \(source) name=tick stall-timeout=200000000 stall-on-start=true interval=100000000 \
                ! valve name=v drop=true drop-mode=drop-all ! fakesink
                """)
            #expect(pipeline.element.set(state) == GST_STATE_CHANGE_ASYNC)
            #expect(
                pipeline.messages.wait { messages in
                    messages.count { $0.structure?.name == "timepiece-stall" } >= 2
                })
            let stalls = pipeline.messages.structures("timepiece-stall")
            #expect(stalls.allSatisfy { $0.text("reason") == "standstill" })
            #expect(try #require(stalls.first?.unsigned("since-last-buffer")) >= 200_000_000)
            try pipeline.element("v").set("drop", "false")
            #expect(pipeline.messages.wait { $0.contains { $0.structure?.name == "timepiece-resume" } })
        }

        @Test(arguments: [
            ("", "stall-on-start=true"), ("stall-timeout=100000000", ""),
        ])
        func `a pipeline that is only paused is not a stall`(timeout: String, onStart: String) throws {
            let pipeline = try Pipeline("videotestsrc ! timepiecetick \(timeout) \(onStart) ! fakesink")
            try pipeline.pause()
            let start = ContinuousClock.now
            #expect(eventually { ContinuousClock.now - start > .milliseconds(400) })
            #expect(pipeline.messages.structures("timepiece-stall").isEmpty)
        }

        @Test(arguments: [20, 25, 50])
        func `LATENCY messages that are answered in PAUSED begin no interval`(rate: Int) throws {
            let pipeline = try Pipeline(
                """
                videotestsrc num-buffers=\(rate) ! video/x-raw,width=16,height=16,framerate=\(rate)/1 \
                ! timepiecetick interval=0 ! queue max-size-buffers=2 ! fakesink name=sink sync=true
                """)
            try pipeline.pause()
            let bin = unsafe UnsafeMutableRawPointer(pipeline.element.pointer).assumingMemoryBound(to: GstBin.self)
            for _ in 0..<4 {
                #expect(unsafe gst_bin_recalculate_latency(bin) != 0)
                g_usleep(150_000)
            }
            try pipeline.play()
            try pipeline.wait(for: "eos")
            let report = try #require(pipeline.messages.ticks().last)
            // A rest would be 150 ms at least, and 600 in all.
            let least = Double(rate) * 0.8
            #expect(try #require(report.real("average-rate")) > least)
            #expect(report.unsigned("num-buffers") == UInt64(rate))
        }

        @Test(arguments: [5, 60, 200])
        func `a burst of buffers after a preroll does not count in the bitrate`(burst: Int) throws {
            let pipeline = try Pipeline(
                """
                fakesrc num-buffers=\(burst + 100) sizetype=fixed sizemax=1000 format=time datarate=25000 \
                ! timepiecetick name=tick interval=0 ! queue max-size-buffers=\(burst) max-size-bytes=0 max-size-time=0 \
                ! fakesink sync=true name=sink ts-offset=0
                """)
            try pipeline.pause()
            g_usleep(100_000)
            let preroll = try #require(pipeline.element("tick").stats().unsigned("num-buffers"))
            #expect(preroll >= 1)
            try pipeline.play()
            g_usleep(500_000)
            let stats = try pipeline.element("tick").stats()
            let rate = try #require(stats.real("average-rate"))
            let bitrate = try #require(stats.real("bitrate"))
            #expect(abs(bitrate - rate * 8_000) < bitrate * 0.001 + 1)
        }

        @Test(arguments: [10, 25, 40])
        func `a freeze is counted with its length`(rate: Int) throws {
            let harness = try Harness("timepiecetick", ["interval": "0"])
            harness.begin()
            for _ in 0..<10 {
                _ = try harness.push()
                g_usleep(1_000_000 / UInt(rate) / 4)
            }
            g_usleep(900_000)
            _ = try harness.push()
            let stats = try harness.element.stats()
            #expect(stats.unsigned("num-freezes") == 1)
            #expect(stats.unsigned("freeze-duration") == stats.unsigned("max-interval"))
            #expect(try #require(stats.unsigned("freeze-duration")) >= 900_000_000)
        }
    }
}
