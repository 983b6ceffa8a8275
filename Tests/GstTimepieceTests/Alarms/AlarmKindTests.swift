import CGStreamerCheck
import Testing

extension TimepieceTick {
    /// The kinds of alarms, in a stream whose media times the test gives.
    @Suite("An alarm")
    struct AlarmKindTests {
        /// Pushes 25 buffers a second of media and returns what fired.
        private static func fire(_ alarms: String, buffers: UInt64 = 100) throws -> [FiredAlarm] {
            let harness = try Harness("timepiecetick", ["alarms": alarms])
            harness.begin()
            for number in 0..<buffers { _ = try harness.push(at: number * 40_000_000) }
            return harness.messages.alarms()
        }

        @Test func `on an interval fires at the first buffer and then on its grid`() throws {
            let fired = try Self.fire("interval,name=beat,every=1s,clock=running-time")
            #expect(fired.map(\.runningTime) == [0, 1_000_000_000, 2_000_000_000, 3_000_000_000])
            #expect(fired.map(\.count) == [1, 2, 3, 4])
            #expect(fired.map(\.due) == fired.map(\.fired))
            #expect(fired.allSatisfy { $0.name == "beat" && $0.kind == "interval" })
        }

        @Test func `on an interval that no buffer meets fires at the next buffer and keeps its grid`() throws {
            let fired = try Self.fire("interval,every=90ms,clock=running-time", buffers: 11)
            #expect(fired.map { $0.runningTime / 1_000_000 } == [0, 120, 200, 280, 360])
            #expect(fired.map { $0.due / 1_000_000 } == [0, 90, 180, 270, 360])
        }

        @Test func `does not make up slots that no buffer met`() throws {
            let harness = try Harness("timepiecetick", ["alarms": "interval,every=1s,clock=running-time"])
            harness.begin()
            for second in [0, 1, 7, 8] as [UInt64] { _ = try harness.push(at: second * 1_000_000_000) }
            #expect(harness.messages.alarms().map { $0.fired / 1_000_000_000 } == [0, 1, 7, 8])
            #expect(harness.messages.alarms().map { $0.due / 1_000_000_000 } == [0, 1, 2, 8])
        }

        @Test func `on the monotonic clock keeps its grid in a live stream`() throws {
            let pipeline = try Pipeline(
                """
                videotestsrc is-live=true ! video/x-raw,framerate=50/1 \
                ! timepiecetick name=tick alarms="interval,every=100ms" ! fakesink
                """)
            let crossing = try pipeline.crossing("tick")
            try pipeline.play()
            #expect(pipeline.messages.wait { $0.count { $0.structure?.name == "timepiece-alarm" } > 4 })
            try pipeline.end()
            let fired = pipeline.messages.alarms()
            let start = try #require(fired.first).due
            let (first, last) = (try #require(crossing.entries.first), try #require(crossing.exits.last))
            #expect(fired.count <= Int((last.instant - first.instant) / 100_000_000) + 1)
            #expect(fired.allSatisfy { ($0.due - start) % 100_000_000 == 0 && $0.fired >= $0.due })
            #expect(zip(fired, fired.dropFirst()).allSatisfy { $0.fired < $1.due })
        }

        @Test func `that is ordinal fires at each n-th buffer and not at the first`() throws {
            let fired = try Self.fire("ordinal,each=30")
            #expect(fired.map { $0.runningTime / 40_000_000 } == [29, 59, 89])
        }

        @Test func `that is ordinal fires at the first buffer if n is 1`() throws {
            #expect(try Self.fire("ordinal,each=1", buffers: 5).map(\.count) == [1, 2, 3, 4, 5])
        }

        @Test func `that is ordinal counts a list once`() throws {
            let harness = try Harness("timepiecetick", ["alarms": "ordinal,each=2"])
            harness.begin()
            harness.answer(GST_FLOW_OK)
            for _ in 0..<5 { _ = try harness.pushList(of: 7) }
            #expect(harness.messages.alarms().count == 2)
        }

        @Test(arguments: ["interval,every=40ms,clock=running-time", "ordinal,each=1"])
        func `ends after its count`(_ alarm: String) throws {
            #expect(try Self.fire("\(alarm),count=3").map(\.count) == [1, 2, 3])
        }

        @Test func `after a duration fires once, that long after the first buffer`() throws {
            let harness = try Harness("timepiecetick", ["alarms": "after,after=1s,clock=running-time"])
            harness.begin()
            for number in 5..<100 as Range<UInt64> { _ = try harness.push(at: number * 40_000_000) }
            #expect(harness.messages.alarms().map(\.fired) == [1_200_000_000])
        }

        @Test func `at a time that has passed fires once, at the first buffer`() throws {
            let fired = try Self.fire("at,time=2020-02-29T12:00:00.5+01:00", buffers: 10)
            #expect(fired.map(\.runningTime) == [0])
            #expect(fired.map(\.due) == [1_582_974_000_500_000_000])
            #expect(fired.map(\.kind) == ["at"])
        }

        @Test func `at a time to come waits`() throws {
            #expect(try Self.fire("at,time=2200-01-01T00:00:00Z").isEmpty)
        }

        @Test func `at a time fires at the first buffer after it`() throws {
            let harness = try Harness("timepiecetick")
            harness.begin()
            let soon = g_get_real_time() / 1_000_000 + 1
            let time = unsafe g_date_time_new_from_unix_utc(soon)
            let text = unsafe g_date_time_format_iso8601(time)
            let alarm = unsafe "at,time=" + (text.map { unsafe String(cString: $0) } ?? "")
            unsafe g_free(text)
            unsafe g_date_time_unref(time)
            #expect(harness.element.addAlarm(alarm))
            #expect(
                try eventually {
                    _ = try harness.push()
                    return !harness.messages.alarms().isEmpty
                })
            let fired = try #require(harness.messages.alarms().first)
            #expect(fired.due == UInt64(soon) * 1_000_000_000)
            #expect(fired.fired >= fired.due)
        }

