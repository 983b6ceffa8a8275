import CGStreamerCheck
import Testing

extension TimepieceTick {
    /// Alarms of running time where time stamps lie.
    @Suite("A jump")
    struct AlarmJumpTests {
        private static let second: UInt64 = 1_000_000_000

        /// Pushes 25 frames a second whose time stamps are as given.
        private static func push(
            _ number: Int, alarms: String, _ time: (UInt64) -> UInt64
        ) throws -> (harness: Harness, passed: Int) {
            let harness = try Harness("timepiecetick", ["interval": "0", "alarms": alarms])
            harness.begin()
            var passed = 0
            for frame in 0..<number where try harness.push(at: time(UInt64(frame))) == GST_FLOW_OK { passed += 1 }
            return (harness, passed)
        }

        @Test(arguments: [5, 20, 3_600] as [UInt64])
        func `of one frame ahead does not change the grid of an interval`(ahead: UInt64) throws {
            let (harness, _) = try Self.push(475, alarms: "interval,every=1s,clock=running-time") { frame in
                frame * Self.second / 25 + (frame == 100 ? ahead * Self.second : 0)
            }
            #expect(harness.messages.structures("timepiece-alarm").count == 19)
            #expect(try harness.element.stats().unsigned("num-jumps") == 1)
        }

        @Test(arguments: [3, 8, 30] as [UInt64])
        func `of the clock back does not change the length of a recording`(back: UInt64) throws {
            let alarm = "after,after=5s,clock=running-time,action=eos"
            let (harness, passed) = try Self.push(400, alarms: alarm) { frame in
                (back + 1) * Self.second + frame * Self.second / 25 - (frame < 50 ? 0 : back * Self.second)
            }
            #expect(passed == 125)
            // The end of the stream reported the window.
            #expect(harness.messages.ticks().compactMap { $0.unsigned("num-jumps") }.reduce(0, +) == 1)
        }

        @Test(arguments: [0.04, 0.2, 0.9])
        func `is not detected for frames out of order`(reorder: Double) throws {
            let (harness, _) = try Self.push(475, alarms: "interval,every=1s,clock=running-time") { frame in
                let time = frame * Self.second / 25
                return frame % 4 == 3 ? time - min(time, UInt64(reorder * 1e9)) : time
            }
            #expect(harness.messages.structures("timepiece-alarm").count == 19)
            #expect(try harness.element.stats().unsigned("num-jumps") == 0)
        }
    }
}
