import CGStreamerCheck
import Testing

extension TimepieceTick {
    /// `clock=running-time`: what happens to alarms when the media's time does what it does.
    @Suite("An alarm by running time")
    struct AlarmTimeTests {
        private static let second: UInt64 = 1_000_000_000

        @Test func `fires at the same media times in every run of a transcode at full speed`() throws {
            let clip = try Clip()
            func run() throws -> [FiredAlarm] {
                let pipeline = try Pipeline(
                    """
                    filesrc location=\(clip.path) ! decodebin ! timepiecetick alarms="interval,name=half,every=500ms, \
                    clock=running-time; after,name=second,after=1s,clock=running-time; ordinal,name=tenth,each=10" \
                    ! videoconvert ! vp8enc deadline=1 ! webmmux ! fakesink sync=false
                    """)
                try pipeline.playToEnd()
                return pipeline.messages.alarms()
            }
            let first = try run()
            let half = first.filter { $0.name == "half" }
            #expect(half.map(\.fired) == (0..<6).map { $0 * Self.second / 2 })
            #expect(half.map(\.runningTime) == half.map(\.due))
            #expect(first.filter { $0.name == "second" }.map(\.fired) == [Self.second])
            let second = try run()
            #expect(second.map(\.runningTime) == first.map(\.runningTime))
            #expect(second.map(\.name) == first.map(\.name))
        }

        @Test func `does not depend on how fast the buffers come`() throws {
            func run(_ isLive: Bool) throws -> [FiredAlarm] {
                let pipeline = try Pipeline(
                    """
                    videotestsrc num-buffers=25 ! video/x-raw,framerate=50/1 \
                    ! timepiecetick alarms="interval,every=70ms,clock=running-time" ! fakesink sync=\(isLive)
                    """)
                try pipeline.playToEnd()
                return pipeline.messages.alarms()
            }
            #expect(try run(true) == run(false))
        }

        @Test func `after a flushing seek continues its grid in the running time, which restarts`() throws {
            let clip = try Clip()
            let pipeline = try Pipeline(
                """
                filesrc location=\(clip.path) ! decodebin ! timepiecetick name=tick \
                alarms="interval,name=half,every=500ms,clock=running-time; \
                after,name=once,after=400ms,clock=running-time" ! fakesink sync=false
                """)
            try pipeline.playToEnd()
            try pipeline.seek(
                GstSeekFlags(GST_SEEK_FLAG_FLUSH.rawValue | GST_SEEK_FLAG_ACCURATE.rawValue), from: 1_500_000_000)
            try pipeline.wait(for: "eos", count: 2)
            let half = pipeline.messages.alarms("half")
            #expect(half.map { $0.fired * 2 / Self.second } == [0, 1, 2, 3, 4, 5, 0, 1, 2])
            #expect(half.map(\.count) == Array(1...9))
            #expect(pipeline.messages.alarms("once").count == 1)
        }

        @Test func `keeps its grid from one segment to the next, as the running time continues`() throws {
            let pipeline = try Pipeline(
                """
                concat name=c ! timepiecetick alarms="interval,every=400ms,clock=running-time" ! fakesink \
                videotestsrc num-buffers=25 ! video/x-raw,framerate=25/1 ! c. \
                videotestsrc num-buffers=50 ! video/x-raw,framerate=25/1 ! c.
                """)
            try pipeline.playToEnd()
            #expect(pipeline.messages.alarms().map { $0.fired / 1_000_000 } == (0..<8).map { $0 * 400 })
        }

        @Test func `counts from the segment, not from the time stamps`() throws {
            let harness = try Harness("timepiecetick", ["alarms": "interval,every=1s,clock=running-time"])
            harness.begin()
            try harness.pushSegment(start: 100 * Self.second, rate: 2)
            for second in 100...106 as ClosedRange<UInt64> { _ = try harness.push(at: second * Self.second) }
            // Twice as fast: two seconds of media are one of running time.
            #expect(harness.messages.alarms().map { $0.runningTime / Self.second } == [0, 1, 2, 3])
        }

        @Test func `follows a rewind: reverse playback has a running time that grows`() throws {
            let harness = try Harness("timepiecetick", ["alarms": "interval,every=2s,clock=running-time"])
            harness.begin()
            try harness.pushSegment(start: 0, stop: 10 * Self.second, rate: -1)
            for second in (0..<10 as Range<UInt64>).reversed() { _ = try harness.push(at: second * Self.second) }
            #expect(harness.messages.alarms().map { $0.runningTime / Self.second } == [1, 3, 5, 7, 9])
        }

        @Test func `fires once for a slot where frames come in the order of decoding`() throws {
            let harness = try Harness("timepiecetick", ["alarms": "interval,every=100ms,clock=running-time"])
            harness.begin()
            for time in [0, 120, 40, 80, 240, 160, 200, 360, 280, 320] as [UInt64] {
                _ = try harness.push(at: time * 1_000_000)
            }
            #expect(harness.messages.alarms().map { $0.fired / 1_000_000 } == [0, 120, 240, 360])
        }

        @Test func `skips buffers without a time, and those outside of the segment`() throws {
            let harness = try Harness("timepiecetick", ["alarms": "interval,every=1s,clock=running-time"])
            harness.begin()
            try harness.pushSegment(start: 5 * Self.second, rate: 1)
            _ = try harness.push()
            _ = try harness.push(at: 3 * Self.second)
            #expect(harness.messages.alarms().isEmpty)
            _ = try harness.push(at: 5 * Self.second)
            #expect(harness.messages.alarms().map(\.runningTime) == [0])
        }

        @Test func `never fires in a stream that is not in time`() throws {
            let pipeline = try Pipeline(
                """
                fakesrc format=bytes num-buffers=20 ! timepiecetick alarms="interval,every=1ns,clock=running-time; \
                ordinal,each=10" ! fakesink
                """)
            try pipeline.playToEnd()
            #expect(pipeline.messages.alarms().map(\.kind) == ["ordinal", "ordinal"])
        }
    }
}