        @Test func `at a time without a zone means local time`() throws {
            let time = unsafe g_date_time_new_local(2020, 6, 1, 12, 0, 0)
            let expected = UInt64(unsafe g_date_time_to_unix(time)) * 1_000_000_000
            unsafe g_date_time_unref(time)
            #expect(try Self.fire("at,time=2020-06-01T12:00:00", buffers: 1).map(\.due) == [expected])
        }

        @Test func `that several share with others fires in the order of the list`() throws {
            let fired = try Self.fire(
                "ordinal,name=b,each=1; interval,name=a,every=1h; ordinal,name=c,each=1", buffers: 2)
            #expect(fired.map(\.name) == ["b", "a", "c", "b", "c"])
        }

        @Test func `without a name is named after its kind and its place`() throws {
            #expect(try Self.fire("ordinal,each=9; interval,every=1h", buffers: 1).map(\.name) == ["interval2"])
        }

        @Test func `of one element does not fire in another`() throws {
            let pipeline = try Pipeline(
                """
                fakesrc num-buffers=10 ! timepiecetick name=first alarms="ordinal,name=x,each=3" \
                ! timepiecetick name=second label=two alarms="ordinal,name=x,each=5" ! fakesink
                """)
            try pipeline.playToEnd()
            #expect(pipeline.messages.alarms(from: "first").map(\.count) == [1, 2, 3])
            #expect(pipeline.messages.alarms(from: "second").map(\.count) == [1, 2])
            #expect(pipeline.messages.structures("timepiece-alarm", from: "second").first?.text("label") == "two")
        }

        @Test
        func `is posted with every field of the design, in that order, whether reports are posted or not`() throws {
            let harness = try Harness("timepiecetick", ["alarms": "ordinal,each=1", "post-messages": "false"])
            harness.begin()
            _ = try harness.push()
            let message = try #require(harness.messages.structures("timepiece-alarm").first)
            #expect(
                message.fields.map { "\($0.type) \($0.name)" } == [
                    "gchararray label", "gchararray alarm", "gchararray kind", "guint64 count", "guint64 due",
                    "guint64 fired", "guint64 running-time",
                ])
        }

        @Test func `of the property is armed again at the next start`() throws {
            let pipeline = try Pipeline(
                "fakesrc num-buffers=5 ! timepiecetick name=tick alarms=\"after,name=x,after=1ns\" ! fakesink")
            for round in 1...2 {
                try pipeline.play()
                try pipeline.wait(for: "eos", count: round)
                try pipeline.stop()
                #expect(pipeline.messages.alarms().count == round)
            }
        }
    }
}
