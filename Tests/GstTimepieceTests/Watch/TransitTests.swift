import CGStreamerCheck
import Testing

extension TimepieceWatch {
    @Suite("Start and stop")
    struct TransitTests {
        private static let start = "timepiecewatch watch=w edge=start"
        private static let stop = "timepiecewatch watch=w edge=stop interval=0 name"

        @Test("the time in a full queue counts, not only that of the element behind it")
        func queue() throws {
            let pipeline = try Pipeline(
                """
                fakesrc num-buffers=60 ! \(Self.start) ! queue max-size-buffers=5 max-size-bytes=0 max-size-time=0 \
                ! identity sleep-time=20000 ! \(Self.stop)=s ! fakesink
                """)
            try pipeline.playToEnd()
            let report = try pipeline.watch("s")
            // Five wait, one is being worked on, one waits to get in.
            #expect(report.laps == 60 && report.unmatched == 0)
            #expect(report.median >= .milliseconds(100) && report.median < .milliseconds(250))
        }

        @Test("every frame of an encoder with look-ahead is counted, with its real delay")
        func lookAhead() throws {
            let pipeline = try Pipeline(
                """
                videotestsrc num-buffers=60 is-live=true ! video/x-raw,width=64,height=64,framerate=50/1 \
                ! \(Self.start) ! x264enc rc-lookahead=20 bframes=0 sync-lookahead=0 sliced-threads=true speed-preset=ultrafast \
                ! \(Self.stop)=s ! fakesink
                """)
            try pipeline.playToEnd()
            let report = try pipeline.watch("s")
            #expect(report.laps == 60 && report.unmatched == 0)
            #expect(report.longest >= .milliseconds(100))
        }

        @Test("the branches of a tee are measured each by itself")
        func tee() throws {
            let pipeline = try Pipeline(
                """
                fakesrc num-buffers=40 ! \(Self.start) ! tee name=t \
                t. ! queue max-size-buffers=1 ! identity sleep-time=1000 ! \(Self.stop)=fast ! fakesink async=false \
                t. ! queue max-size-buffers=1 ! identity sleep-time=20000 ! \(Self.stop)=slow ! fakesink async=false
                """)
            try pipeline.playToEnd()
            let (fast, slow) = (try pipeline.watch("fast"), try pipeline.watch("slow"))
            #expect(fast.laps == 40 && slow.laps == 40)
            #expect(fast.shortest >= .milliseconds(1) && fast.median < .milliseconds(10))
            #expect(slow.shortest >= .milliseconds(20))
        }

