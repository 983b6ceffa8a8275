import CGStreamerCheck
import Testing

extension TimepieceWatch {
    @Suite("Around")
    struct AroundTests {
        @Test func `a lap is what is downstream, and nested watches make a tree that adds up`() throws {
            let pipeline = try Pipeline(
                """
                fakesrc num-buffers=60 ! timepiecewatch name=r watch=root interval=0 ! identity sleep-time=2000 \
                ! timepiecewatch name=m watch=mid interval=0 ! identity sleep-time=4000 \
                ! timepiecewatch name=l watch=leaf interval=0 ! identity sleep-time=1000 ! fakesink
                """)
            let crossing = try pipeline.crossing("r")
            try pipeline.playToEnd()
            let root = try pipeline.watch("r")
            #expect(root.watch == "root" && root.share == 1 && root.addsUp)
            let middle = try root.child("m")
            let leaf = try middle.child("l")
            #expect(middle.watch == "root.mid" && leaf.watch == "root.mid.leaf")
            #expect(root.laps == middle.laps && middle.laps == leaf.laps && root.laps >= 58)
            #expect(root.shortest >= .milliseconds(7) && middle.shortest >= .milliseconds(5))
            #expect(leaf.shortest >= .milliseconds(1))
            // No lap is longer than from one buffer to the next; and as each part has its time and all adds up, none has
            // that of another.
            try Self.expectWithinGaps(root, crossing)
            #expect(root.selfTime >= root.laps * .milliseconds(2))
            #expect(middle.selfTime >= root.laps * .milliseconds(4))
            #expect(root.share > middle.share && abs(middle.share - Double(middle.sum) / Double(root.sum)) < 1e-9)
            // The watches below report the same themselves.
            #expect(try pipeline.watch("m").watch == "root.mid")
            #expect(try pipeline.watch("m").sum == middle.sum)
            #expect(try pipeline.watch("l").watch == "root.mid.leaf")
        }

        @Test func `the tree shows the cost of videoconvert and x264enc`() throws {
            let pipeline = try Pipeline(
                """
                videotestsrc num-buffers=40 ! video/x-raw,format=RGB,width=320,height=240 \
                ! timepiecewatch name=r watch=root interval=0 ! videoconvert ! video/x-raw,format=I420 \
                ! timepiecewatch name=e watch=encode interval=0 ! x264enc tune=zerolatency ! fakesink
                """)
            try pipeline.playToEnd()
            let root = try pipeline.watch("r")
            let encode = try root.child("e")
            #expect(root.addsUp && encode.watch == "root.encode")
            #expect(encode.sum > 0 && root.selfTime > 0 && root.sum > encode.sum)
        }

        @Test func `a dotted path removes the time of a child from the watches in between`() throws {
            let pipeline = try Pipeline(
                """
                fakesrc num-buffers=40 ! timepiecewatch name=r watch=root interval=0 ! identity sleep-time=1000 \
                ! timepiecewatch name=x watch=x interval=0 ! identity sleep-time=5000 \
                ! timepiecewatch name=y watch=root.y interval=0 ! identity sleep-time=3000 ! fakesink
                """)
            let crossing = try pipeline.crossing("r")
            try pipeline.playToEnd()
            let root = try pipeline.watch("r")
            #expect(root.addsUp && root.children.map(\.watch) == ["root.x", "root.y"])
            let between = try root.child("x")
            #expect(between.children.isEmpty && between.shortest >= .milliseconds(5))
            #expect(try root.child("y").shortest >= .milliseconds(3))
            // If x held y's time, nothing would be left for what is before both.
            #expect(root.selfTime >= root.laps * .milliseconds(1))
            try Self.expectWithinGaps(root, crossing)
        }

        @Test func `a path to a watch on another thread makes a child of it there`() throws {
            let pipeline = try Pipeline(
                """
                fakesrc num-buffers=40 ! timepiecewatch name=a watch=a interval=0 ! identity sleep-time=2000 \
                ! queue max-size-buffers=1 ! timepiecewatch name=b watch=a.b interval=0 ! identity sleep-time=1000 \
                ! fakesink
                """)
            try pipeline.playToEnd()
            let child = try pipeline.watch("b")
            #expect(child.watch == "a.b" && child.laps >= 38 && child.shortest >= .milliseconds(1))
            #expect(try pipeline.watch("a").children.map(\.watch) == ["a.b"])
        }

