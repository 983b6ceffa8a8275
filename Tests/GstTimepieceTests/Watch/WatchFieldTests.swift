import CGStreamerCheck
import Testing

extension TimepieceWatch {
    @Suite("The message")
    struct WatchFieldTests {
        @Test func `has every field of the design, in that order, with those types, and so have the children`() throws {
            let pipeline = try Pipeline("fakesrc num-buffers=3 ! timepiecewatch name=a ! timepiecewatch ! fakesink")
            try pipeline.playToEnd()
            let report = try pipeline.watch("a")
            let child = try #require(report.children.first)
            for structure in [report.structure, child.structure] {
                #expect(structure.name == "timepiece-watch")
                #expect(structure.fields.map { "\($0.type) \($0.name)" } == Self.expected)
            }
        }

        @Test func `has the same fields as the property stats, which reading does not change`() throws {
            let pipeline = try Pipeline(
                "fakesrc ! timepiecewatch name=a interval=0 ! identity sleep-time=1000 ! fakesink name=sink")
            let element = try pipeline.element("a")
            let before = try element.stats()
            #expect(before.name == "application/x-timepiece-watch-stats")
            #expect(before.fields.map { "\($0.type) \($0.name)" } == Self.expected)
            let buffers = try BufferTrace(try pipeline.element("sink"), pad: "sink")
            try pipeline.play()
            try buffers.wait(forBuffers: 20)
            let one = try #require(try element.stats().unsigned("num-intervals"))
            try buffers.wait(forBuffers: buffers.buffers + 5)
            let other = try #require(try element.stats().unsigned("num-intervals"))
            #expect(one >= 15 && other >= one + 4)
        }

        @Test func `is posted each interval while the stream runs, and together they contain every lap once`() throws {
            let pipeline = try Pipeline(
                """
                fakesrc ! timepiecewatch name=a interval=20000000 ! identity sleep-time=1000 \
                ! timepiecewatch name=b interval=30000000 ! identity sleep-time=500 ! fakesink name=sink
                """)
            let buffers = try BufferTrace(try pipeline.element("sink"), pad: "sink")
            try pipeline.play()
            for name in ["a", "b"] {
                #expect(
                    pipeline.messages.wait { messages in
                        messages.count { $0.source == name && $0.structure?.name == "timepiece-watch" } >= 4
                    })
            }
            try pipeline.end()
            let outer = try pipeline.watches("a")
            // The first push waits in the sink until the pipeline plays; that is not a lap.
            #expect(outer.reduce(0) { $0 + $1.laps } == buffers.buffers - 1)
            #expect(outer.allSatisfy { $0.addsUp })
            let inner = try pipeline.watches("b")
            #expect(inner.reduce(0) { $0 + $1.laps } == outer.flatMap(\.children).reduce(0) { $0 + $1.laps })
        }

        @Test func `is not posted if post-messages is off`() throws {
            let pipeline = try Pipeline("fakesrc num-buffers=3 ! timepiecewatch post-messages=false ! fakesink")
            try pipeline.playToEnd()
            #expect(try pipeline.watches().isEmpty)
        }

        private static let expected = [
            "gchararray label", "gchararray watch", "guint64 timestamp", "guint64 stream-time",
            "guint64 running-time", "guint64 duration", "guint64 num-intervals", "guint64 min-interval",
            "guint64 max-interval", "guint64 avg-interval", "guint64 sum-interval", "guint64 stddev-interval",
            "guint64 p50-interval", "guint64 p90-interval", "guint64 p99-interval", "guint64 self-time",
            "gdouble share", "guint64 num-unmatched", "guint64 num-merged", "guint64 in-flight",
            "guint64 oldest-in-flight", "GstValueArray children",
        ]
    }
}
