import CGStreamerCheck
import Testing

extension TimepieceTick {
    /// An application may stop, restart, remove and free an element inside what that element itself called.
    ///
    /// Whatever is used after that is freed memory: the suite under AddressSanitizer sees what a plain run survives.
    @Suite("On the element's own thread")
    struct OwnThreadTests {
        private static let chains = [
            "timepiecetick name=x",
            "timepiecetick name=x alarms=ordinal,each=1 ! timepiecetick name=y",
            "timepiecewatch name=x",
            "timepiecewatch name=x ! timepiecewatch name=y",
            "timepiecewatch name=y ! timepiecewatch name=x ! timepiecewatch name=z",
            "timepiecewatch name=y watch=a ! timepiecewatch name=x watch=b ! timepiecewatch name=z watch=a.c",
            "timepiecewatch name=y watch=a ! timepiecewatch name=z watch=b ! timepiecewatch name=x watch=a.c",
            "timepiecewatch name=x watch=w edge=start ! timepiecewatch name=y watch=w edge=stop",
            "timepiecewatch name=y watch=w edge=start ! timepiecewatch name=x watch=w edge=stop",
        ]

        @Test(arguments: chains, Intervention.Deed.allCases)
        func `a probe behind the elements may do anything`(chain: String, deed: Intervention.Deed) throws {
            try Self.run("fakesrc num-buffers=200 ! \(chain) ! fakesink name=sink", deed, probing: "sink", "sink")
        }

        @Test(arguments: chains, Intervention.Deed.allCases)
        func `a probe between the elements may do anything`(chain: String, deed: Intervention.Deed) throws {
            try Self.run("fakesrc num-buffers=200 ! \(chain) ! fakesink", deed, probing: "x", "src")
        }

        // One pull each: GStreamer is critical of the next one from a pad that is not active any more.
        @Test(arguments: chains, [.stop, .restart, .stopAll, .restartAll] as [Intervention.Deed])
        func `a probe in pull mode may do anything`(chain: String, deed: Intervention.Deed) throws {
            for pad in ["sink", "src"] {
                let elements = try Self.elements(of: chain)
                let x = try #require(elements["x"])
                let struck = deed.rawValue.hasSuffix("All") ? Array(elements.values) : [x]
                let peers = try PullPeers(
                    around: elements.sorted { $0.value.place < $1.value.place }.map(\.value.element))
                let probe = try PadProbe(
                    x.element, pad: pad, GST_PAD_PROBE_TYPE_BUFFER, GST_PAD_PROBE_TYPE_PULL
                ) { _ in
                    for (_, element) in struck { _ = element.set(GST_STATE_NULL) }
                    guard deed.rawValue.hasPrefix("restart") else { return }
                    for (_, element) in struck { _ = element.set(GST_STATE_PLAYING) }
                }
                #expect(peers.pull(10).flow != GST_FLOW_ERROR)
                withExtendedLifetime(probe) {}
            }
        }

        /// The elements of a chain by their names, each with its place.
        private static func elements(of chain: String) throws -> [String: (place: Int, element: Element)] {
            var elements: [String: (Int, Element)] = [:]
            for (place, description) in chain.split(separator: " ! ").enumerated() {
                let words = description.split(separator: " ")
                let element = try Element(factory: String(words[0]))
                for word in words.dropFirst() where !word.hasPrefix("name=") {
                    let parts = word.split(separator: "=", maxSplits: 1)
                    element.set(String(parts[0]), String(parts[1]))
                }
                let name = words.first { $0.hasPrefix("name=") }?.dropFirst(5) ?? "\(place)"
                elements[String(name)] = (place, element)
            }
            return elements
        }

        private static func run(
            _ description: String, _ deed: Intervention.Deed, probing name: String, _ pad: String
        ) throws {
            let intervention = Intervention(deed, to: "x")
            let pipeline = try Pipeline(description)
            let passed = Watched(0)
            let probe = try PadProbe(
                try pipeline.element(name), pad: pad, GST_PAD_PROBE_TYPE_BUFFER, GST_PAD_PROBE_TYPE_PUSH,
                GST_PAD_PROBE_TYPE_PULL
            ) { _ in
                if passed.update({
                    $0 += 1; return $0
                }) > 20 {
                    intervention.strike()
                }
            }
            intervention.aim(at: pipeline.element)
            _ = pipeline.element.set(GST_STATE_PLAYING)
            try intervention.wait()
            _ = pipeline.element.set(GST_STATE_NULL)
            withExtendedLifetime(probe) {}
        }

        @Test(arguments: Intervention.Deed.allCases)
        func `a probe that a list passes may do anything`(deed: Intervention.Deed) throws {
            for factory in ["timepiecetick", "timepiecewatch"] {
                let harness = try Harness(factory)
                harness.begin()
                let element = harness.element
                let probe = try PadProbe(element, pad: "src", GST_PAD_PROBE_TYPE_BUFFER_LIST) { _ in
                    _ = element.set(GST_STATE_NULL)
                    if deed == .restart { _ = element.set(GST_STATE_PLAYING) }
                }
                _ = try harness.pushList(of: 3)
                withExtendedLifetime(probe) {}
            }
        }

