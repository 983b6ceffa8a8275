import CGStreamerCheck
import Testing

extension TimepieceWatch {
    /// The recognition of buffers only by their times, where stamps do not get through.
    @Suite("Media times")
    struct MediaTimeTests {
        private static let start = "timepiecewatch watch=w edge=start name=b"
        private static let stop = "timepiecewatch watch=w edge=stop interval=0 name=s correlation=pts"
        private static let encoder = "x264enc tune=zerolatency speed-preset=ultrafast key-int-max=10 ! h264parse"

        private static func camera(_ rate: String, live: Bool = false, number: Int = 60) -> String {
            """
            videotestsrc num-buffers=\(number) is-live=\(live) \
            ! video/x-raw,width=32,height=32,framerate=\(rate),format=I420
            """
        }

        /// Every buffer makes a lap, as long as the probes say.
        private static func expectAll(_ number: UInt64, _ description: String) throws {
            let pipeline = try Pipeline(description)
            let (start, stop) = (try pipeline.crossing("b"), try pipeline.crossing("s"))
            try pipeline.playToEnd()
            let report = try pipeline.watch("s")
            #expect(
                report.laps == number && report.unmatched == 0, "\(report.laps) laps, \(report.unmatched) unmatched")
            try LapBounds(from: start, to: stop, byOrder: true).expect(report)
        }

        @Test(
            arguments: ["24/1", "25/1", "30/1", "30000/1001", "50/1", "60/1"],
            ["flvmux ! flvdemux", "mpegtsmux ! tsdemux", "matroskamux ! matroskademux"])
        func `that a muxer rounded to its clock are recognized`(rate: String, muxer: String) throws {
            try Self.expectAll(
                60,
                "\(Self.camera(rate)) ! \(Self.encoder) ! \(Self.start) ! queue ! \(muxer) ! \(Self.stop) ! fakesink")
        }

        @Test(
            arguments: ["15/1", "25/1", "40/1"],
            ["flvmux ! flvdemux", "flvmux streamable=true ! flvdemux", "mpegtsmux ! tsdemux"])
        func `of a camera begin at any time, and at zero behind a demuxer`(rate: String, muxer: String) throws {
            try Self.expectAll(
                30,
                """
                \(Self.camera(rate, live: true, number: 30)) ! \(Self.encoder) ! \(Self.start) \
                ! queue ! identity sleep-time=3000 ! \(muxer) ! \(Self.stop) ! fakesink
                """)
        }

        @Test(arguments: ["25/1", "30000/1001", "30/1", "48/1"])
        func `go from camera to screen through a transport stream`(rate: String) throws {
            try Self.expectAll(
                60,
                """
                \(Self.camera(rate)) ! \(Self.start) ! x264enc speed-preset=ultrafast bframes=2 rc-lookahead=4 ! h264parse \
                ! queue ! mpegtsmux ! tsdemux ! h264parse ! avdec_h264 ! queue ! \(Self.stop) ! fakesink
                """)
        }

        @Test(arguments: ["flvmux ! flvdemux ! aacparse", "mpegtsmux ! tsdemux ! aacparse", "mpegtsmux ! tsdemux"])
        func `of sound are recognized as well`(muxer: String) throws {
            try Self.expectAll(
                61,
                """
                audiotestsrc num-buffers=60 ! audioconvert ! avenc_aac ! aacparse ! \(Self.start) ! queue ! \(muxer) \
                ! \(Self.stop) ! fakesink
                """)
        }

        @Test(arguments: [0.2, 0.5])
        func `show behind a muxer what was lost before it`(probability: Double) throws {
            for muxer in ["flvmux ! flvdemux", "mpegtsmux ! tsdemux"] {
                let pipeline = try Pipeline(
                    """
                    \(Self.camera("30/1", number: 200)) ! x264enc tune=zerolatency key-int-max=1 ! h264parse ! \(Self.start) \
                    ! identity name=loss ! \(muxer) ! \(Self.stop) ! fakesink name=sink
                    """)
                // The first passes: it says where the times begin.
                let first = Watched(true)
                let loss = try pipeline.element("loss")
                let probe = try PadProbe(loss, pad: "src", GST_PAD_PROBE_TYPE_BUFFER) { _ in
                    if first.update({ isFirst in
                        defer { isFirst = false }
                        return isFirst
                    }) {
                        loss.set("drop-probability", "\(probability)")
                    }
                }
                defer { _ = probe }
                let stop = try pipeline.crossing("s")
                try pipeline.playToEnd()
                let report = try pipeline.watch("s")
                #expect(report.laps == UInt64(stop.entries.count) && report.issued == 200)
            }
        }

