import CGStreamerCheck
import Testing

extension TimepieceWatch {
    @Suite("Start and stop")
    struct TransitTests {
        private static let start = "timepiecewatch watch=w edge=start"
        private static let stop = "timepiecewatch watch=w edge=stop interval=0 name"

        @Test func `the time in a full queue counts, not only that of the element behind it`() throws {
            let pipeline = try Pipeline(
                """
                fakesrc num-buffers=60 ! \(Self.start) name=b \
                ! queue max-size-buffers=5 max-size-bytes=0 max-size-time=0 \
                ! identity sleep-time=20000 ! \(Self.stop)=s ! fakesink
                """)
            let (start, stop) = (try pipeline.crossing("b"), try pipeline.crossing("s"))
            try pipeline.playToEnd()
            let report = try pipeline.watch("s")
            #expect(report.unmatched == 0)
            let truth = LapBounds(from: start, to: stop, byOrder: true)
            try truth.expect(report)
            // Five wait and one is worked on, 20 ms each; the wait of the next one for room counts, too.
            #expect(report.laps == 60 && truth.median >= .milliseconds(114))
        }

        @Test(arguments: [
            ("x264enc rc-lookahead=20 bframes=0 sync-lookahead=0 sliced-threads=true speed-preset=ultrafast", 20),
            ("vp9enc", 24),
        ])
        func `every frame of an encoder with look-ahead is counted, with its real delay`(encoder: String, frames: Int)
            throws
        {
            let pipeline = try Pipeline(
                """
                videotestsrc num-buffers=100 is-live=true ! video/x-raw,width=64,height=64,framerate=50/1 \
                ! \(Self.start) name=b ! \(encoder) ! \(Self.stop)=s ! fakesink
                """)
            let (start, stop) = (try pipeline.crossing("b"), try pipeline.crossing("s"))
            try pipeline.playToEnd()
            let report = try pipeline.watch("s")
            // x264enc shifts all times, and drops nothing.
            let truth = LapBounds(from: start, to: stop, byOrder: encoder.hasPrefix("x264enc"))
            try truth.expect(report)
            // A frame that an encoder drops to keep up is not a lap, and is reported.
            #expect(report.laps + report.unmatched == 100 && report.laps == UInt64(stop.entries.count))
            // Until the end releases all frames, this many later frames entered before a frame left. A live source
            // makes one each 20 ms, so that is the delay, except for the lateness of the first of them.
            let ahead = stop.entries.map { out in start.exits.count { $0.instant < out.instant } }
            #expect(zip(ahead, 0...).prefix(50).allSatisfy { $0 - $1 > frames })
            #expect(truth.median >= UInt64(frames - 1) * .milliseconds(20))
        }

        @Test func `the branches of a tee are measured separately`() throws {
            let pipeline = try Pipeline(
                """
                fakesrc num-buffers=40 ! \(Self.start) name=b ! tee name=t \
                t. ! queue max-size-buffers=1 ! identity sleep-time=1000 ! \(Self.stop)=fast ! fakesink async=false \
                t. ! queue max-size-buffers=1 ! identity sleep-time=20000 ! \(Self.stop)=slow ! fakesink async=false
                """)
            let start = try pipeline.crossing("b")
            let (quick, late) = (try pipeline.crossing("fast"), try pipeline.crossing("slow"))
            try pipeline.playToEnd()
            let (fast, slow) = (try pipeline.watch("fast"), try pipeline.watch("slow"))
            #expect(fast.laps == 40 && slow.laps == 40)
            #expect(fast.shortest >= .milliseconds(1) && slow.shortest >= .milliseconds(20))
            try LapBounds(from: start, to: quick, byOrder: true).expect(fast)
            try LapBounds(from: start, to: late, byOrder: true).expect(slow)
        }

        @Test(arguments: ["funnel", "compositor"])
        func `two sources into a funnel, or into a compositor that loses the stamps, are measured separately`(
            mixer: String
        ) throws {
            func source(_ offset: Int) -> String {
                """
                videotestsrc num-buffers=40 timestamp-offset=\(offset) \
                ! video/x-raw,width=32,height=32,framerate=30/1
                """
            }
            // A compositor requires the same times of both; behind a funnel the times distinguish them.
            let pipeline = try Pipeline(
                """
                \(mixer) name=m ! \(Self.stop)=s ! fakesink \
                \(source(0)) ! \(Self.start) name=n label=near ! identity sleep-time=1000 ! m. \
                \(source(mixer == "funnel" ? 1 : 0)) ! \(Self.start) name=f label=far.off \
                ! identity sleep-time=12000 ! m.
                """)
            let (nearby, remote) = (try pipeline.crossing("n"), try pipeline.crossing("f"))
            let stop = try pipeline.crossing("s")
            try pipeline.playToEnd()
            let report = try pipeline.watch("s")
            #expect(report.laps == 80 && report.unmatched == 0)
            #expect(report.addsUp && report.selfTime == 0)
            let (near, far) = (try report.child("near"), try report.child("far.off"))
            #expect(near.laps == 40 && far.laps == 40)
            #expect(near.watch == "w.near" && far.watch == "w.far_off")
            #expect(near.shortest >= .milliseconds(1) && far.shortest >= .milliseconds(12))
            try LapBounds(from: nearby, to: stop).expect(near)
            try LapBounds(from: remote, to: stop).expect(far)
        }

        @Test func `buffers lost on the way are counted, and distort nothing`() throws {
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

        @Test func `a duplicate is not counted twice`() throws {
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

        @Test
        func `a shared buffer gets its stamp without a copy of the media, and the other branch sees its own buffer`()
            throws
        {
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

        @Test func `buffers that a flush discards are not unmatched, and the laps continue`() throws {
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

        @Test func `a lap that a pause is in does not count`() throws {
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
