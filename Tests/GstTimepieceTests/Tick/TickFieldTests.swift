import CGStreamerCheck
import Testing

extension TimepieceTick {
    @Suite("The message")
    struct TickFieldTests {
        @Test("has every field of the design, in that order, with those types")
        func fields() throws {
            let pipeline = try Pipeline("fakesrc num-buffers=3 ! timepiecetick ! fakesink")
            try pipeline.playToEnd()
            let message = try #require(pipeline.messages.ticks().first)
            #expect(message.fields.map { "\($0.type) \($0.name)" } == Self.expected)
        }

        private static let expected = [
            "gchararray label", "guint64 timestamp", "guint64 stream-time", "guint64 running-time",
            "guint64 duration", "guint64 num-buffers", "guint64 num-bytes", "guint64 num-intervals",
            "guint64 min-interval", "guint64 max-interval", "guint64 avg-interval", "guint64 sum-interval",
            "guint64 stddev-interval", "guint64 p50-interval", "guint64 p90-interval", "guint64 p99-interval",
            "gdouble average-rate", "gdouble nominal-rate", "gdouble bitrate", "guint64 since-last-buffer",
            "guint64 num-disconts", "guint64 total-buffers", "guint64 total-bytes", "GstValueArray intervals",
        ]
    }
}