        /// The laps that a mixer's output makes, by the probes: for each input the first output whose time it holds.
        private static func bounds(_ start: Crossing, _ stop: Crossing) -> (least: [UInt64], most: [UInt64]) {
            var (least, most): ([UInt64], [UInt64]) = ([], [])
            var held: Set<Int> = []
            for (entry, exit) in zip(stop.entries, stop.exits) {
                let place = start.entries.lastIndex { $0.presentation <= entry.presentation + 1_000 }
                // On a busy machine a live mixer does not wait for an input that is late.
                guard let place, place < start.exits.count, start.entries[place].instant <= exit.instant,
                    held.insert(place).inserted
                else { continue }
                least.append(entry.instant - min(entry.instant, start.exits[place].instant))
                most.append(exit.instant - start.entries[place].instant)
            }
            return (least, most)
        }

        private static func expectHolders(_ description: String, atLeast number: Int) throws {
            let pipeline = try Pipeline(description)
            let (start, stop) = (try pipeline.crossing("b"), try pipeline.crossing("s"))
            try pipeline.playToEnd()
            let report = try pipeline.watch("s")
            let (least, most) = bounds(start, stop)
            #expect(report.laps >= UInt64(number), "\(report.laps) laps")
            // The last output may come before the input after its own has.
            #expect(report.laps + 1 >= UInt64(least.count) && report.laps <= UInt64(least.count))
            let (shortest, longest) = (try #require(least.min()), try #require(most.max()))
            #expect(report.shortest >= shortest && report.longest <= longest)
            #expect(report.laps + report.unmatched == UInt64(start.exits.count))
        }

        @Test(
            arguments: ["10/1", "25/1", "30000/1001", "60/1"],
            ["compositor", "compositor ! video/x-raw,framerate=30/1"])
        func `of a live camera contain those of a compositor`(rate: String, mixer: String) throws {
            let input: Double = rate == "30000/1001" ? 29.97 : Double(rate.dropLast(2)) ?? 0
            let output = mixer == "compositor" ? input : 30
            // In a second; the first may be held by none.
            let laps = Int(min(input, output)) - 3
            try Self.expectHolders(
                """
                \(Self.camera(rate, live: true, number: Int(input.rounded()))) ! \(Self.start) \
                ! queue ! \(mixer) ! \(Self.stop) ! fakesink
                """, atLeast: laps)
        }

        @Test(arguments: [480, 512, 1_024, 4_096])
        func `of live sound contain those of an audiomixer`(samples: Int) throws {
            let number = 48_000 / samples
            try Self.expectHolders(
                """
                audiotestsrc is-live=true num-buffers=\(number) samplesperbuffer=\(samples) ! audio/x-raw,rate=48000 \
                ! \(Self.start) ! queue ! audiomixer ! \(Self.stop) ! fakesink
                """, atLeast: number - 3)
        }

        @Test(arguments: [("25/1", "25/1"), ("30/1", "10/1"), ("50/1", "20/1")])
        func `of two cameras into a compositor distinguish them`(one: String, other: String) throws {
            let pipeline = try Pipeline(
                """
                compositor name=m ! \(Self.stop) ! fakesink \
                \(Self.camera(one, live: true, number: 30)) ! timepiecewatch watch=w edge=start label=one \
                ! identity sleep-time=1000 ! m. \
                \(Self.camera(other, live: true, number: 12)) ! timepiecewatch watch=w edge=start label=other \
                ! identity sleep-time=15000 ! m.
                """)
            try pipeline.playToEnd()
            let report = try pipeline.watch("s")
            let (first, second) = (try report.child("one"), try report.child("other"))
            #expect(first.laps >= 20 && second.laps >= 9 && report.issued == 42)
            #expect(first.shortest >= .milliseconds(1) && second.shortest >= .milliseconds(15))
        }
    }
}
