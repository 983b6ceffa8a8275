import CGStreamerCheck
import Testing

extension TimepieceWatch {
    @Suite("Watches with the same name")
    struct WatchScopeTests {
        @Test func `are not matched across pipelines`() throws {
            let description = """
                fakesrc num-buffers=400 ! timepiecewatch watch=w edge=start label=own ! identity sleep-time=100 \
                ! timepiecewatch name=s watch=w edge=stop interval=0 ! fakesink
                """
            let one = try Pipeline(description)
            let two = try Pipeline(description)
            try one.play()
            try two.play()
            try one.wait(for: "eos")
            try two.wait(for: "eos")
            for pipeline in [one, two] {
                let report = try pipeline.watch("s")
                #expect(report.laps == 400 && report.unmatched == 0 && report.children.isEmpty)
            }
        }

        @Test func `are matched through bins`() throws {
            let pipeline = try Pipeline(
                """
                fakesrc num-buffers=30 ! ( timepiecewatch watch=w edge=start ! queue ) \
                ! ( identity ! timepiecewatch name=s watch=w edge=stop interval=0 ) ! fakesink
                """)
            try pipeline.playToEnd()
            #expect(try pipeline.watch("s").laps == 30)
        }

        @Test func `restart with each run`() throws {
            let pipeline = try Pipeline(
                """
                fakesrc num-buffers=30 ! timepiecewatch watch=w edge=start ! queue \
                ! timepiecewatch name=s watch=w edge=stop interval=0 ! fakesink
                """)
            for run in 1...3 {
                try pipeline.play()
                try pipeline.wait(for: "eos", count: run)
                try pipeline.set(GST_STATE_READY)
            }
            #expect(try pipeline.watches("s").map(\.laps) == [30, 30, 30])
            let reports = try pipeline.watches("s")
            #expect(reports.allSatisfy { $0.unmatched == 0 && $0.children.isEmpty })
        }

        @Test func `are also matched when a stop is added and removed while the pipeline plays`() throws {
            let pipeline = try Pipeline(
                """
                fakesrc is-live=true do-timestamp=true datarate=64000 sizetype=fixed sizemax=64 name=src \
                ! timepiecewatch watch=w edge=start ! tee name=t allow-not-linked=true \
                t. ! queue ! fakesink name=sink async=false
                """)
            let buffers = try BufferTrace(try pipeline.element("sink"), pad: "sink")
            try pipeline.play()
            for round in UInt64(1)...3 {
                try buffers.wait(forBuffers: buffers.buffers + 20)
                let stop = try Element(factory: "timepiecewatch", name: "s\(round)")
                stop.set("watch", "w")
                stop.set("edge", "stop")
                let sink = try Element(factory: "fakesink")
                sink.set("async", "false")
                try pipeline.attach([stop, sink], to: "t")
                let came = try BufferTrace(sink, pad: "sink")
                try came.wait(forBuffers: 30)
                #expect(eventually { (try? stop.stats())?.unsigned("num-intervals") ?? 0 >= 30 })
                #expect(try stop.stats().unsigned("num-unmatched") == 0)
                try pipeline.detach([stop, sink])
            }
        }
    }
}

extension Pipeline {
    /// Adds elements to the running pipeline behind a new pad of a tee.
    fileprivate func attach(_ elements: [Element], to tee: String) throws {
        let bin = unsafe UnsafeMutableRawPointer(element.pointer).assumingMemoryBound(to: GstBin.self)
        for added in elements { unsafe gst_bin_add(bin, added.pointer) }
        for (one, next) in zip(elements, elements.dropFirst()) {
            guard unsafe gst_element_link(one.pointer, next.pointer) != 0 else {
                throw TestFailure("The elements do not link.")
            }
        }
        for added in elements.reversed() { unsafe gst_element_sync_state_with_parent(added.pointer) }
        guard let first = elements.first, unsafe gst_element_link(try self.element(tee).pointer, first.pointer) != 0
        else { throw TestFailure("The elements do not link to \(tee).") }
    }

    /// Removes them again while the others continue.
    fileprivate func detach(_ elements: [Element]) throws {
        let bin = unsafe UnsafeMutableRawPointer(element.pointer).assumingMemoryBound(to: GstBin.self)
        if let first = elements.first { try unlink(first) }
        for removed in elements {
            _ = removed.set(GST_STATE_NULL)
            unsafe gst_bin_remove(bin, removed.pointer)
        }
    }

    /// Unlinks an element from what is before it when no push is under way there: a push that an element is taken away
    /// from ends the stream.
    private func unlink(_ element: Element) throws {
        guard let sink = unsafe gst_element_get_static_pad(element.pointer, "sink") else {
            throw TestFailure("The element has no pad sink.")
        }
        defer { unsafe gst_object_unref(sink) }
        guard let source = unsafe gst_pad_get_peer(sink) else { throw TestFailure("The pad sink is not linked.") }
        defer { unsafe gst_object_unref(source) }
        let isDone = Watched(false)
        unsafe gst_pad_add_probe(
            source, GST_PAD_PROBE_TYPE_IDLE,
            { pad, _, done in
                if let pad = unsafe pad, let peer = unsafe gst_pad_get_peer(pad) {
                    unsafe gst_pad_unlink(pad, peer)
                    unsafe gst_object_unref(peer)
                }
                if let done = unsafe done {
                    unsafe Unmanaged<Watched<Bool>>.fromOpaque(done).takeUnretainedValue().update { $0 = true }
                }
                return GST_PAD_PROBE_REMOVE
            }, Unmanaged.passRetained(isDone).toOpaque(),
            { done in
                if let done = unsafe done { unsafe Unmanaged<Watched<Bool>>.fromOpaque(done).release() }
            })
        guard isDone.wait(until: { $0 }) else { throw TestFailure("The pad is never idle.") }
    }
}
