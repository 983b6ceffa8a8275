import CGStreamerCheck
import Testing

extension TimepieceTick {
    @Suite("Properties")
    struct PropertyTests {
        @Test func `have the defaults that are documented`() throws {
            let element = try Element(factory: "timepiecetick", name: "here")
            #expect(element.get("interval") == .unsigned(1_000_000_000))
            #expect(element.get("post-messages") == .flag(true))
            #expect(element.get("label") == .text("here"))
            #expect(element.get("max-intervals") == .unsigned(10))
        }

        @Test func `a label names the point in messages; without one it is the element's name`() throws {
            let pipeline = try Pipeline(
                """
                fakesrc num-buffers=1 ! timepiecetick name=first label=gate-3 ! timepiecetick name=second ! fakesink
                """)
            try pipeline.playToEnd()
            #expect(pipeline.messages.ticks(from: "first").first?.text("label") == "gate-3")
            #expect(pipeline.messages.ticks(from: "second").first?.text("label") == "second")
        }

        @Test func `with post-messages=false nothing is posted, and stats are still updated`() throws {
            let pipeline = try Pipeline(
                "fakesrc num-buffers=9 ! timepiecetick name=tick post-messages=false ! fakesink")
            try pipeline.playToEnd()
            #expect(try pipeline.element("tick").stats().unsigned("total-buffers") == 9)
            try pipeline.stop()
            #expect(pipeline.messages.ticks().isEmpty)
        }

        @Test func `may change while playing: interval, post-messages, label`() throws {
            let harness = try Harness("timepiecetick", ["interval": "0"])
            harness.begin()
            _ = try harness.push()
            harness.element.set("interval", "20000000")
            #expect(harness.messages.wait(untilTicks: { $0.count >= 2 }))
            harness.element.set("label", "renamed")
            #expect(harness.messages.wait(untilTicks: { $0.last?.text("label") == "renamed" }))
            harness.element.set("post-messages", "false")
            // One more may have been under way.
            let count = harness.messages.ticks().count
            #expect(!harness.messages.wait(atMost: .milliseconds(150), untilTicks: { $0.count > count + 1 }))
            harness.element.set("post-messages", "true")
            #expect(harness.messages.wait(untilTicks: { $0.count > count + 1 }))
            harness.element.set("interval", "0")
            let ended = harness.messages.ticks().count
            #expect(!harness.messages.wait(atMost: .milliseconds(150), untilTicks: { $0.count > ended }))
            #expect(harness.messages.ticks().first?.unsigned("total-buffers") == 1)
        }

        @Test func `a longer interval set while playing takes effect immediately`() throws {
            let harness = try Harness("timepiecetick", ["interval": "20000000"])
            #expect(harness.messages.wait(untilTicks: { $0.count >= 1 }))
            harness.element.set("interval", "3600000000000")
            let count = harness.messages.ticks().count
            #expect(!harness.messages.wait(atMost: .milliseconds(150), untilTicks: { $0.count > count }))
        }

        @Test(arguments: [("interval=1", "interval"), ("interval=999999", "interval"), ("label=\"\"", "label")])
        func `that are impossible fail the change to PAUSED, and a sentence says why`(setting: String, property: String)
            throws
        {
            let pipeline = try Pipeline("fakesrc ! timepiecetick name=tick \(setting) ! fakesink")
            #expect(throws: TestFailure.self) { try pipeline.pause() }
            let errors = pipeline.messages.all.filter { $0.type == "error" && $0.source == "tick" }
            #expect(errors.count == 1)
            let complaint = try #require(errors.first?.complaint)
            #expect(complaint.domain == "gst-resource-error-quark")
            #expect(complaint.code == Int(GST_RESOURCE_ERROR_SETTINGS.rawValue))
            #expect(complaint.text.hasPrefix("The property \(property) is "))
            #expect(complaint.text.contains("allowed"))
            #expect(complaint.text.hasSuffix("."))
        }

