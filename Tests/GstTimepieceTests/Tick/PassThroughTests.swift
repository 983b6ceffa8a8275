import CGStreamerCheck
import Testing

extension TimepieceTick {
    @Suite("Buffers, lists and events")
    struct PassThroughTests {
        @Test func `come out as the same buffer, with no other owner`() throws {
            let harness = try Harness("timepiecetick")
            harness.begin()
            let buffer = try unsafe harness.buffer()
            #expect(unsafe harness.push(buffer) == GST_FLOW_OK)
            let out = try unsafe #require(harness.pull())
            defer { unsafe gst_buffer_unref(out) }
            #expect(unsafe out == buffer)
            #expect(unsafe out.pointee.mini_object.refcount == 1)
        }

        @Test func `come out as the same list, one tick with every buffer counted`() throws {
            let harness = try Harness("timepiecetick")
            let before = try BufferTrace(harness.element, pad: "sink")
            let after = try BufferTrace(harness.element, pad: "src")
            harness.begin()
            harness.answer(GST_FLOW_OK)
            for _ in 0..<3 { #expect(try harness.pushList(of: 5, bytes: 10) == GST_FLOW_OK) }
            #expect(after.passages == before.passages)
            #expect(after.passages.map { $0.list != nil } == [true, true, true])
            #expect(after.references == [1, 1, 1])
            let stats = try harness.element.stats()
            #expect(stats.unsigned("num-buffers") == 15)
            #expect(stats.unsigned("num-bytes") == 150)
            #expect(stats.unsigned("num-intervals") == 2)
        }

        @Test func `an empty list passes and counts for nothing`() throws {
            let harness = try Harness("timepiecetick")
            harness.begin()
            harness.answer(GST_FLOW_OK)
            #expect(try harness.pushList(of: 0) == GST_FLOW_OK)
            #expect(try harness.element.stats().unsigned("num-buffers") == 0)
        }

        @Test func `a buffer without any memory counts with no bytes`() throws {
            let harness = try Harness("timepiecetick")
            harness.begin()
            #expect(try harness.push(bytes: 0) == GST_FLOW_OK)
            let stats = try harness.element.stats()
            #expect(stats.unsigned("num-buffers") == 1)
            #expect(stats.unsigned("num-bytes") == 0)
        }

        @Test func `keep their order, events among buffers`() throws {
            let harness = try Harness("timepiecetick")
            let before = try BufferTrace(harness.element, pad: "sink")
            let after = try BufferTrace(harness.element, pad: "src")
            harness.begin()
            _ = try harness.push()
            #expect(unsafe harness.push(event: gst_event_new_gap(0, 1)))
            #expect(
                unsafe harness.push(
                    event: gst_event_new_custom(GST_EVENT_CUSTOM_DOWNSTREAM, gst_structure_new_empty("x-own"))))
            _ = try harness.push()
            #expect(unsafe harness.push(event: gst_event_new_tag(gst_tag_list_new_empty())))
            #expect(unsafe harness.push(event: gst_event_new_flush_start()))
            #expect(unsafe harness.push(event: gst_event_new_flush_stop(1)))
            harness.begin(caps: "application/x-other")
            _ = try harness.push()
            #expect(unsafe harness.push(event: gst_event_new_eos()))
            #expect(after.items == before.items)
            #expect(
                after.events == [
                    "stream-start", "caps", "segment", "gap", "custom-downstream", "tag", "flush-start", "flush-stop",
                    "caps", "segment", "eos",
                ])
            #expect(after.buffers == 3)
        }

        @Test func `upstream events are passed upstream, in order`() throws {
            let harness = try Harness("timepiecetick")
            harness.begin()
            _ = harness.upstreamEvents()
            #expect(unsafe harness.push(upstreamEvent: gst_event_new_reconfigure()))
            #expect(unsafe harness.push(upstreamEvent: gst_event_new_qos(GST_QOS_TYPE_UNDERFLOW, 1, 2, 3)))
            #expect(unsafe harness.push(upstreamEvent: gst_event_new_latency(4)))
            #expect(unsafe harness.push(upstreamEvent: gst_event_new_flush_start()))
            #expect(unsafe harness.push(upstreamEvent: gst_event_new_flush_stop(1)))
            #expect(harness.upstreamEvents() == ["reconfigure", "qos", "latency", "flush-start", "flush-stop"])
        }

        @Test(
            arguments: [
                GST_FLOW_OK, GST_FLOW_FLUSHING, GST_FLOW_EOS, GST_FLOW_NOT_LINKED, GST_FLOW_NOT_NEGOTIATED,
                GST_FLOW_ERROR, GST_FLOW_CUSTOM_ERROR_1, GST_FLOW_CUSTOM_SUCCESS_1,
            ].map(\.rawValue))
        func `flow returns are passed on unchanged, for a buffer and for a list`(flow: Int32) throws {
            let harness = try Harness("timepiecetick")
            harness.begin()
            harness.answer(GstFlowReturn(flow))
            #expect(try harness.push().rawValue == flow)
            #expect(try harness.pushList(of: 2).rawValue == flow)
        }

        @Test func `without a peer downstream, the element returns NOT_LINKED`() throws {
            let harness = try Harness("timepiecetick", linked: false)
            harness.begin()
            #expect(try harness.push() == GST_FLOW_NOT_LINKED)
            #expect(try harness.pushList(of: 2) == GST_FLOW_NOT_LINKED)
        }

        @Test func `while it is flushed, the element returns FLUSHING, and counts nothing`() throws {
            let harness = try Harness("timepiecetick")
            harness.begin()
            #expect(unsafe harness.push(event: gst_event_new_flush_start()))
            #expect(try harness.push() == GST_FLOW_FLUSHING)
            #expect(try harness.pushList(of: 2) == GST_FLOW_FLUSHING)
            #expect(try harness.element.stats().unsigned("num-buffers") == 0)
        }
    }
}
