import CGStreamerCheck
import Glibc
import Testing

extension TimepieceTick {
    /// Many alarms. How long they take depends on the machine; that each takes the same does not.
    @Suite("Many alarms")
    struct AlarmScaleTests {
        private static func alarms(_ count: Int) -> String {
            (0..<count).map { "after,name=a\($0),after=1000h" }.joined(separator: ";")
        }

        /// The least of three processor times for arming the given number in a running element.
        private static func arming(_ count: Int) throws -> UInt64 {
            let harness = try Harness("timepiecetick", ["interval": "0"])
            let text = alarms(count)
            return (0..<3).map { _ in
                harness.element.setAlarms(nil)
                let before = threadTime
                harness.element.setAlarms(text)
                let length = threadTime - before
                #expect(harness.element.alarms?.hasSuffix("a\(count - 1),after=1000h") == true)
                return length
            }.min() ?? 0
        }

        /// The processor time of this thread, in nanoseconds: other work of the machine does not count.
        private static var threadTime: UInt64 {
            var time = timespec()
            unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
            return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
        }

        @Test func `take a time to arm that grows with their number, not with its square`() throws {
            let few = try Self.arming(500)
            let many = try Self.arming(16_000)
            // 32 times as many: a square would take 1,024 times as long.
            #expect(many < few * 250)
        }

        @Test func `are 100,000 at most, set or added`() throws {
            let log = DebugLog()
            let element = try Element(factory: "timepiecetick")
            let most = Self.alarms(100_000)
            element.setAlarms(most)
            #expect(element.alarms?.hasSuffix("a99999,after=1000h") == true)
            #expect(!element.addAlarm("ordinal,each=1"))
            element.setAlarms("ordinal,each=1")
            element.setAlarms(most + ";ordinal,each=1")
            #expect(element.alarms == "ordinal,each=1")
            #expect(log.warnings.count == 2)
            #expect(log.warnings.first?.hasPrefix("There are 100000 alarms already") == true)
            #expect(log.warnings.last?.contains("there are more than 100000 alarms") == true)
        }

        @Test func `are fired by one buffer, each once, and are removed`() throws {
            let harness = try Harness("timepiecetick", ["max-unread-messages": "0"])
            harness.begin()
            let text = (0..<2000).map { "after,name=a\($0),after=1ns,clock=running-time" }.joined(separator: ";")
            #expect(harness.element.addAlarm(text))
            _ = try harness.push(at: 0)
            #expect(harness.messages.alarms().isEmpty)
            _ = try harness.push(at: 1)
            _ = try harness.push(at: 2)
            #expect(harness.messages.alarms().map(\.name) == (0..<2000).map { "a\($0)" })
            #expect(harness.element.alarms == nil)
        }
    }
}
