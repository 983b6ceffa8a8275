import CGStreamerCheck
import Testing

extension TimepieceTick {
    /// Wrong time stamps are counted, whether or not an alarm uses them.
    @Suite("num-jumps")
    struct JumpTests {
        private static let second: UInt64 = 1_000_000_000

        /// The number of jumps of 300 frames at a given rate, whose time stamps are changed.
        private static func jumps(
            rate: UInt64 = 25, alarms: String = "", segments: Bool = false, _ time: (UInt64, UInt64) -> UInt64?
        ) throws -> UInt64? {
            let harness = try Harness("timepiecetick", ["interval": "0", "alarms": alarms])
            harness.begin()
            for frame in 0..<300 as Range<UInt64> {
                _ = try harness.push(at: time(frame, frame * second / rate))
                if segments, frame == 150 {
                    var segment = GstSegment()
                    unsafe gst_segment_init(&segment, GST_FORMAT_TIME)
                    _ = unsafe harness.push(event: gst_event_new_segment(&segment))
                }
            }
            return try harness.element.stats().unsigned("num-jumps")
        }

        @Test(arguments: [1, 2, 62, 63, 64, 65, 127, 200] as [UInt64], [5, 20, 3_600] as [UInt64])
        func `counts one frame that is stamped ahead, in any position`(place: UInt64, ahead: UInt64) throws {
            let jumps = try Self.jumps { frame, time in frame == place ? time + ahead * Self.second : time }
            #expect(jumps == 1)
        }

        @Test(arguments: [10, 30, 60] as [UInt64], [2, 8, 40] as [UInt64])
        func `counts a clock that is set back`(rate: UInt64, back: UInt64) throws {
            let jumps = try Self.jumps(rate: rate) { frame, time in
                (back + 1) * Self.second + time - (frame < 77 ? 0 : back * Self.second)
            }
            #expect(jumps == 1)
        }

        @Test(arguments: ["", "interval,every=1s,clock=running-time", "ordinal,each=10"])
        func `counts each jump once, with and without alarms`(alarms: String) throws {
            let jumps = try Self.jumps(alarms: alarms) { frame, time in
                switch frame {
                case 50, 120: time + 30 * Self.second
                case 200...: 60 * Self.second + time - 3 * Self.second
                case 150..<200: 60 * Self.second + time
                default: time
                }
            }
            // The step ahead at 150 is followed: a gap.
            #expect(jumps == 3)
        }

        @Test(arguments: [1, 2, 5, 10, 30] as [UInt64])
        func `does not count a slow stream, or a gap in one`(step: UInt64) throws {
            let jumps = try Self.jumps(rate: 1) { frame, time in time * step + (frame < 100 ? 0 : 500 * Self.second) }
            #expect(jumps == 0)
        }

        @Test(arguments: [0.08, 0.3, 0.9])
        func `does not count frames out of order, missing time stamps and new segments`(reorder: Double) throws {
            let jumps = try Self.jumps(segments: true) { frame, time in
                // The segment after frame 150 begins at zero again.
                let time = time + Self.second - (frame > 150 ? 6 * Self.second : 0)
                if frame % 7 == 3 { return nil }
                return frame % 4 == 1 ? time - UInt64(reorder * 1e9) : time
            }
            #expect(jumps == 0)
        }

        @Test(arguments: [0, 1, 2])
        func `counts a buffer inside a list`(place: Int) throws {
            let harness = try Harness("timepiecetick", ["interval": "0"])
            harness.begin()
            for list in 0..<40 as Range<UInt64> {
                guard let buffers = unsafe gst_buffer_list_new() else {
                    throw TestFailure("No buffer list can be made.")
                }
                for index in 0..<3 {
                    let lies = list == 20 && index == place
                    let time = (list * 3 + UInt64(index)) * 10_000_000 + (lies ? 20 * Self.second : 0)
                    unsafe gst_buffer_list_insert(buffers, -1, try harness.buffer(at: time))
                }
                #expect(unsafe gst_pad_push_list(harness.upstream, buffers) == GST_FLOW_OK)
            }
            let stats = try harness.element.stats()
            #expect(stats.unsigned("num-jumps") == 1 && stats.unsigned("num-buffers") == 120)
        }

        @Test func `does not count a stream in reverse playback`() throws {
            let harness = try Harness("timepiecetick", ["interval": "0"])
            harness.begin()
            var segment = GstSegment()
            unsafe gst_segment_init(&segment, GST_FORMAT_TIME)
            segment.rate = -1
            segment.stop = 200 * UInt(Self.second)
            #expect(unsafe harness.push(event: gst_event_new_segment(&segment)))
            for frame in 0..<90 as Range<UInt64> { _ = try harness.push(at: (198 - 2 * frame) * Self.second) }
            #expect(try harness.element.stats().unsigned("num-jumps") == 0)
        }

        @Test(arguments: ["fakesink", "queue ! fakesink sync=true", "videoconvert ! fakesink"])
        func `counts a camera with one wrong time stamp, in a pipeline`(rest: String) throws {
            let pipeline = try Pipeline(
                """
                videotestsrc num-buffers=100 ! video/x-raw,width=16,height=16,framerate=50/1 ! identity name=camera \
                ! timepiecetick interval=100000000 ! \(rest)
                """)
            let frames = Watched(0)
            let probe = try PadProbe(try pipeline.element("camera"), pad: "sink", GST_PAD_PROBE_TYPE_BUFFER) { sight in
                let isLie = frames.update { number in
                    number += 1
                    return number == 70
                }
                if isLie, let buffer = unsafe sight.buffer { unsafe buffer.pointee.pts = 0 }
            }
            defer { _ = probe }
            try pipeline.playToEnd()
            let jumps = pipeline.messages.ticks().compactMap { $0.unsigned("num-jumps") }.reduce(0, +)
            #expect(jumps == 1)
        }
    }
}