        @Test(arguments: Intervention.Deed.allCases)
        func `a handler of the signal alarm may do anything`(deed: Intervention.Deed) throws {
            for action in ["message", "force-key-unit", "eos"] {
                let intervention = Intervention(deed, to: "x")
                let pipeline = try Pipeline(
                    """
                    fakesrc num-buffers=200 ! timepiecewatch name=y ! timepiecetick name=x interval=1000000 \
                    alarms="ordinal,name=a,each=20,action=\(action); ordinal,name=b,each=20" ! fakesink
                    """)
                let signal = AlarmSignal(try pipeline.element("x")) { _ in intervention.strike() }
                intervention.aim(at: pipeline.element)
                _ = pipeline.element.set(GST_STATE_PLAYING)
                try intervention.wait()
                _ = pipeline.element.set(GST_STATE_NULL)
                signal.disconnect()
                #expect(signal.alarms.prefix(1).map(\.name) == ["a"])
            }
        }

        @Test(
            arguments: [
                "timepiece-tick", "timepiece-alarm", "timepiece-stall", "timepiece-resume", "timepiece-watch",
                "warning", "timepiece-cloudwatch", "timepiece-otlp", "timepiece-stall of a stop",
            ],
            Intervention.Deed.allCases)
        func `a sync handler of the bus may do anything`(message: String, deed: Intervention.Deed) throws {
            let element =
                switch message {
                case "timepiece-watch": "timepiecewatch name=x interval=1000000"
                case "timepiece-stall of a stop":
                    """
                    timepiecewatch name=y watch=w edge=start ! queue max-size-buffers=1 ! identity sleep-time=30000 \
                    ! timepiecewatch name=x watch=w edge=stop interval=20000000 stall-timeout=10000000
                    """
                case "timepiece-cloudwatch":
                    """
                    timepiecetick name=x cloudwatch-namespace=Test cloudwatch-interval=1000000000 region=us-east-1 \
                    access-key=AKIAEXAMPLE secret-access-key=secret endpoint-uri=http://127.0.0.1:1 \
                    cloudwatch-spool=none
                    """
                // It is sent at the end of the stream.
                case "timepiece-otlp":
                    "identity eos-after=30 ! timepiecetick name=x otlp-endpoint=http://127.0.0.1:1 otlp-spool=none"
                // The second start of a watch is warned of in the thread of the buffers.
                case "warning": "timepiecewatch name=y watch=w edge=start ! timepiecewatch name=x watch=w edge=start"
                default:
                    """
                    timepiecetick name=x interval=20000000 stall-timeout=1000000 \
                    alarms="ordinal,name=a,each=5; ordinal,name=b,each=5"
                    """
                }
            let name = message.replacing(" of a stop", with: "")
            let intervention = Intervention(deed, to: "x")
            let pipeline = try Pipeline("fakesrc ! identity sleep-time=3000 ! \(element) ! fakesink") { posted in
                if posted.source == "x", (posted.structure?.name ?? "") == name || posted.type == name {
                    intervention.strike()
                }
            }
            intervention.aim(at: pipeline.element)
            _ = pipeline.element.set(GST_STATE_PLAYING)
            try intervention.wait()
            _ = pipeline.element.set(GST_STATE_NULL)
        }

        @Test(arguments: ["ordinal,name=b,each=3", "interval,name=b,every=1ns", "after,name=b,after=1ns"])
        func `an alarm that the handler of another alarm removes does not fire`(victim: String) throws {
            for isOne in [true, false] {
                let harness = try Harness("timepiecetick")
                let element = harness.element
                element.setAlarms("ordinal,name=a,each=3; \(victim); ordinal,name=c,each=3")
                let removed = Watched<[Bool]>([])
                let signal = AlarmSignal(element) { alarm in
                    guard alarm.name == "a" else { return }
                    let done =
                        isOne
                        ? element.removeAlarm("b")
                        : {
                            element.setAlarms(""); return true
                        }()
                    removed.update { $0.append(done) }
                }
                harness.begin()
                element.set("interval", "0")
                // Alarms before the third buffer are not part of this test.
                for _ in 0..<3 { _ = try harness.push() }
                signal.disconnect()
                #expect(removed.update { $0 } == [true])
                let atThird = harness.messages.alarms().drop { $0.name != "a" }.map(\.name)
                #expect(atThird == (isOne ? ["a", "c"] : ["a"]))
            }
        }

        @Test func `an alarm that is removed and added again in a handler starts from there`() throws {
            let harness = try Harness("timepiecetick")
            let element = harness.element
            element.setAlarms("ordinal,name=a,each=3; ordinal,name=b,each=3")
            let signal = AlarmSignal(element) { alarm in
                guard alarm.name == "a", alarm.count == 1 else { return }
                _ = element.removeAlarm("b") && element.addAlarm("ordinal,name=b,each=2")
            }
            harness.begin()
            for _ in 0..<5 { _ = try harness.push() }
            signal.disconnect()
            #expect(harness.messages.alarms().map(\.name) == ["a", "b"])
            #expect(try harness.element.stats().unsigned("total-buffers") == 5)
        }

        @Test func `an alarm that ends the stream does not end the one that its handler began`() throws {
            let harness = try Harness("timepiecetick", ["alarms": "ordinal,each=2,action=eos"])
            let element = harness.element
            let restarts = Watched(0)
            let signal = AlarmSignal(element) { _ in
                guard
                    restarts.update({
                        $0 += 1; return $0
                    }) == 1
                else { return }
                _ = element.set(GST_STATE_NULL)
                _ = element.set(GST_STATE_PLAYING)
            }
            harness.begin()
            for _ in 0..<2 { _ = try harness.push() }
            #expect(try harness.push() == GST_FLOW_OK)
            #expect(try harness.push() == GST_FLOW_EOS)
            signal.disconnect()
        }
    }
}
