import CGStreamerCheck
import Testing

extension TimepieceWatch {
    /// Every buffer that passes a start is accounted for at its stop: a lap, unmatched, merged, or in flight.
    @Suite("A buffer that does not arrive")
    struct LossTests {
        private static let start = "timepiecewatch watch=w edge=start"
        private static let stop = "timepiecewatch watch=w edge=stop interval=0 name"
        private static let warning = "none came to this stop"

        @Test(arguments: [
            ("fakesrc num-buffers=90", "valve drop=true drop-mode=forward-sticky-events"),
            ("fakesrc num-buffers=7", "queue ! valve drop=true drop-mode=forward-sticky-events ! queue"),
            ("videotestsrc num-buffers=30", "identity drop-probability=1.0"),
            ("audiotestsrc num-buffers=20", "identity drop-probability=1.0 ! audioconvert ! queue"),
        ])
        func `is unmatched at the end, and a warning says that nothing arrived`(source: String, path: String) throws {
            let pipeline = try Pipeline(
                "\(source) ! \(Self.start) name=b ! \(path) ! \(Self.stop)=s ! fakesink async=false")
            let start = try pipeline.crossing("b")
            try pipeline.playToEnd()
            let report = try pipeline.watch("s")
            let issued = UInt64(start.exits.count)
            #expect(pipeline.messages.all.contains { $0.complaint?.text.contains(Self.warning) == true })
            #expect(report.laps == 0 && report.unmatched == issued && report.inFlight == 0)
            #expect(report.issued == issued)
        }

        @Test(arguments: [1, 12, 120])
        func `is in flight as long as it may still come, with the age of the oldest`(number: Int) throws {
            let pipeline = try Pipeline(
                """
                fakesrc num-buffers=\(number) ! \(Self.start) name=b ! queue max-size-buffers=0 max-size-bytes=0 max-size-time=0 \
                ! valve name=v drop=true drop-mode=forward-sticky-events \
                ! timepiecewatch watch=w edge=stop name=s interval=50000000 ! fakesink async=false
                """)
            let start = try pipeline.crossing("b")
            let holds = Watched(true)
            let probe = try PadProbe(try pipeline.element("v"), pad: "sink", GST_PAD_PROBE_TYPE_BUFFER) { _ in
                _ = holds.wait { !$0 }
            }
            defer { _ = probe }
            try pipeline.play()
            let came = pipeline.messages.wait { messages in
                messages.contains { $0.structure?.unsigned("in-flight") == UInt64(number) }
            }
            #expect(came)
            let watched = try pipeline.element("s").stats()
            let age = try #require(watched.unsigned("oldest-in-flight"))
            let first = try #require(start.entries.first)
            #expect(age <= PadTimes.now - first.instant)
            holds.update { $0 = false }
            try pipeline.wait(for: "eos")
            #expect(try pipeline.watches("s").unmatched == UInt64(number))
        }

        @Test(arguments: [0.1, 0.5, 0.9])
        func `and those that arrive add up to all that passed the start, in every report`(probability: Double) throws {
            let pipeline = try Pipeline(
                """
                fakesrc num-buffers=3000 ! \(Self.start) ! identity drop-probability=\(probability) ! queue \
                ! identity sleep-time=100 ! timepiecewatch watch=w edge=stop name=s interval=20000000 \
                ! fakesink name=sink
                """)
            let buffers = try BufferTrace(try pipeline.element("sink"), pad: "sink")
            try pipeline.playToEnd()
            let reports = try pipeline.watches("s")
            #expect(reports.issued == 3000 && reports.laps == buffers.buffers)
            #expect(reports.last?.inFlight == 0 && reports.allSatisfy { $0.merged == 0 })
        }

        @Test(arguments: [
            ("x264enc rc-lookahead=10 bframes=2 key-int-max=30 speed-preset=ultrafast ! h264parse", "alignment=nal"),
            ("x264enc tune=zerolatency sliced-threads=true ! h264parse", "alignment=nal"),
            ("x265enc ! h265parse", "alignment=nal"),
        ])
        func `frames that are split and joined are counted as frames`(encoder: String, alignment: String) throws {
            let codec = encoder.contains("265") ? "265" : "264"
            let pipeline = try Pipeline(
                """
                videotestsrc num-buffers=60 ! video/x-raw,width=64,height=64,framerate=25/1,format=I420 ! \(Self.start) \
                ! \(encoder) ! video/x-h\(codec),stream-format=byte-stream,\(alignment) ! h\(codec)parse \
                ! video/x-h\(codec),stream-format=byte-stream,alignment=au ! \(Self.stop)=s ! fakesink name=sink
                """)
            let buffers = try BufferTrace(try pipeline.element("sink"), pad: "sink")
            try pipeline.playToEnd()
            let report = try pipeline.watch("s")
            #expect(report.issued == 60 && report.laps <= buffers.buffers)
            #expect(report.laps >= 57, "\(report.laps) laps, \(report.merged) merged, \(report.unmatched) unmatched")
        }

        @Test(arguments: [3, 5, 8])
        func `two cameras with one watch name count their own frames`(delay: Int) throws {
            func camera(_ number: Int, _ delay: Int, _ path: String) -> String {
                """
                videotestsrc num-buffers=60 ! video/x-raw,width=32,height=32,framerate=25/1 \
                ! identity sleep-time=10000 ! \(Self.start) ! queue ! identity sleep-time=\(delay * 1_000) ! \(path) \
                ! \(Self.stop)=s\(number) ! fakesink async=false
                """
            }
            let paths = [3: "gdppay ! gdpdepay", 5: "queue", 8: "videoconvert ! gdppay ! gdpdepay"]
            let path = try #require(paths[delay])
            let pipeline = try Pipeline(camera(1, delay, path) + " " + camera(2, 1, path))
            try pipeline.playToEnd()
            let (one, two) = (try pipeline.watch("s1"), try pipeline.watch("s2"))
            #expect(one.laps == 60 && two.laps == 60 && one.issued == 60 && two.issued == 60)
            #expect(one.shortest >= .milliseconds(UInt64(delay)) && two.shortest >= .milliseconds(1))
        }