        @Test(
            "two sources into a funnel, or into a compositor that loses the stamps, are measured each by itself",
            arguments: ["funnel", "compositor"])
        func twoSources(mixer: String) throws {
            let source = "videotestsrc num-buffers=40 ! video/x-raw,width=32,height=32,framerate=30/1"
            let pipeline = try Pipeline(
                """
                \(mixer) name=m ! \(Self.stop)=s ! fakesink \
                \(source) ! \(Self.start) label=near ! identity sleep-time=1000 ! m. \
                \(source) ! \(Self.start) label=far.off ! identity sleep-time=12000 ! m.
                """)
            try pipeline.playToEnd()
            let report = try pipeline.watch("s")
            #expect(report.laps == 80 && report.unmatched == 0)
            #expect(report.addsUp && report.selfTime == 0)
            let (near, far) = (try report.child("near"), try report.child("far.off"))
            #expect(near.laps == 40 && far.laps == 40)
            #expect(near.watch == "w.near" && far.watch == "w.far_off")
            #expect(near.shortest >= .milliseconds(1) && far.shortest >= .milliseconds(12))
            if mixer == "funnel" { #expect(near.median < .milliseconds(9)) }
        }

        @Test("buffers lost on the way are counted, and distort nothing")
        func lost() throws {
            let pipeline = try Pipeline(
                """
                fakesrc num-buffers=2000 ! \(Self.start) ! identity drop-probability=0.5 ! \(Self.stop)=s \
                ! fakesink name=sink
                """)
            let buffers = try BufferTrace(try pipeline.element("sink"), pad: "sink")
            try pipeline.playToEnd()
            let report = try pipeline.watch("s")
            #expect(report.laps == buffers.buffers && report.unmatched == 2000 - report.laps)
        }

        @Test("a duplicate is not counted twice")
        func duplicates() throws {
            let pipeline = try Pipeline(
                """
                videotestsrc num-buffers=30 ! video/x-raw,width=16,height=16,framerate=10/1 ! \(Self.start) \
                ! videorate ! video/x-raw,framerate=40/1 ! \(Self.stop)=s ! fakesink name=sink
                """)
            let buffers = try BufferTrace(try pipeline.element("sink"), pad: "sink")
            try pipeline.playToEnd()
            let report = try pipeline.watch("s")
            #expect(buffers.buffers > 100 && report.laps == 30 && report.unmatched == 0)
        }

        @Test("a shared buffer gets its stamp without a copy of the media, and the other branch sees its own buffer")
        func shared() throws {
            let pipeline = try Pipeline(
                """
                fakesrc num-buffers=3 sizetype=fixed sizemax=4096 ! tee name=t \
                t. ! \(Self.start) ! \(Self.stop)=s ! fakesink name=one async=false \
                t. ! fakesink name=two async=false
                """)
            let one = try BufferTrace(try pipeline.element("one"), pad: "sink")
            let two = try BufferTrace(try pipeline.element("two"), pad: "sink")
            let source = try BufferTrace(try pipeline.element("t"), pad: "sink")
            try pipeline.playToEnd()
            #expect(one.passages.map(\.memories) == source.passages.map(\.memories))
            #expect(two.passages.map(\.addresses) == source.passages.map(\.addresses))
            #expect(zip(one.passages, two.passages).allSatisfy { $0.addresses != $1.addresses })
            #expect(try pipeline.watch("s").laps == 3)
        }

        @Test("what a flush throws away is not unmatched, and the laps go on")
        func flush() throws {
            let clip = try Clip()
            let pipeline = try Pipeline(
                """
                filesrc location=\(clip.path) ! qtdemux ! h264parse ! \(Self.start) ! queue ! avdec_h264 \
                ! \(Self.stop)=s ! fakesink name=sink sync=true
                """)
            let buffers = try BufferTrace(try pipeline.element("sink"), pad: "sink")
            try pipeline.play()
            try buffers.wait(forBuffers: 10)
            try pipeline.seek(
                GstSeekFlags(rawValue: GST_SEEK_FLAG_FLUSH.rawValue | GST_SEEK_FLAG_KEY_UNIT.rawValue),
                from: 2_000_000_000)
            try pipeline.wait(for: "eos")
            let report = try pipeline.watch("s")
            #expect(report.unmatched == 0 && report.laps >= 35)
        }

        @Test("a lap that a pause is in does not count")
        func pause() throws {
            let pipeline = try Pipeline(
                """
                videotestsrc num-buffers=60 ! video/x-raw,width=16,height=16,framerate=100/1 ! \(Self.start) \
                ! queue max-size-buffers=3 ! \(Self.stop)=s ! fakesink name=sink sync=true
                """)
            let buffers = try BufferTrace(try pipeline.element("sink"), pad: "sink")
            try pipeline.play()
            try buffers.wait(forBuffers: 20)
            try pipeline.pause()
            let paused = ContinuousClock.now
            #expect(eventually { ContinuousClock.now - paused > .milliseconds(900) })
            try pipeline.play()
            try pipeline.wait(for: "eos")
            let report = try pipeline.watch("s")
            #expect(report.laps >= 45 && report.longest < .milliseconds(800) && report.unmatched == 0)
        }
    }
}
