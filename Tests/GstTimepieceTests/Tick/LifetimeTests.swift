import CGStreamerCheck
import Synchronization
import Testing
import Timepiece

extension TimepieceTick {
    @Suite("Threads and lifetime")
    struct LifetimeTests {
        private static let worker = "timepiece"

        @Test(arguments: [2, 100])
        func `elements share one thread, however many they are`(elements: Int) throws {
            try ProcessThreads.ofReports.withLock { _ in
                let ticks = (0..<elements).map { "timepiecetick name=t\($0) interval=20000000" }
                let chain = ticks.joined(separator: " ! ")
                let pipeline = try Pipeline("fakesrc datarate=100000 sizetype=fixed sizemax=100 ! \(chain) ! fakesink")
                #expect(Self.isQuiet)
                try pipeline.play()
                #expect(
                    pipeline.messages.wait { messages in
                        Set(messages.filter { $0.type == "element" }.map(\.source)).count == elements
                    })
                #expect(eventually { ProcessThreads.count(named: Self.worker) == 1 })
                try pipeline.stop()
                #expect(Self.isQuiet)
                let first = pipeline.messages.ticks(from: "t0").last?.unsigned("total-buffers")
                #expect(try #require(first) > 0)
            }
        }

        @Test func `there is no thread while there is nothing to report`() throws {
            try ProcessThreads.ofReports.withLock { _ in
                let pipeline = try Pipeline("fakesrc ! timepiecetick interval=0 name=tick ! fakesink")
                let passed = try BufferTrace(try pipeline.element("tick"), pad: "src")
                try pipeline.play()
                try passed.wait(forBuffers: 10)
                #expect(Self.isQuiet)
            }
        }

        // Memory is watched by LeakSanitizer, and from outside in Tests/plugin/cycles.py.
        @Test func `1,000 times to PLAYING and back leave no thread and no element behind`() throws {
            try ProcessThreads.ofReports.withLock { _ in
                #expect(Self.isQuiet)
                let dead = Watched(0)
                for _ in 0..<1_000 { try Self.cycle(countingIn: dead) }
                // A streaming thread that has just ended may hold the last reference a moment longer.
                #expect(dead.wait { $0 == 1_000 })
                #expect(Self.isQuiet)
            }
        }

        @Test func `an element changes its states repeatedly, with new counts each time`() throws {
            let pipeline = try Pipeline("fakesrc num-buffers=7 ! timepiecetick interval=20000000 ! fakesink")
            for round in 1...20 {
                try pipeline.play()
                try pipeline.wait(for: "eos", count: round)
                #expect(pipeline.messages.ticks().last?.unsigned("total-buffers") == 7)
                try pipeline.stop()
            }
        }

        @Test func `an element that is released in the middle of its reports ends them`() throws {
            try ProcessThreads.ofReports.withLock { _ in
                for _ in 0..<50 {
                    let harness = try Harness("timepiecetick", ["interval": "1000000"])
                    harness.begin()
                    _ = try harness.push()
                    #expect(harness.messages.wait(untilTicks: { !$0.isEmpty }))
                }
                #expect(Self.isQuiet)
            }
        }

        @Test func `reading and setting properties while the element starts and stops is safe`() throws {
            let pipeline = try Pipeline("fakesrc ! timepiecetick name=tick ! fakesink")
            let element = try pipeline.element("tick")
            let reads = try Self.during { reads in
                guard let stats = try? element.stats(), !stats.name.isEmpty else { return false }
                element.set("interval", reads % 2 == 0 ? "2000000" : "0")
                return true
            } work: {
                for _ in 0..<100 {
                    try pipeline.play()
                    try pipeline.stop()
                }
            }
            #expect(reads > 0)
        }

        @Test func `a flush from another thread while the element starts and stops is safe`() throws {
            let element = try Element(factory: "timepiecetick")
            let flushes = try Self.during { _ in
                guard let pad = unsafe gst_element_get_static_pad(element.pointer, "sink") else { return false }
                defer { unsafe gst_object_unref(pad) }
                _ = unsafe gst_pad_send_event(pad, gst_event_new_flush_stop(1))
                return true
            } work: {
                for _ in 0..<2_000 {
                    _ = element.set(GST_STATE_PLAYING)
                    _ = element.set(GST_STATE_NULL)
                }
            }
            #expect(flushes > 0)
        }

        /// Calls a closure repeatedly on a thread of its own while other work continues; returns how often.
        private static func during(
            _ step: @escaping @Sendable (Int) -> Bool, work: () throws -> Void
        ) throws -> Int {
            let worker = try SerialWorker()
            let done = Watched(false)
            let count = Watched(0)
            worker.execute {
                while !done.update({ $0 }), step(count.update { $0 }) { count.update { $0 += 1 } }
            }
            _ = count.wait { $0 > 0 }
            try work()
            done.update { $0 = true }
            worker.shutdown()
            return count.update { $0 }
        }

        private static var isQuiet: Bool {
            eventually { ProcessThreads.count(named: worker) == 0 }
        }

        /// One pipeline from NULL to PLAYING and back, and a note when its element is finalized.
        private static func cycle(countingIn dead: Watched<Int>) throws {
            let pipeline = try Pipeline("fakesrc num-buffers=3 ! timepiecetick name=tick ! fakesink")
            unsafe g_object_weak_ref(
                try pipeline.element("tick").object,
                { dead, _ in
                    guard let dead = unsafe dead else { return }
                    unsafe Unmanaged<Watched<Int>>.fromOpaque(dead).takeRetainedValue().update { $0 += 1 }
                }, Unmanaged.passRetained(dead).toOpaque())
            try pipeline.play()
            try pipeline.stop()
        }
    }
}