        @Test(arguments: ["fakesink sync=true", "fakesink", "queue ! fakesink sync=true"])
        func `a start and a stop that no path connects make no lap`(sink: String) throws {
            let source = "videotestsrc num-buffers=100 ! video/x-raw,width=32,height=32,framerate=100/1"
            let pipeline = try Pipeline(
                """
                \(source) ! \(Self.start) ! \(sink) \
                \(source) ! queue ! identity sleep-time=5000 ! \(Self.stop)=s ! \(sink)
                """)
            try pipeline.playToEnd()
            let report = try pipeline.watch("s")
            #expect(report.laps == 0 && report.unmatched == 100 && report.inFlight == 0)
            #expect(pipeline.messages.all.contains { $0.complaint?.text.contains("None of the first") == true })
        }

        @Test(arguments: ["100000000", "200000000"])
        func `a decoder that hangs with frames inside is a stall, until it continues`(timeout: String) throws {
            let pipeline = try Pipeline(
                """
                fakesrc num-buffers=60 ! \(Self.start) ! queue ! identity name=decoder \
                ! timepiecewatch watch=w edge=stop name=s interval=50000000 stall-timeout=\(timeout) \
                ! fakesink name=sink async=false
                """)
            let hang = Watched(true)
            let passed = Watched(0)
            let probe = try PadProbe(try pipeline.element("decoder"), pad: "sink", GST_PAD_PROBE_TYPE_BUFFER) { _ in
                if passed.update({
                    $0 += 1; return $0
                }) > 10 {
                    _ = hang.wait { !$0 }
                }
            }
            defer { _ = probe }
            try pipeline.play()
            let stalled = pipeline.messages.wait { messages in
                messages.filter { $0.structure?.name == "timepiece-stall" }.count >= 3
            }
            #expect(stalled)
            let stalls = pipeline.messages.structures("timepiece-stall", from: "s")
            let ages = stalls.compactMap { $0.unsigned("since-last-buffer") }
            #expect(stalls.allSatisfy { $0.text("reason") == "in-flight" })
            #expect(try #require(ages.first) >= #require(UInt64(timeout)))
            #expect(zip(ages, ages.dropFirst()).allSatisfy { $0 < $1 })
            let reports = try pipeline.watches("s")
            #expect(reports.laps == 10 && (reports.last?.inFlight ?? 0) > 0)
            #expect(try #require(reports.last).oldestInFlight >= #require(UInt64(timeout)))
            hang.update { $0 = false }
            try pipeline.wait(for: "eos")
            let resume = try #require(pipeline.messages.structures("timepiece-resume", from: "s").first)
            #expect(resume.text("reason") == "in-flight")
            #expect(try #require(resume.unsigned("stalled-for")) >= #require(ages.last))
            #expect(try pipeline.watches("s").issued == 60 && pipeline.watches("s").laps == 60)
        }

        /// Without a report nothing says how long a lap takes, and what is dropped stays in flight.
        @Test(arguments: [
            "identity drop-probability=0.5", "identity drop-probability=0.1",
            "identity drop-probability=0.2 ! queue min-threshold-buffers=5",
            "queue leaky=downstream max-size-buffers=2 max-size-bytes=0 max-size-time=0 ! identity sleep-time=60000",
        ])
        func `losses on an open path are not a stall`(path: String) throws {
            let pipeline = try Pipeline(
                """
                videotestsrc is-live=true num-buffers=56 ! video/x-raw,width=16,height=16,framerate=40/1 \
                ! \(Self.start) ! \(path) ! \(Self.stop)=s stall-timeout=700000000 ! fakesink async=false
                """)
            try pipeline.playToEnd()
            let report = try pipeline.watch("s")
            #expect(report.unmatched > 0 && report.laps > 0)
            #expect(pipeline.messages.structures("timepiece-stall").isEmpty)
        }

        @Test(arguments: [300_000, 700_000, 1_000_000] as [UInt])
        func `laps that began while prerolling count without the rest in PAUSED`(rest: UInt) throws {
            let pipeline = try Pipeline(
                """
                fakesrc num-buffers=20 ! \(Self.start) ! queue ! identity sleep-time=20000 ! \(Self.stop)=s ! fakesink
                """)
            try pipeline.pause()
            g_usleep(rest)
            try pipeline.play()
            try pipeline.wait(for: "eos")
            let report = try pipeline.watch("s")
            #expect(report.laps == 20 && report.issued == 20)
            // The last waits for 20 × 20 ms; the machine may be slow, but not by all of the rest.
            #expect(report.shortest >= .milliseconds(20))
            #expect(report.longest < .milliseconds(420) + UInt64(rest) * 1_000)
        }

        @Test func `a start and a stop in two pipelines cause a warning`() throws {
            let sending = try Pipeline("fakesrc ! \(Self.start) ! fakesink")
            try sending.play()
            let receiving = try Pipeline("fakesrc num-buffers=30 ! \(Self.stop)=s ! fakesink")
            try receiving.playToEnd()
            #expect(receiving.messages.all.contains { $0.complaint?.text.contains("another pipeline") == true })
            #expect(try receiving.watch("s").unmatched == 30)
        }
    }
}
