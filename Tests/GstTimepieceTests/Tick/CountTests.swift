import CGStreamerCheck
import Testing

extension TimepieceTick {
    /// Whatever happens to the stream, the windows together hold every buffer that passed, once.
    @Suite("The sum over all reports")
    struct CountTests {
        @Test func `is what passed, through EOS`() throws {
            let run = try Run("videotestsrc is-live=true ! video/x-raw,framerate=60/1 ! \(Run.tick) ! fakesink")
            try run.pipeline.play()
            #expect(run.pipeline.messages.wait(untilTicks: { $0.count > 2 }))
            try run.passed.wait(forBuffers: 40)
            try run.pipeline.end()
            try run.expectAllCounted(atLeast: 40)
        }

        @Test func `is what passed, when the pipeline is stopped without EOS`() throws {
            let run = try Run("fakesrc datarate=100000 sizetype=fixed sizemax=1000 ! \(Run.tick) ! fakesink")
            try run.pipeline.play()
            try run.passed.wait(forBuffers: 50)
            try run.pipeline.stop()
            try run.expectAllCounted(atLeast: 50)
        }

        @Test func `is what passed, when it is stopped before the first report is due`() throws {
            let run = try Run("fakesrc ! timepiecetick name=tick interval=3600000000000 ! fakesink")
            try run.pipeline.play()
            try run.passed.wait(forBuffers: 100)
            try run.pipeline.stop()
            #expect(run.reports.count == 1)
            try run.expectAllCounted(atLeast: 100)
        }

        @Test func `is what passed, through a flushing seek`() throws {
            let clip = try Clip()
            let run = try Run("filesrc location=\(clip.path) ! decodebin ! \(Run.tick) ! fakesink sync=true")
            try run.pipeline.play()
            try run.passed.wait(forBuffers: 10)
            try run.pipeline.seek(GST_SEEK_FLAG_FLUSH, from: 1_500_000_000)
            try run.pipeline.wait(for: "eos")
            // Also after the end: the stream continues with a new window.
            try run.pipeline.seek(GST_SEEK_FLAG_FLUSH, from: 2_500_000_000)
            try run.pipeline.wait(for: "eos", count: 2)
            try run.pipeline.stop()
            try run.expectAllCounted(atLeast: 10 + 45 + 15)
            #expect(run.passed.events.filter { $0 == "flush-stop" }.count == 2)
        }

        @Test func `is what passed, through segment seeks`() throws {
            let clip = try Clip()
            let run = try Run("filesrc location=\(clip.path) ! decodebin ! \(Run.tick) ! fakesink sync=false")
            try run.pipeline.pause()
            try run.pipeline.seek(
                GstSeekFlags(GST_SEEK_FLAG_FLUSH.rawValue | GST_SEEK_FLAG_SEGMENT.rawValue), from: 0, to: 1_000_000_000)
            try run.pipeline.play()
            try run.pipeline.wait(for: "segment-done")
            try run.pipeline.seek(GST_SEEK_FLAG_SEGMENT, from: 1_000_000_000, to: 2_000_000_000)
            try run.pipeline.wait(for: "segment-done", count: 2)
            try run.pipeline.seek(GST_SEEK_FLAG_NONE, from: 2_000_000_000, to: 3_000_000_000)
            try run.pipeline.wait(for: "eos")
            try run.pipeline.stop()
            try run.expectAllCounted(atLeast: 90)
            #expect(run.passed.events.filter { $0 == "segment" }.count >= 3)
        }

        @Test func `is what passed, through PAUSED and back, and no interval is as long as a pause`() throws {
            let run = try Run(
                "fakesrc datarate=2000000 sizetype=fixed sizemax=1000 ! \(Run.tick) ! fakesink sync=false")
            let crossing = try run.pipeline.crossing("tick")
            var pauses: [ClosedRange<UInt64>] = []
            for _ in 1...25 {
                try run.pipeline.play()
                try run.passed.wait(forBuffers: run.passed.buffers + 20)
                try run.pipeline.pause()
                let begin = PadTimes.now
                Self.holdStill()
                pauses.append(begin...PadTimes.now)
            }
            try run.pipeline.stop()
            try run.expectAllCounted(atLeast: 500)
            let longest = try #require(run.reports.compactMap { $0.unsigned("max-interval") }.max())
            let gaps = zip(crossing.entries, crossing.exits.dropFirst()).map { $0.instant...$1.instant }
            // Where the pipeline was paused between two buffers, they make no interval.
            let unbroken = gaps.filter { gap in !pauses.contains { $0.overlaps(gap) } }
            #expect(longest <= (unbroken.map { $0.upperBound - $0.lowerBound }.max() ?? 0))
            #expect(gaps.count { $0.upperBound - $0.lowerBound >= Self.pause } >= 24)
            let intervals = run.reports.compactMap { $0.unsigned("num-intervals") }.reduce(0, +)
            #expect(intervals <= run.passed.buffers - 25)
        }

        /// How long the pipeline is held in PAUSED.
        private static let pause: UInt64 = 150_000_000

        private static func holdStill() {
            g_usleep(UInt(pause / 1_000))
        }

        @Test func `is what passed, when a stream follows a stream`() throws {
            let run = try Run(
                """
                concat name=c ! \(Run.tick) ! fakesink \
                videotestsrc is-live=true num-buffers=10 ! c. videotestsrc is-live=true num-buffers=20 ! c.
                """)
            try run.pipeline.playToEnd()
            try run.pipeline.stop()
            try run.expectAllCounted(atLeast: 30)
            #expect(run.passed.buffers == 30)
            // The wait for the other one's first buffer is an interval: no flush, no pause, no EOS came before it.
            #expect(run.reports.compactMap { $0.unsigned("num-intervals") }.reduce(0, +) == 29)
        }

        @Test func `is what passed, in lists`() throws {
            let run = try Run(
                """
                videotestsrc num-buffers=20 ! video/x-raw,format=RGB,width=320,height=240 ! rtpvrawpay \
                ! \(Run.tick) ! fakesink
                """)
            try run.pipeline.playToEnd()
            try run.pipeline.stop()
            try run.expectAllCounted(atLeast: 1_000)
            #expect(run.passed.passages.contains { $0.list != nil })
        }
    }
}

/// A pipeline with an element `tick`, what passed it and what it reported.
private final class Run {
    static let tick = "timepiecetick name=tick interval=100000000"

    let pipeline: Pipeline
    let passed: BufferTrace

    init(_ description: String) throws {
        pipeline = try Pipeline(description)
        // Where they come in: a buffer on its way when the pipeline stops is counted, and goes no further.
        passed = try BufferTrace(try pipeline.element("tick"), pad: "sink")
    }

    var reports: [Structure] { pipeline.messages.ticks() }

    func expectAllCounted(atLeast least: UInt64, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let reports = reports
        let counted = reports.compactMap { $0.unsigned("num-buffers") }.reduce(0, +)
        #expect(counted == passed.buffers, sourceLocation: sourceLocation)
        #expect(counted >= least, sourceLocation: sourceLocation)
        #expect(
            reports.compactMap { $0.unsigned("num-bytes") }.reduce(0, +) == passed.bytes, sourceLocation: sourceLocation
        )
        let last = try #require(reports.last, sourceLocation: sourceLocation)
        #expect(last.unsigned("total-buffers") == passed.buffers, sourceLocation: sourceLocation)
        #expect(last.unsigned("total-bytes") == passed.bytes, sourceLocation: sourceLocation)
    }
}
