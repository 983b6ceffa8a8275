import CGStreamerCheck
import Testing

extension TimepieceWatch {
    @Suite("Settings")
    struct WatchSettingsTests {
        @Test(arguments: [
            ("timepiecewatch watch=a..b", "empty name"),
            ("timepiecewatch watch=.a", "empty name"),
            ("timepiecewatch watch=\"\"", "empty name"),
            ("timepiecewatch watch=a ! timepiecewatch watch=a edge=start", "allowed on one name"),
            ("timepiecewatch watch=a edge=stop ! timepiecewatch watch=a", "allowed on one name"),
            ("timepiecewatch interval=5", "interval"),
        ])
        func `that are invalid fail the start with a sentence`(elements: String, words: String) throws {
            let pipeline = try Pipeline("fakesrc num-buffers=3 ! \(elements) ! fakesink")
            #expect(throws: TestFailure.self) { try pipeline.set(GST_STATE_PAUSED) }
            let complaint = try #require(pipeline.messages.all.first { $0.type == "error" }?.complaint)
            #expect(complaint.domain == "gst-resource-error-quark")
            #expect(complaint.code == Int(GST_RESOURCE_ERROR_SETTINGS.rawValue))
            #expect(complaint.text.contains(words))
        }

        @Test func `with two starts in a row warn once, and the buffers flow`() throws {
            let pipeline = try Pipeline(
                """
                fakesrc num-buffers=50 ! timepiecewatch watch=w edge=start ! timepiecewatch watch=w edge=start \
                ! timepiecewatch watch=w edge=stop ! fakesink name=sink
                """)
            let buffers = try BufferTrace(try pipeline.element("sink"), pad: "sink")
            try pipeline.playToEnd()
            #expect(pipeline.messages.all.filter { $0.type == "warning" }.count == 1)
            #expect(buffers.buffers == 50)
        }

        @Test func `with the stop before the start warn once, and no lap is invented`() throws {
            let pipeline = try Pipeline(
                """
                fakesrc num-buffers=300 ! timepiecewatch name=s watch=w edge=stop interval=1000000 \
                ! timepiecewatch watch=w edge=start ! fakesink name=sink
                """)
            let buffers = try BufferTrace(try pipeline.element("sink"), pad: "sink")
            try pipeline.playToEnd()
            #expect(pipeline.messages.all.filter { $0.type == "warning" }.count == 1)
            let reports = try pipeline.watches("s")
            #expect(reports.allSatisfy { $0.laps == 0 } && reports.reduce(0) { $0 + $1.unmatched } == 300)
            #expect(buffers.buffers == 300)
        }

        @Test func `a stop without a start counts its buffers as unmatched`() throws {
            let pipeline = try Pipeline("fakesrc num-buffers=20 ! timepiecewatch name=s edge=stop ! fakesink")
            try pipeline.playToEnd()
            #expect(try pipeline.watch("s").unmatched == 20)
        }
    }
}
