import CGStreamerCheck
import TestEnvironment
import Testing

extension TimepieceTick {
    /// Texts that make no sense, or nearly none.
    @Suite("A list of alarms")
    struct AlarmInputTests {
        @Test(arguments: BadAlarm.all)
        func `with a bad entry is refused by the property, which keeps the previous alarms`(_ bad: BadAlarm) throws {
            let log = DebugLog()
            let harness = try Harness("timepiecetick", ["alarms": "ordinal,name=old,each=1"])
            harness.begin()
            harness.element.setAlarms("interval,name=\"né\",every=1h; \(bad.text)")
            let shown = bad.text.prefix(40)
            #expect(
                log.warnings == [
                    "Alarm 2, at character 30, \"\(shown)\": \(bad.sentence) The previous alarms are kept."
                ])
            #expect(harness.element.alarms == "ordinal,name=old,each=1")
            _ = try harness.push()
            #expect(harness.messages.alarms().map(\.name) == ["old"])
        }

        @Test(arguments: BadAlarm.all)
        func `with a bad entry is refused by add-alarm, which adds none of it`(_ bad: BadAlarm) throws {
            let log = DebugLog()
            let element = try Element(factory: "timepiecetick")
            #expect(!element.addAlarm("ordinal,each=1;\(bad.text)"))
            #expect(log.warnings.count == 1)
            #expect(
                log.warnings.allSatisfy { $0.hasPrefix("Alarm 2, at character 16, ") && $0.hasSuffix(bad.sentence) })
            #expect(element.alarms == nil)
        }

        @Test func `that is cut short anywhere is refused, or is one that makes sense`() throws {
            _ = DebugLog()
            let whole = "interval,name=a,every=1m30s,clock=running-time,action=eos; at,name=b,time=2100-01-01T00:00:00Z"
            let element = try Element(factory: "timepiecetick")
            for length in 1..<whole.count {
                element.setAlarms("ordinal,each=1")
                let text = String(whole.prefix(length))
                element.setAlarms(text)
                let kept = try #require(element.alarms)
                #expect(kept == "ordinal,each=1" || text.hasPrefix(kept))
            }
        }

        @Test func `with two of the same name is refused`() throws {
            let log = DebugLog()
            let element = try Element(factory: "timepiecetick")
            element.setAlarms("ordinal,name=x,each=1; interval,name=x,every=1s")
            #expect(
                log.warnings == [
                    "Alarm 2, at character 24, \"interval,name=x,every=1s\": there is another of the name x. "
                        + "The previous alarms are kept."
                ])
        }

        @Test func `with an empty entry between two semicolons is refused`() throws {
            let log = DebugLog()
            #expect(try !Element(factory: "timepiecetick").addAlarm("ordinal,each=1;; ordinal,each=2"))
            #expect(log.warnings.allSatisfy { $0.hasPrefix("Alarm 2, at character 16, \"\": it is not of the form") })
        }

        @Test(arguments: [nil, "", "  "])
        func `without entries is refused by add-alarm`(_ text: String?) throws {
            let log = DebugLog()
            #expect(try !Element(factory: "timepiecetick").addAlarm(text))
            #expect(log.warnings == ["There is no alarm in the text."])
        }

        @Test(
            arguments: [
                ("250ms", 250_000_000), ("5s", 5_000_000_000), ("1m30s", 90_000_000_000), ("1h", 3_600_000_000_000),
                ("3us", 3_000), ("7ns", 7), ("0.5s", 500_000_000), ("1.000000001s", 1_000_000_001),
                ("1h2m3s4ms5us6ns", 3_723_004_005_006), ("2562047h47m16s854ms775us807ns", Int64.max),
                ("0.1ms", 100_000), ("0.123456789123s", 123_456_789),
            ] as [(String, Int64)])
        func `takes durations in every unit, whole or not, to the nanosecond`(_ text: String, _ nanoseconds: Int64)
            throws
        {
            let harness = try Harness("timepiecetick")
            #expect(harness.element.addAlarm("after,after=\(text),clock=running-time"))
            harness.begin()
            for time in [0, nanoseconds - 1, nanoseconds] { _ = try harness.push(at: UInt64(time)) }
            #expect(harness.messages.alarms().map(\.fired) == [UInt64(nanoseconds)])
        }

        @Test func `means the same in quotes, with spaces, with types, with numbers for names`() throws {
            let element = try Element(factory: "timepiecetick")
            for text in [
                "ordinal,name=a,each=3", " ordinal , name = b , each = 3 ", "ordinal,name=\"c;d\",each=(int)3",
                "ordinal, name=(string)t, each=(guint64)3;", "ordinal,name=7,each=\"3\"", "ordinal,name=f,each=3",
                "ordinal,name=1/2,each=3", "ordinal\t,\nname=NULL,each=(  int )  3,", "ordinal,each=1,name=g,each=3",
                #"ordinal,name="q\"\\;q",each=3"#,
            ] {
                #expect(element.addAlarm(text))
            }
            for name in ["a", "b", "c;d", "t", "7", "f", "1/2", "NULL", "g", #"q"\;q"#] {
                #expect(element.removeAlarm(name))
            }
        }

        @Test(arguments: 1...8)
        func `of any bytes is refused or means something that it still means when written again`(seed: Int) throws {
            _ = DebugLog()
            var random = SeededGenerator(seed: UInt64(seed))
            let element = try Element(factory: "timepiecetick")
            for _ in 0..<400 {
                element.setAlarms(nil)
                element.setAlarms(AlarmText.random(using: &random))
                guard let taken = element.alarms else { continue }
                element.setAlarms(nil)
                element.setAlarms(taken)
                #expect(element.alarms == taken)
            }
        }
    }
}
