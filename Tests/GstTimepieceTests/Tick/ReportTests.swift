import CGStreamerCheck
import Testing

extension TimepieceTick {
    @Suite("Reports")
    struct ReportTests {
        @Test func `a live stream of 30 fps has the rate of its intervals, one fewer than its frames`() throws {
            let pipeline = try Pipeline(
                """
                videotestsrc is-live=true num-buffers=31 ! video/x-raw,framerate=30/1 \
                ! timepiecetick name=tick interval=0 ! fakesink sync=false
                """)
            let crossing = try pipeline.crossing("tick")
            try pipeline.playToEnd()
            let reports = pipeline.messages.ticks()
            #expect(reports.count == 1)
            let report = try #require(reports.first)
            #expect(report.unsigned("num-buffers") == 31)
            #expect(report.unsigned("num-intervals") == 30)
            #expect(report.real("nominal-rate") == 30)
            let sum = try #require(report.unsigned("sum-interval"))
            let rate = try #require(report.real("average-rate"))
            #expect(rate == 30 * 1e9 / Double(sum))
            // As long as from the first frame to the last by the pads' own reading of the clock.
            let (entries, exits) = (crossing.entries.map(\.instant), crossing.exits.map(\.instant))
            let least = try #require(entries.last) - #require(exits.first)
            let most = try #require(exits.last) - #require(entries.first)
            #expect(sum >= least && sum <= most)
        }

        @Test
        func `continue during a stall: no buffers, and a growing time since the last one`() throws {
            let harness = try Harness("timepiecetick", ["interval": "50000000"])
            harness.begin()
            for _ in 0..<10 { _ = try harness.push() }
            #expect(
                harness.messages.wait(untilTicks: { reports in
                    reports.filter { $0.unsigned("num-buffers") == 0 }.count >= 4
                }))
            for _ in 0..<10 { _ = try harness.push() }
            #expect(unsafe harness.push(event: gst_event_new_eos()))
            let reports = harness.messages.ticks()
            #expect(reports.compactMap { $0.unsigned("num-buffers") }.reduce(0, +) == 20)
            let still = reports.drop { $0.unsigned("num-buffers") == 0 }.drop { $0.unsigned("num-buffers") != 0 }
                .prefix { $0.unsigned("num-buffers") == 0 }
            let since = still.compactMap { $0.unsigned("since-last-buffer") }
            #expect(since.count >= 3)
            for (earlier, later) in zip(since, since.dropFirst()) { #expect(later > earlier) }
            let longest = try #require(reports.compactMap { $0.unsigned("max-interval") }.max())
            let stillest = try #require(since.last)
            #expect(longest >= stillest)
        }

        @Test func `are made for a stream without any buffer`() throws {
            let harness = try Harness("timepiecetick", ["interval": "20000000"])
            #expect(harness.messages.wait(untilTicks: { $0.count >= 3 }))
            let reports = harness.messages.ticks()
            #expect(reports.allSatisfy { $0.unsigned("num-buffers") == 0 && $0.unsigned("timestamp") == UInt64.max })
            #expect(try #require(reports[2].unsigned("since-last-buffer")) >= 40_000_000)
        }

        @Test func `the last one is posted before EOS is pushed, and none after it`() throws {
            let pipeline = try Pipeline(
                "fakesrc num-buffers=5 ! timepiecetick name=tick interval=20000000 ! fakesink name=sink")
            let sink = try BufferTrace(try pipeline.element("sink"), pad: "sink")
            try pipeline.playToEnd()
            #expect(sink.events.last == "eos")
            let types = pipeline.messages.all.map(\.type)
            let end = try #require(types.firstIndex(of: "eos"))
            let last = try #require(types.lastIndex(of: "element"))
            #expect(last < end)
            // Whatever else might be posted has its chance for some intervals.
            #expect(!pipeline.messages.wait(atMost: .milliseconds(100), untilTicks: { $0.count > 1 }))
            try pipeline.stop()
            #expect(pipeline.messages.ticks().count == 1)
        }

