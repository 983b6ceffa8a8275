import CGStreamerCheck
import Testing

extension TimepieceTick {
    /// Stalls on the clock. Bounds are one-sided wherever a slow machine could break them: a stall is never reported
    /// too early, and the test waits for what has to follow.
    @Suite("A stall")
    struct StallTests {
        private static let millisecond: UInt64 = 1_000_000
        /// 50 ms without a buffer, and a report each 40 ms.
        private static let settings: KeyValuePairs = ["stall-timeout": "50000000", "interval": "40000000"]

        private static func harness(_ settings: KeyValuePairs<String, String> = settings) throws -> Harness {
            let harness = try Harness("timepiecetick", settings)
            harness.begin()
            return harness
        }

        /// Lets a separate stream stall until the given number of its reports arrived: by then, every other stall was
        /// reported, too.
        private static func letTimePass(stalls count: Int = 5) throws {
            let harness = try harness()
            _ = try harness.push()
            try harness.messages.waitForStalls(count)
        }

        @Test func `is reported, then again at each report with a longer time, until a buffer comes`() throws {
            let harness = try Self.harness()
            _ = try harness.push(at: 7 * Self.millisecond)
            try harness.messages.waitForStalls(4)
            _ = try harness.push(at: 8 * Self.millisecond)
            let resume = try harness.messages.waitForResume()
            let stalls = harness.messages.stalls
            let lengths = stalls.compactMap { $0.unsigned("since-last-buffer") }
            #expect(lengths.count == stalls.count)
            #expect(try #require(lengths.first) >= 50 * Self.millisecond)
            #expect(zip(lengths, lengths.dropFirst()).allSatisfy { $0 < $1 })
            #expect(try #require(resume.unsigned("stalled-for")) >= #require(lengths.last))
            #expect(stalls.allSatisfy { $0.unsigned("last-running-time") == 7 * Self.millisecond })
            #expect(stalls.allSatisfy { $0.text("reason") == "standstill" })
            #expect(resume.text("reason") == "standstill")
        }

        @Test func `that is over is reported before EOS, however soon that comes`() throws {
            let harness = try Self.harness()
            _ = try harness.push()
            try harness.messages.waitForStalls(1)
            _ = try harness.push()
            #expect(unsafe harness.push(event: gst_event_new_eos()))
            #expect(harness.messages.resumes.count == 1)
        }