        @Test(
            arguments: [("timepiecetick", "label"), ("timepiecewatch", "label"), ("timepiecewatch", "watch")],
            [[0xFF, 0x61], [0x61, 0xC3], Array(repeating: 0x61, count: 1_025)] as [[UInt8]])
        func `that name something are UTF-8 and no longer than 1,024 bytes`(
            place: (factory: String, property: String), bytes: [UInt8]
        ) throws {
            let pipeline = try Pipeline("fakesrc ! \(place.factory) name=x ! fakesink")
            let element = try pipeline.element("x")
            element.set(place.property, bytes: bytes)
            #expect(try element.stats().text("label") != nil)
            #expect(throws: TestFailure.self) { try pipeline.pause() }
            let complaint = try #require(pipeline.messages.all.first { $0.type == "error" }?.complaint)
            #expect(complaint.text.hasPrefix("The property \(place.property) "))
            #expect(complaint.text.contains("1024 bytes") || complaint.text.contains("at most 1024"))
            try pipeline.stop()
            element.set(place.property, bytes: Array(repeating: 0x61, count: 1_024))
            try pipeline.pause()
        }

        /// GStreamer lets any bytes be the name of an element.
        @Test(
            arguments: ["timepiecetick", "timepiecewatch"],
            [
                [0xFF, 0x61], [0x61, 0xC3], Array(repeating: 0xC3, count: 5_000), Array(repeating: 0x61, count: 5_000),
            ] as [[UInt8]])
        func `a name that cannot be shown is converted in messages`(factory: String, bytes: [UInt8]) throws {
            let harness = try Harness(factory, ["interval": "0"])
            _ = harness.element.set(GST_STATE_NULL)
            harness.element.set("name", bytes: bytes)
            _ = harness.element.set(GST_STATE_PLAYING)
            harness.begin()
            _ = try harness.push()
            _ = unsafe harness.push(event: gst_event_new_eos())
            let texts = try [
                #require(harness.messages.structures(factory.replacing("timepiece", with: "timepiece-")).last),
                harness.element.stats(),
            ].map { $0.text("label") }
            for text in texts { #expect(1...1_024 ~= (text ?? "").utf8.count) }
            if factory == "timepiecewatch" { #expect(harness.element.get("watch") == .text(texts[0] ?? "")) }
        }

        @Test func `a label that is not UTF-8 while playing is a warning, and the previous one is kept`() throws {
            let harness = try Harness("timepiecetick", ["label": "here"])
            harness.begin()
            harness.element.set("label", bytes: [0xFE])
            #expect(harness.element.get("label") == .text("here"))
            #expect(harness.messages.all.first { $0.type == "warning" }?.complaint?.text.contains("UTF-8") == true)
            #expect(try harness.element.stats().text("label") == "here")
        }

        @Test(arguments: ["timepiecetick", "timepiecewatch"])
        func `a segment backwards whose offset is beyond its stop has no running time`(factory: String) throws {
            let harness = try Harness(factory, ["interval": "0"])
            harness.begin()
            try harness.pushSegment(start: 0, stop: 1_000, rate: -1, offset: 5_000)
            _ = try harness.push(at: 500)
            #expect(try harness.element.stats().unsigned("running-time") == .max)
            try harness.pushSegment(start: 0, stop: 1_000, rate: -1, offset: 100)
            _ = try harness.push(at: 500)
            #expect(try harness.element.stats().unsigned("running-time") == 400)
        }

        @Test func `that were wrong and are corrected let the element start`() throws {
            let pipeline = try Pipeline("fakesrc num-buffers=2 ! timepiecetick name=tick interval=1 ! fakesink")
            #expect(throws: TestFailure.self) { try pipeline.pause() }
            try pipeline.stop()
            try pipeline.element("tick").set("interval", "1000000")
            try pipeline.play()
            #expect(pipeline.messages.wait { $0.contains { $0.type == "eos" } })
            #expect(pipeline.messages.ticks().last?.unsigned("total-buffers") == 2)
        }

        @Test func `a wrong interval while playing is a warning, and the previous one is kept`() throws {
            let harness = try Harness("timepiecetick", ["interval": "50000000"])
            harness.element.set("interval", "1")
            #expect(harness.element.get("interval") == .unsigned(50_000_000))
            let complaint = try #require(harness.messages.all.first { $0.type == "warning" }?.complaint)
            #expect(complaint.domain == "gst-resource-error-quark")
            #expect(complaint.code == Int(GST_RESOURCE_ERROR_SETTINGS.rawValue))
            #expect(complaint.text.contains("interval is 1 ns"))
            #expect(!harness.messages.all.contains { $0.type == "error" })
            #expect(harness.messages.wait(untilTicks: { $0.count >= 2 }))
        }
    }
}
