import CGStreamerCheck
import Testing

extension TimepieceWatch {
    @Suite("Watches of one name")
    struct WatchScopeTests {
        @Test("do not meet across pipelines")
        func twoPipelines() throws {
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

        @Test("meet through bins")
        func bins() throws {
            let pipeline = try Pipeline(
                """
                fakesrc num-buffers=30 ! ( timepiecewatch watch=w edge=start ! queue ) \
                ! ( identity ! timepiecewatch name=s watch=w edge=stop interval=0 ) ! fakesink
                """)
            try pipeline.playToEnd()
            #expect(try pipeline.watch("s").laps == 30)
        }

        @Test("start anew with each run")
        func runs() throws {
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

        @Test("meet also when a stop is added and taken away while the pipeline plays")
        func added() throws {
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
                try pipeline.detach([stop, sink], from: "t")
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

    /// Takes them out again while the others go on.
    fileprivate func detach(_ elements: [Element], from tee: String) throws {
        let bin = unsafe UnsafeMutableRawPointer(element.pointer).assumingMemoryBound(to: GstBin.self)
        if let first = elements.first { unsafe gst_element_unlink(try self.element(tee).pointer, first.pointer) }
        for removed in elements {
            _ = removed.set(GST_STATE_NULL)
            unsafe gst_bin_remove(bin, removed.pointer)
        }
    }
}