        @Test
        func `has every field of the design, in that order, and is posted with and without reports`() throws {
            let harness = try Self.harness(["stall-timeout": "50000000", "post-messages": "false", "label": "here"])
            _ = try harness.push()
            try harness.messages.waitForStalls(1)
            _ = try harness.push()
            let resume = try harness.messages.waitForResume()
            #expect(
                harness.messages.stalls.first?.fields.map { "\($0.type) \($0.name)" } == [
                    "gchararray label", "guint64 since-last-buffer", "guint64 last-running-time", "gchararray reason",
                ])
            #expect(
                resume.fields.map { "\($0.type) \($0.name)" } == [
                    "gchararray label", "guint64 stalled-for", "gchararray reason",
                ])
            #expect(resume.text("label") == "here")
        }

        @Test func `is reported once if there are no periodic reports`() throws {
            let harness = try Self.harness(["stall-timeout": "50000000", "interval": "0"])
            _ = try harness.push()
            try Self.letTimePass()
            #expect(harness.messages.stalls.count == 1)
        }

        @Test func `is not reported before the first buffer`() throws {
            let harness = try Self.harness()
            try Self.letTimePass()
            #expect(harness.messages.stalls.isEmpty)
            _ = try harness.push()
            try harness.messages.waitForStalls(1)
        }

        @Test func `is reported before the first buffer with stall-on-start, with no running time`() throws {
            let harness = try Self.harness(["stall-timeout": "50000000", "stall-on-start": "true"])
            try harness.messages.waitForStalls(1)
            #expect(harness.messages.stalls.first?.unsigned("last-running-time") == .max)
            _ = try harness.push()
            #expect(try #require(harness.messages.waitForResume().unsigned("stalled-for")) >= 50 * Self.millisecond)
        }

        @Test func `is not reported in PAUSED, and in PLAYING counts from there`() throws {
            let harness = try Self.harness()
            _ = try harness.push()
            #expect(harness.element.set(GST_STATE_PAUSED) != GST_STATE_CHANGE_FAILURE)
            let before = harness.messages.stalls.count
            try Self.letTimePass()
            #expect(harness.messages.stalls.count == before)
            let start = UInt64(g_get_monotonic_time()) * 1000
            #expect(harness.element.set(GST_STATE_PLAYING) != GST_STATE_CHANGE_FAILURE)
            try harness.messages.waitForStalls(before + 1)
            let length = try #require(harness.messages.stalls.dropFirst(before).first?.unsigned("since-last-buffer"))
            #expect(length >= 50 * Self.millisecond)
            #expect(length <= UInt64(g_get_monotonic_time()) * 1000 - start)
        }

        @Test func `is not reported after EOS`() throws {
            let harness = try Self.harness()
            _ = try harness.push()
            #expect(unsafe harness.push(event: gst_event_new_eos()))
            let before = harness.messages.stalls.count
            try Self.letTimePass()
            #expect(harness.messages.stalls.count == before)
        }

        @Test func `is not reported after the EOS of an alarm, even if buffers follow`() throws {
            let harness = try Self.harness(["stall-timeout": "50000000", "alarms": "ordinal,each=2,action=eos"])
            for _ in 0..<2 { _ = try harness.push() }
            let before = harness.messages.stalls.count
            try? harness.pushSegment(start: 0, rate: 1)
            try Self.letTimePass()
            #expect(harness.messages.stalls.count == before)
        }

        @Test func `is not reported during a flush, and counts from its end`() throws {
            let harness = try Self.harness()
            _ = try harness.push()
            #expect(unsafe harness.push(event: gst_event_new_flush_start()))
            let before = harness.messages.stalls.count
            try Self.letTimePass()
            #expect(harness.messages.stalls.count == before)
            let end = UInt64(g_get_monotonic_time()) * 1000
            #expect(unsafe harness.push(event: gst_event_new_flush_stop(1)))
            try harness.pushSegment(start: 0, rate: 1)
            try harness.messages.waitForStalls(before + 1)
            let length = try #require(harness.messages.stalls.dropFirst(before).first?.unsigned("since-last-buffer"))
            #expect(length >= 50 * Self.millisecond)
            #expect(length <= UInt64(g_get_monotonic_time()) * 1000 - end)
        }

        @Test func `that ends with a new segment is resumed like any other`() throws {
            let harness = try Self.harness()
            _ = try harness.push()
            try harness.messages.waitForStalls(2)
            try harness.pushSegment(start: 0, rate: 1)
            try harness.messages.waitForStalls(3)
            _ = try harness.push()
            _ = try harness.messages.waitForResume()
        }

        @Test func `does not outlive the start of the element`() throws {
            let harness = try Self.harness()
            _ = try harness.push()
            #expect(harness.element.set(GST_STATE_READY) != GST_STATE_CHANGE_FAILURE)
            let before = harness.messages.stalls.count
            #expect(harness.element.set(GST_STATE_PLAYING) != GST_STATE_CHANGE_FAILURE)
            try Self.letTimePass()
            #expect(harness.messages.stalls.count == before)
        }

        @Test func `is reported for a trickle, with each report, until the stream flows`() throws {
            let harness = try Self.harness(["min-rate": "100", "interval": "50000000"])
            _ = try harness.push()
            #expect(
                try eventually {
                    _ = try harness.push()
                    g_usleep(25_000)
                    return harness.messages.stalls.count >= 3
                })
            let stalls = harness.messages.stalls
            #expect(stalls.allSatisfy { $0.text("reason") == "trickle" })
            let lengths = stalls.compactMap { $0.unsigned("since-last-buffer") }
            #expect(zip(lengths, lengths.dropFirst()).allSatisfy { $0 < $1 })
            #expect(
                try eventually {
                    _ = try harness.push()
                    return !harness.messages.resumes.isEmpty
                })
            let resume = try #require(harness.messages.resumes.first)
            #expect(resume.text("reason") == "trickle")
            #expect(try #require(resume.unsigned("stalled-for")) >= 3 * 50 * Self.millisecond - 10 * Self.millisecond)
        }

        @Test func `is reported as soon as a setting requires it, while playing`() throws {
            let harness = try Self.harness(["interval": "0"])
            _ = try harness.push()
            harness.element.set("stall-timeout", "20000000")
            try harness.messages.waitForStalls(1)
            _ = try harness.push()
            _ = try harness.messages.waitForResume()
        }

        @Test func `is no longer reported when the setting is removed while playing, except its end`() throws {
            let harness = try Self.harness()
            _ = try harness.push()
            try harness.messages.waitForStalls(2)
            harness.element.set("stall-timeout", "0")
            // One may be under way while the property is set.
            let told = harness.messages.stalls.count
            try Self.letTimePass()
            #expect(harness.messages.stalls.count <= told + 1)
            _ = try harness.push()
            _ = try harness.messages.waitForResume()
        }

        @Test func `of one element is not reported by another`() throws {
            let pipeline = try Pipeline(
                """
                videotestsrc is-live=true ! video/x-raw,framerate=50/1 ! timepiecetick name=first \
                stall-timeout=100000000 interval=50000000 ! valve name=valve \
                ! timepiecetick name=second stall-timeout=100000000 interval=50000000 ! fakesink async=false
                """)
            try pipeline.play()
            #expect(
                pipeline.messages.wait { messages in
                    messages.contains { $0.source == "second" && $0.structure?.unsigned("total-buffers") ?? 0 > 3 }
                })
            try pipeline.element("valve").set("drop", "true")
            #expect(
                pipeline.messages.wait { messages in
                    messages.count { $0.source == "second" && $0.structure?.name == "timepiece-stall" } > 2
                })
            try pipeline.element("valve").set("drop", "false")
            #expect(
                pipeline.messages.wait { messages in
                    messages.contains { $0.source == "second" && $0.structure?.name == "timepiece-resume" }
                })
        }

        @Test func `a timeout that is too short is refused`() throws {
            let pipeline = try Pipeline("fakesrc ! timepiecetick stall-timeout=999999 ! fakesink")
            #expect(throws: TestFailure.self) { try pipeline.play() }
            #expect(pipeline.messages.all.compactMap(\.complaint).contains { $0.text.contains("stall-timeout") })
        }
    }
}

extension MessageLog {
    fileprivate var stalls: [Structure] { structures("timepiece-stall") }
    fileprivate var resumes: [Structure] { structures("timepiece-resume") }

    fileprivate func waitForStalls(_ count: Int) throws {
        guard wait(until: { Self.count("timepiece-stall", in: $0) >= count }) else {
            throw TestFailure("Only \(stalls.count) of \(count) stalls were told.")
        }
    }

    fileprivate func waitForResume() throws -> Structure {
        guard wait(until: { Self.count("timepiece-resume", in: $0) > 0 }), let resume = resumes.first else {
            throw TestFailure("No resumption was told.")
        }
        return resume
    }

    private static func count(_ name: String, in messages: [Message]) -> Int {
        messages.count { $0.structure?.name == name }
    }
}