        @Test func `a queue ends a lap and the tree`() throws {
            let pipeline = try Pipeline(
                """
                fakesrc num-buffers=40 ! timepiecewatch name=a interval=0 ! queue max-size-buffers=100 \
                ! timepiecewatch name=b interval=0 ! identity sleep-time=2000 ! fakesink
                """)
            try pipeline.playToEnd()
            #expect(try pipeline.watch("a").median < .milliseconds(1))
            #expect(try pipeline.watch("a").children.isEmpty)
            #expect(try pipeline.watch("b").watch == "b")
        }

        @Test func `behind a funnel a watch is a child of each, and its own message contains both`() throws {
            let pipeline = try Pipeline(
                """
                funnel name=f ! timepiecewatch name=z interval=0 ! identity sleep-time=1000 ! fakesink \
                fakesrc num-buffers=30 ! timepiecewatch name=a interval=0 ! identity sleep-time=2000 ! f. \
                fakesrc num-buffers=30 ! timepiecewatch name=b interval=0 ! identity sleep-time=6000 ! f.
                """)
            try pipeline.playToEnd()
            let (a, b, z) = (try pipeline.watch("a"), try pipeline.watch("b"), try pipeline.watch("z"))
            #expect(a.addsUp && b.addsUp)
            let (one, other) = (try a.child("z"), try b.child("z"))
            #expect(one.watch == "a.z" && other.watch == "b.z")
            #expect(z.watch == "z" && z.laps == one.laps + other.laps && z.sum == one.sum + other.sum)
            #expect(abs(z.share - Double(z.sum) / Double(a.sum + b.sum)) < 1e-9)
        }

        @Test func `a lap that a pause is in does not count`() throws {
            let pipeline = try Pipeline(
                """
                videotestsrc num-buffers=60 ! video/x-raw,width=16,height=16,framerate=100/1 \
                ! timepiecewatch name=a interval=0 ! fakesink name=sink sync=true
                """)
            let buffers = try BufferTrace(try pipeline.element("sink"), pad: "sink")
            try pipeline.play()
            try buffers.wait(forBuffers: 20)
            try pipeline.pause()
            let paused = ContinuousClock.now
            #expect(eventually { ContinuousClock.now - paused > .milliseconds(700) })
            try pipeline.play()
            try pipeline.wait(for: "eos")
            let report = try pipeline.watch("a")
            #expect(report.laps >= 50 && report.longest < .milliseconds(600))
        }

        @Test func `a list is one lap around, and one lap for each of its buffers between a start and a stop`() throws {
            let pipeline = try Pipeline(
                """
                videotestsrc num-buffers=10 pattern=snow ! video/x-raw,width=128,height=128,format=I420 ! jpegenc ! rtpjpegpay mtu=300 \
                ! timepiecewatch watch=w edge=start ! timepiecewatch name=s watch=w edge=stop interval=0 \
                ! timepiecewatch name=a interval=0 ! fakesink name=sink
                """)
            let passed = try BufferTrace(try pipeline.element("sink"), pad: "sink")
            try pipeline.playToEnd()
            let lists = passed.passages.filter { $0.list != nil }.count
            #expect(lists == 10 && passed.passages.count == 10 && passed.buffers > 10)
            #expect(try pipeline.watch("s").laps == passed.buffers)
            // The first push waits in the sink until the pipeline plays; that is not a lap.
            #expect(try pipeline.watch("a").laps == 9)
        }

        @Test(arguments: 1...20)
        func `the push that waits for the pipeline to play is not a lap, and every other is one`(round: Int) throws {
            let pipeline = try Pipeline(
                "fakesrc num-buffers=30 ! timepiecewatch name=a interval=0 ! timepiecewatch name=b ! fakesink")
            try pipeline.pause()
            try pipeline.playToEnd()
            let report = try pipeline.watch("a")
            #expect(report.laps == 29)
            #expect(try report.child("b").laps == 29)
        }

        /// Whether the laps of a watch are no longer than from one buffer's coming to the next one's.
        private static func expectWithinGaps(_ report: WatchReport, _ crossing: Crossing) throws {
            let instants = crossing.entries.map(\.instant)
            let gaps = zip(instants, instants.dropFirst()).map { $1 - $0 }.sorted()
            // The first push may not be a lap, because it waits for the sink; the last has no gap: one position either
            // way.
            let place = gaps.count / 2 + 1
            try #require(place < gaps.count)
            #expect(Double(report.median) <= Double(gaps[place]) * 1.0055)
        }

        @Test func `in pull mode a lap is the pull upstream`() throws {
            let clip = try Clip()
            let pipeline = try Pipeline(
                """
                filesrc location=\(clip.path) ! timepiecewatch name=a interval=0 ! qtdemux ! fakesink
                """)
            try pipeline.playToEnd()
            try pipeline.stop()
            #expect(try pipeline.watches("a").reduce(0) { $0 + $1.laps } > 0)
        }
    }
}
