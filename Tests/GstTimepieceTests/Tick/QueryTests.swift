import CGStreamerCheck
import Testing

extension TimepieceTick {
    /// The element itself answers nothing; what the test's own peer says comes back whole.
    @Suite("Queries")
    struct QueryTests {
        @Test func `position, duration, latency and seeking are answered by the upstream peer`() throws {
            let harness = try Harness("timepiecetick")
            let peer = unsafe QueryPeer(harness.upstream)
            let answers = try unsafe Self.ask(
                harness.downstream,
                [
                    gst_query_new_position(GST_FORMAT_TIME), gst_query_new_duration(GST_FORMAT_TIME),
                    gst_query_new_latency(), gst_query_new_seeking(GST_FORMAT_TIME),
                ])
            #expect(peer.asked == ["position", "duration", "latency", "seeking"])
            #expect(answers[0].signed("current") == 41)
            #expect(answers[1].signed("duration") == 42)
            #expect(answers[2].unsigned("min-latency") == 43)
            #expect(answers[2].unsigned("max-latency") == 44)
            #expect(answers[3].signed("segment-start") == 45)
        }

        @Test func `scheduling is answered by the upstream peer, which decides about pull mode`() throws {
            let harness = try Harness("timepiecetick")
            let peer = unsafe QueryPeer(harness.upstream)
            let answers = try unsafe Self.ask(harness.downstream, [gst_query_new_scheduling()])
            #expect(peer.asked == ["scheduling"])
            #expect(answers[0].signed("minsize") == 47)
            #expect(answers[0].signed("maxsize") == 48)
            #expect(answers[0].signed("align") == 49)
        }

        @Test func `allocation is answered by the downstream peer, with its pool`() throws {
            let harness = try Harness("timepiecetick")
            harness.begin()
            let peer = unsafe QueryPeer(harness.downstream)
            let query = try unsafe #require(gst_query_new_allocation(nil, 1))
            defer { unsafe gst_query_unref(query) }
            #expect(unsafe gst_pad_peer_query(harness.upstream, query) != 0)
            #expect(peer.asked == ["allocation"])
            var (size, least, most): (UInt32, UInt32, UInt32) = (0, 0, 0)
            try #require(unsafe gst_query_get_n_allocation_pools(query) == 1)
            unsafe gst_query_parse_nth_allocation_pool(query, 0, nil, &size, &least, &most)
            #expect([size, least, most] == [50, 51, 52])
        }

        @Test func `caps and accept-caps are answered by the downstream peer`() throws {
            let harness = try Harness("timepiecetick")
            let peer = unsafe QueryPeer(harness.downstream)
            try unsafe Self.askForCaps(harness.upstream)
            #expect(peer.asked == ["caps", "accept-caps"])
        }

        @Test func `caps and accept-caps from downstream are answered by the upstream peer`() throws {
            let harness = try Harness("timepiecetick")
            let peer = unsafe QueryPeer(harness.upstream)
            try unsafe Self.askForCaps(harness.downstream)
            #expect(peer.asked == ["caps", "accept-caps"])
        }

        @Test func `an application's own queries pass in both directions`() throws {
            let harness = try Harness("timepiecetick")
            let above = unsafe QueryPeer(harness.upstream)
            let below = unsafe QueryPeer(harness.downstream)
            for up in [true, false] {
                let pad = unsafe up ? harness.downstream : harness.upstream
                let query = unsafe gst_query_new_custom(GST_QUERY_CUSTOM, gst_structure_new_empty("x-own"))
                #expect(try unsafe Self.ask(pad, [query])[0].unsigned("answer") == 53)
            }
            #expect(above.asked == ["custom"])
            #expect(below.asked == ["custom"])
        }

        /// Asks the element from a neighbor's pad and returns the answers.
        private static func ask(
            _ pad: UnsafeMutablePointer<GstPad>, _ queries: [UnsafeMutablePointer<GstQuery>?]
        ) throws -> [Structure] {
            try unsafe queries.map { query in
                let query = try unsafe #require(query)
                defer { unsafe gst_query_unref(query) }
                #expect(unsafe gst_pad_peer_query(pad, query) != 0)
                return unsafe Structure(try #require(gst_query_get_structure(query)))
            }
        }

        private static func askForCaps(_ pad: UnsafeMutablePointer<GstPad>) throws {
            let caps = try unsafe #require(unsafe gst_pad_peer_query_caps(pad, nil))
            defer { unsafe gst_caps_unref(caps) }
            let text = unsafe gst_caps_to_string(caps)
            defer { unsafe g_free(text) }
            #expect(unsafe String(cString: try #require(text)) == "application/x-answer")
            #expect(unsafe gst_pad_peer_query_accept_caps(pad, caps) == 0)
        }
    }
}
