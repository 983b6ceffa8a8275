import CGStreamerCheck
import Testing

extension TimepieceTick {
    @Suite("Pull mode")
    struct PullModeTests {
        @Test(arguments: [GST_FLOW_FLUSHING, GST_FLOW_EOS, GST_FLOW_ERROR, GST_FLOW_CUSTOM_ERROR_1].map(\.rawValue))
        func `flow returns are passed on unchanged`(flow: Int32) throws {
            let element = try Element(factory: "timepiecetick")
            let peers = try PullPeers(around: element, answering: GstFlowReturn(flow))
            let (answer, bytes) = peers.pull(10)
            #expect(answer.rawValue == flow)
            #expect(bytes == nil)
            #expect(try element.stats().unsigned("num-buffers") == 0)
        }

        @Test func `pulled buffers are those of the source, and are counted`() throws {
            let element = try Element(factory: "timepiecetick")
            let peers = try PullPeers(around: element, answering: GST_FLOW_OK)
            let before = try BufferTrace(element, pad: "sink")
            let after = try BufferTrace(element, pad: "src")
            for length in [10, 20, 30] {
                let (answer, bytes) = peers.pull(length)
                #expect(answer == GST_FLOW_OK)
                #expect(bytes == length)
            }
            #expect(after.buffers == 3)
            #expect(after.passages == before.passages)
            let stats = try element.stats()
            #expect(stats.unsigned("num-buffers") == 3)
            #expect(stats.unsigned("num-bytes") == 60)
        }

        @Test func `wrong settings refuse the activation with a sentence`() throws {
            let element = try Element(factory: "timepiecetick")
            element.set("interval", "1")
            #expect(throws: TestFailure.self) { try PullPeers(around: element, answering: GST_FLOW_OK) }
        }
    }
}