        @Test func `with an interval of 0 the only one is posted at EOS`() throws {
            let pipeline = try Pipeline(
                """
                videotestsrc is-live=true num-buffers=20 ! video/x-raw,framerate=100/1 \
                ! timepiecetick interval=0 ! fakesink
                """)
            try pipeline.playToEnd()
            #expect(pipeline.messages.ticks().map { $0.unsigned("num-buffers") } == [20])
        }

        @Test func `follow the grid of the interval, and only the last window is shorter`() throws {
            let pipeline = try Pipeline(
                """
                videotestsrc is-live=true ! video/x-raw,framerate=100/1 \
                ! timepiecetick interval=100000000 ! fakesink
                """)
            try pipeline.play()
            #expect(pipeline.messages.wait(untilTicks: { $0.count >= 5 }))
            try pipeline.end()
            let reports = pipeline.messages.ticks()
            // Each window ends late by what the machine needs, so that one may be a little shorter than another.
            let elapsed = reports.dropLast().compactMap { $0.unsigned("duration") }.reduce(0, +)
            #expect(elapsed >= UInt64(reports.count - 1) * 100_000_000)
        }

        @Test func `restart after a flush that follows EOS`() throws {
            let harness = try Harness("timepiecetick", ["interval": "0"])
            harness.begin()
            _ = try harness.push(at: 1_000)
            #expect(unsafe harness.push(event: gst_event_new_eos()))
            #expect(unsafe harness.push(event: gst_event_new_flush_start()))
            #expect(unsafe harness.push(event: gst_event_new_flush_stop(1)))
            harness.element.set("interval", "20000000")
            #expect(harness.messages.wait(untilTicks: { $0.count >= 3 }))
            #expect(harness.messages.ticks().map { $0.unsigned("total-buffers") }.allSatisfy { $0 == 1 })
        }

        @Test func `are not made while paused`() throws {
            let pipeline = try Pipeline(
                "videotestsrc is-live=true ! timepiecetick interval=20000000 ! fakesink async=false")
            try pipeline.play()
            #expect(pipeline.messages.wait(untilTicks: { $0.count >= 2 }))
            try pipeline.pause()
            let count = pipeline.messages.ticks().count
            #expect(!pipeline.messages.wait(atMost: .milliseconds(150), untilTicks: { $0.count > count }))
            try pipeline.play()
            #expect(pipeline.messages.wait(untilTicks: { $0.count >= count + 2 }))
        }

        @Test(arguments: ["flush", "segment", "stream"])
        func `an interval spans a new segment or stream, and not a flush`(kind: String) throws {
            let harness = try Harness("timepiecetick", ["interval": "0"])
            harness.begin()
            _ = try harness.push()
            _ = try harness.push()
            switch kind {
            case "flush":
                #expect(unsafe harness.push(event: gst_event_new_flush_start()))
                #expect(unsafe harness.push(event: gst_event_new_flush_stop(1)))
                harness.begin(caps: "application/x-other")
            case "segment":
                var segment = GstSegment()
                unsafe gst_segment_init(&segment, GST_FORMAT_TIME)
                #expect(unsafe harness.push(event: gst_event_new_segment(&segment)))
            default:
                #expect(unsafe harness.push(event: gst_event_new_stream_start("another")))
            }
            _ = try harness.push()
            _ = try harness.push()
            let stats = try harness.element.stats()
            #expect(stats.unsigned("num-buffers") == 4)
            #expect(stats.unsigned("num-intervals") == (kind == "flush" ? 2 : 3))
        }

        @Test func `a stream after EOS begins a new row`() throws {
            let harness = try Harness("timepiecetick", ["interval": "0"])
            harness.begin()
            for _ in 0..<2 { _ = try harness.push() }
            #expect(unsafe harness.push(event: gst_event_new_eos()))
            #expect(unsafe harness.push(event: gst_event_new_stream_start("another")))
            try harness.pushSegment(start: 0, rate: 1)
            for _ in 0..<2 { _ = try harness.push() }
            #expect(try harness.element.stats().unsigned("num-buffers") == 2)
            #expect(try harness.element.stats().unsigned("num-intervals") == 1)
        }
    }
}
