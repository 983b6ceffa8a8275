import CGStreamerCheck
import Testing

extension TimepieceTick {
    /// The messages on an unread bus.
    @Suite("An unread bus")
    struct UnreadTests {
        private static let limit: UInt64 = 5

        private static func harness(_ factory: String, _ more: KeyValuePairs<String, String> = [:]) throws -> Harness {
            let harness = try Harness(factory, ["max-unread-messages": "\(limit)"])
            for (property, text) in more { harness.element.set(property, text) }
            harness.begin()
            return harness
        }

        private static func reports(_ messages: [Message]) -> [Message] {
            messages.filter { $0.type == "element" }
        }

        @Test(arguments: ["timepiecetick", "timepiecewatch"])
        func `holds no more reports than allowed, and the next one covers all`(factory: String) throws {
            let harness = try Self.harness(factory, ["interval": "1000000"])
            let field = factory == "timepiecetick" ? "num-buffers" : "num-intervals"
            let isFull = eventually {
                _ = try? harness.push()
                return (try? harness.element.stats().unsigned("num-unread-messages")) == Self.limit
            }
            #expect(isFull)
            // The last is counted a moment before it is posted.
            #expect(harness.messages.wait(until: { Self.reports($0).count >= Int(Self.limit) }))
            let before = Self.reports(harness.messages.all).count
            #expect(before == Int(Self.limit))
            for _ in 0..<50 { _ = try harness.push() }
            let window = try #require(try harness.element.stats().unsigned(field))
            #expect(window >= 49)
            #expect(Self.reports(harness.messages.all).count == before)
            harness.messages.read()
            #expect(harness.messages.wait(until: { Self.reports($0).count > before }))
            let report = try #require(Self.reports(harness.messages.all)[before].structure)
            #expect(try #require(report.unsigned(field)) >= window)
        }

        @Test(arguments: ["timepiecetick", "timepiecewatch"])
        func `has the last report of a stream in any case, so that the counts add up`(factory: String) throws {
            let harness = try Self.harness(factory, ["interval": "1000000"])
            let field = factory == "timepiecetick" ? "num-buffers" : "num-intervals"
            var pushed: UInt64 = 0
            let isFull = eventually {
                _ = try? harness.push()
                pushed += 1
                return (try? harness.element.stats().unsigned("num-unread-messages")) == Self.limit
            }
            #expect(isFull)
            for _ in 0..<50 { _ = try harness.push() }
            #expect(unsafe harness.push(event: gst_event_new_eos()))
            let reports = Self.reports(harness.messages.all).compactMap(\.structure)
            #expect(reports.count == Int(Self.limit) + 1)
            #expect(reports.compactMap { $0.unsigned(field) }.reduce(0, +) == pushed + 50)
        }

        @Test func `does not count skipped alarms as posted, and reports their number`() throws {
            let harness = try Self.harness("timepiecetick", ["interval": "0", "alarms": "ordinal,each=1"])
            for _ in 0..<12 { _ = try harness.push() }
            #expect(harness.messages.alarms().map(\.count) == [1, 2, 3, 4, 5])
            #expect(try harness.element.stats().unsigned("num-skipped-messages") == 7)
            #expect(try harness.element.stats().unsigned("num-unread-messages") == Self.limit)
            harness.messages.read()
            #expect(try harness.element.stats().unsigned("num-unread-messages") == 0)
            _ = try harness.push()
            #expect(harness.messages.alarms().map(\.count) == [1, 2, 3, 4, 5, 13])
        }

        @Test func `has no limit with 0`() throws {
            let harness = try Self.harness(
                "timepiecetick", ["interval": "0", "alarms": "ordinal,each=1", "max-unread-messages": "0"])
            for _ in 0..<300 { _ = try harness.push() }
            #expect(harness.messages.alarms().count == 300)
        }

        @Test func `lets a hundred wait by default, also after the end of the element`() throws {
            let element = try Element(factory: "timepiecetick")
            #expect(element.get("max-unread-messages") == .unsigned(100))
            var bus: MessageLog?
            do {
                let harness = try Harness("timepiecetick", ["interval": "0", "alarms": "ordinal,each=1"])
                harness.begin()
                for _ in 0..<150 { _ = try harness.push() }
                #expect(harness.messages.alarms().count == 100)
                bus = harness.messages
            }
            bus?.read()
        }
    }
}
