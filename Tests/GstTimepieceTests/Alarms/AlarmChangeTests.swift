import CGStreamerCheck
import Testing

extension TimepieceTick {
    /// Alarms that come and go while the stream flows.
    @Suite("A change of the alarms")
    struct AlarmChangeTests {
        private static func harness(_ alarms: String? = nil) throws -> Harness {
            let harness = try Harness("timepiecetick")
            harness.element.setAlarms(alarms)
            harness.begin()
            return harness
        }

        /// Pushes buffers whose running times are whole milliseconds, one each.
        private static func push(_ harness: Harness, _ milliseconds: ClosedRange<UInt64>) throws {
            for time in milliseconds { _ = try harness.push(at: time * 1_000_000) }
        }

        private static func milliseconds(_ harness: Harness, _ name: String) -> [UInt64] {
            harness.messages.alarms(name).map { $0.runningTime / 1_000_000 }
        }

        @Test func `leaves an interval that did not change on its grid, and rearms one that did`() throws {
            let same = "interval,name=same,every=10ms,clock=running-time"
            let harness = try Self.harness("\(same); interval,name=other,every=10ms,clock=running-time")
            try Self.push(harness, 0...14)
            harness.element.setAlarms("interval,name=other,every=20ms,clock=running-time; \(same)")
            try Self.push(harness, 15...40)
            #expect(Self.milliseconds(harness, "same") == [0, 10, 20, 30, 40])
            #expect(Self.milliseconds(harness, "other") == [0, 10, 15, 35])
            #expect(harness.messages.alarms("same").map(\.count) == [1, 2, 3, 4, 5])
            #expect(harness.messages.alarms("other").map(\.count) == [1, 2, 1, 2])
        }

        @Test func `does not count a different spelling`() throws {
            let harness = try Self.harness("interval,name=x,every=1s,clock=running-time")
            try Self.push(harness, 0...1)
            harness.element.setAlarms("interval, every=(string)1000ms, clock=running-time, name=\"x\"")
            try Self.push(harness, 2...3)
            #expect(harness.messages.alarms().count == 1)
        }

        @Test func `does not fire again an unchanged alarm that has fired`() throws {
            let once = "after,name=once,after=5ms,clock=running-time"
            let harness = try Self.harness(once)
            try Self.push(harness, 0...10)
            harness.element.setAlarms("\(once); ordinal,name=x,each=1")
            try Self.push(harness, 11...30)
            #expect(Self.milliseconds(harness, "once") == [5])
            harness.element.setAlarms("after,name=once,after=6ms,clock=running-time")
            try Self.push(harness, 31...50)
            #expect(Self.milliseconds(harness, "once") == [5, 37])
        }

        @Test func `to an empty list ends them all`() throws {
            let harness = try Self.harness("ordinal,each=1")
            try Self.push(harness, 0...2)
            harness.element.setAlarms(nil)
            #expect(harness.element.alarms == nil)
            try Self.push(harness, 3...9)
            #expect(harness.messages.alarms().count == 3)
        }

        @Test func `shows in the property`() throws {
            let harness = try Self.harness(" ordinal,each=7 ;interval,name=\"a;b\",every=1s; ")
            #expect(harness.element.alarms == "ordinal,each=7; interval,name=\"a;b\",every=1s")
            #expect(harness.element.addAlarm("at,name=n,time=2100-01-01T00:00:00Z"))
            #expect(harness.element.removeAlarm("a;b"))
            #expect(harness.element.alarms == "ordinal,each=7; at,name=n,time=2100-01-01T00:00:00Z")
        }

        @Test func `by add-alarm adds to the existing ones`() throws {
            let harness = try Self.harness("ordinal,name=a,each=2")
            #expect(harness.element.addAlarm("ordinal,name=b,each=3; ordinal,name=c,each=4"))
            try Self.push(harness, 1...12)
            #expect(["a", "b", "c"].map { harness.messages.alarms($0).count } == [6, 4, 3])
        }

        @Test func `by add-alarm counts an ordinal from there`() throws {
            let harness = try Self.harness()
            try Self.push(harness, 1...5)
            #expect(harness.element.addAlarm("ordinal,name=b,each=3"))
            try Self.push(harness, 6...12)
            #expect(Self.milliseconds(harness, "b") == [8, 11])
        }

        @Test func `by add-alarm gives a name to each without one`() throws {
            let harness = try Self.harness("ordinal,each=1")
            for _ in 0..<3 { #expect(harness.element.addAlarm("ordinal,each=1")) }
            #expect(harness.element.addAlarm("ordinal,each=1; ordinal,name=ordinal9,each=1; ordinal,each=1"))
            try Self.push(harness, 1...1)
            #expect(Set(harness.messages.alarms().map(\.name)).count == 7)
        }

        @Test func `by add-alarm refuses a name in use, with all other entries of the call`() throws {
            let log = DebugLog()
            let harness = try Self.harness("ordinal,name=a,each=1")
            #expect(!harness.element.addAlarm("ordinal,name=b,each=1; ordinal,name=a,each=1"))
            #expect(harness.element.alarms == "ordinal,name=a,each=1")
            try Self.push(harness, 1...1)
            #expect(harness.messages.alarms().map(\.name) == ["a"])
            #expect(log.warnings == ["There is an alarm of the name a already; nothing was added."])
        }

        @Test func `by add-alarm may use the name of a one-shot that has fired`() throws {
            let harness = try Self.harness("after,name=set,after=1ms,clock=running-time")
            for round in 0..<3 as Range<UInt64> {
                #expect(harness.element.addAlarm("after,name=once,after=5ms,clock=running-time"))
                #expect(!harness.element.addAlarm("after,name=once,after=5ms,clock=running-time"))
                try Self.push(harness, (round * 10)...(round * 10 + 9))
            }
            #expect(Self.milliseconds(harness, "once") == [5, 15, 25])
            #expect(!harness.element.removeAlarm("once"))
            #expect(harness.element.alarms == "after,name=set,after=1ms,clock=running-time")
            #expect(harness.element.addAlarm("ordinal,name=set,each=1000"))
            #expect(harness.element.alarms == "ordinal,name=set,each=1000")
        }

        @Test func `by remove-alarm ends one, and returns whether it existed`() throws {
            let harness = try Self.harness("ordinal,name=a,each=1; ordinal,name=b,each=1")
            try Self.push(harness, 1...2)
            #expect(harness.element.removeAlarm("a"))
            #expect(!harness.element.removeAlarm("a"))
            #expect(!harness.element.removeAlarm("c"))
            #expect(!harness.element.removeAlarm(nil))
            try Self.push(harness, 3...5)
            #expect(harness.messages.alarms("a").count == 2)
            #expect(harness.messages.alarms("b").count == 5)
        }

        @Test func `works before the element starts, too`() throws {
            let element = try Element(factory: "timepiecetick")
            #expect(element.addAlarm("ordinal,name=a,each=1"))
            #expect(!element.addAlarm("ordinal,name=a,each=1"))
            #expect(element.removeAlarm("a"))
            #expect(element.alarms == nil)
        }

        @Test func `reaches every handler of the signal alarm as long as it is connected`() throws {
            let harness = try Self.harness("ordinal,name=a,each=2")
            let signal = AlarmSignal(harness.element)
            try Self.push(harness, 1...4)
            signal.disconnect()
            try Self.push(harness, 5...8)
            #expect(harness.messages.alarms().count == 4)
            #expect(signal.alarms == Array(harness.messages.alarms().prefix(2)))
        }

        @Test func `from another thread loses no firing of the others`() throws {
            let harness = try Self.harness("ordinal,name=seventh,each=7")
            harness.element.set("max-unread-messages", "0")
            let done = Watched(false)
            let element = harness.element
            let worker = try Thread {
                var round = 0
                while !done.update({ $0 }) {
                    _ = element.addAlarm("interval,name=x,every=1ns; after,name=y\(round),after=1ns,clock=running-time")
                    element.setAlarms("ordinal,name=seventh,each=7; ordinal,name=z,each=\(1 + round % 3)")
                    _ = element.removeAlarm("x")
                    round += 1
                }
            }
            try Self.push(harness, 1...7000)
            done.update { $0 = true }
            worker.join()
            #expect(harness.messages.alarms("seventh").count == 1000)
        }
    }
}
