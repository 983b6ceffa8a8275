import Testing

extension TimepieceTick {
    /// The results of the timing, with every instant given: no clock, no pipeline, exact to the nanosecond.
    @Suite("The contract")
    struct TickContractTests {
        private let second: UInt64 = 1_000_000_000
        /// Far from zero, and far ahead of the clock, so that no report comes by itself.
        private let start: UInt64 = 1_000_000_000_000_000_000

        /// The instant of a frame of an exact 30 fps stream.
        private func frame(_ number: UInt64) -> UInt64 {
            start + number * second / 30
        }

        @Test func `exact 30 fps is reported as 30.00 in every window, however many frames it holds`() throws {
            let meter = try #require(Meter())
            meter.play(at: start)
            for window in 0..<10 as Range<UInt64> {
                for number in window * 30..<(window + 1) * 30 { meter.pass(at: frame(number)) }
                let report = try #require(meter.closeWindow(at: frame((window + 1) * 30) - 1))
                #expect(report.buffers == 30)
                #expect(report.intervals == (window == 0 ? 29 : 30))
                #expect(abs(report.rate - 30) < 0.000_001)
                #expect(report.rate == (window == 0 ? 29e9 / 966_666_666 : 30))
            }
        }

        @Test func `60 frames in 5 s with a gap of 3 s are reported second by second`() throws {
            let meter = try #require(Meter())
            meter.play(at: start)
            var reports: [MeterWindow] = []
            for window in 0..<5 as Range<UInt64> {
                if window == 0 || window == 4 {
                    for number in window * 30..<(window + 1) * 30 { meter.pass(at: frame(number)) }
                }
                reports.append(try #require(meter.closeWindow(at: start + (window + 1) * second)))
            }
            #expect(reports.map(\.buffers) == [30, 0, 0, 0, 30])
            #expect(reports.map(\.duration) == Array(repeating: second, count: 5))
            let last = frame(29)
            #expect(
                reports[1...3].map(\.sinceLastBuffer) == [
                    start + 2 * second - last, start + 3 * second - last, start + 4 * second - last,
                ])
            #expect(reports[1...3].map(\.rate) == [0, 0, 0])
            #expect(reports[4].max == frame(120) - last)
            #expect(reports[4].totalBuffers == 60)
        }

        @Test func `60 frames in 5 s in one window have the rate of their 59 intervals`() throws {
            let meter = try #require(Meter())
            meter.play(at: start)
            for number in Array(0..<30) + Array(120..<150) as [UInt64] { meter.pass(at: frame(number)) }
            let report = try #require(meter.read(at: start + 5 * second))
            #expect(report.buffers == 60)
            #expect(report.duration == 5 * second)
            #expect(report.sum == frame(149) - frame(0))
            #expect(report.rate == 59 * 1e9 / Double(frame(149) - frame(0)))
        }

        @Test func `8 MiB buffers at 10 kHz have a bitrate of 671 Gbit/s`() throws {
            let meter = try #require(Meter())
            meter.play(at: start)
            let size: UInt64 = 8 << 20
            for number in 0..<10_000 as Range<UInt64> { meter.pass(at: start + number * 100_000, bytes: size) }
            let report = try #require(meter.closeWindow(at: start + second))
            #expect(report.bytes == 10_000 * size)
            #expect(report.bitrate == Double(10_000 * size * 8))
            #expect(report.rate == 10_000)
        }

        @Test func `sums stay at their largest value rather than wrap`() throws {
            let meter = try #require(Meter())
            meter.play(at: 0)
            meter.pass(at: 1, bytes: .max)
            meter.pass(at: .max, bytes: .max)
            let report = try #require(meter.closeWindow(at: .max))
            #expect(report.bytes == .max)
            #expect(report.totalBytes == .max)
            #expect(report.max == UInt64.max - 1)
        }

        @Test func `instants that run backwards are counted as such, and make no interval`() throws {
            let meter = try #require(Meter())
            meter.play(at: start)
            meter.pass(at: start + 3)
            meter.pass(at: start + 1)
            meter.pass(at: start + 2)
            let report = try #require(meter.closeWindow(at: start))
            #expect(report.buffers == 3)
            #expect(report.backwards == 1)
            #expect(report.recent == [1])
            #expect(report.duration == 0)
            #expect(report.sinceLastBuffer == 0)
            #expect(report.bitrate == 0)
        }

        @Test func `a pause makes no interval, and its time does not count`() throws {
            let meter = try #require(Meter())
            meter.play(at: start)
            meter.pass(at: start + 10)
            meter.pass(at: start + 20)
            meter.pause(at: start + 30)
            meter.play(at: start + 1_000)
            meter.pass(at: start + 1_015)
            meter.pass(at: start + 1_035)
            let report = try #require(meter.closeWindow(at: start + 1_040))
            #expect(report.recent == [10, 20])
            #expect(report.duration == 70)
            #expect(report.sinceLastBuffer == 5)
        }

        @Test func `no interval begins or ends in a pause: buffers in it are only counted`() throws {
            let meter = try #require(Meter())
            // Before it plays, as the buffer of the preroll.
            meter.pass(at: start)
            meter.pass(at: start + 500)
            meter.play(at: start + 600)
            meter.pass(at: start + 700)
            meter.pass(at: start + 705)
            meter.pause(at: start + 710)
            // After the sink continued, and before the element did.
            meter.pass(at: start + 800)
            meter.pass(at: start + 9_000)
            meter.play(at: start + 9_001)
            meter.pass(at: start + 9_002)
            meter.pass(at: start + 9_009)
            let report = try #require(meter.closeWindow(at: start + 10_000))
            #expect(report.buffers == 8)
            #expect(report.recent == [5, 7])
        }

        @Test func `while it pauses, the time since the last buffer does not change`() throws {
            let meter = try #require(Meter())
            meter.play(at: start)
            meter.pass(at: start + 10)
            meter.pause(at: start + 50)
            #expect(meter.read(at: start + 60)?.sinceLastBuffer == 40)
            #expect(meter.read(at: start + 9_000)?.sinceLastBuffer == 40)
        }

        @Test func `with no buffer yet, the time since the last buffer is the time since it started to play`() throws {
            let meter = try #require(Meter())
            meter.play(at: start)
            #expect(meter.read(at: start + 7)?.sinceLastBuffer == 7)
        }

        @Test func `an interruption makes no interval`() throws {
            let meter = try #require(Meter())
            meter.play(at: start)
            meter.pass(at: start + 1)
            meter.pass(at: start + 2)
            meter.interrupt()
            meter.pass(at: start + 100)
            meter.pass(at: start + 103)
            #expect(meter.read(at: start + 200)?.recent == [1, 3])
        }

        @Test func `an interval belongs to the window in which it ends`() throws {
            let meter = try #require(Meter())
            meter.play(at: start)
            meter.pass(at: start + 10)
            #expect(meter.closeWindow(at: start + 20)?.intervals == 0)
            meter.pass(at: start + 40)
            #expect(meter.closeWindow(at: start + 50)?.recent == [30])
        }

        @Test func `reading changes nothing`() throws {
            let meter = try #require(Meter())
            meter.play(at: start)
            for number in 0..<5 as Range<UInt64> { meter.pass(at: start + number * 7, bytes: 3, position: number) }
            let first = try #require(meter.read(at: start + 100))
            #expect(meter.read(at: start + 100) == first)
            #expect(meter.closeWindow(at: start + 100) == first)
            #expect(meter.reports.count == 1)
        }

        @Test func `the end reports the open window, even an empty one, and each end does so once`() throws {
            let meter = try #require(Meter())
            meter.play(at: start)
            meter.pass(at: start)
            meter.end(at: start + 1)
            #expect(meter.reports.map(\.buffers) == [1])
            meter.begin(at: start + 2)
            meter.end(at: start + 3)
            #expect(meter.reports.map(\.buffers) == [1, 0])
            #expect(meter.reports.map(\.totalBuffers) == [1, 1])
        }

        @Test func `the stop reports the rest, and only if there is any`() throws {
            let empty = try #require(Meter())
            empty.play(at: start)
            empty.stop(at: start + 1)
            #expect(empty.reports.isEmpty)
            let meter = try #require(Meter())
            meter.play(at: start)
            meter.pass(at: start, buffers: 3)
            meter.stop(at: start + 1)
            meter.stop(at: start + 2)
            #expect(meter.reports.map(\.buffers) == [3])
        }

        @Test func `the last report of a stream is made even if it exceeds the limit`() throws {
            let meter = try #require(Meter())
            meter.play(at: start)
            meter.isReady = false
            meter.pass(at: start)
            #expect(meter.read(at: start + 4)?.buffers == 1)
            meter.end(at: start + 5)
            meter.begin(at: start + 6)
            meter.pass(at: start + 7, buffers: 3)
            meter.stop(at: start + 8)
            #expect(meter.reports.map(\.buffers) == [1, 3])
        }

        @Test func `the last intervals are listed, oldest first, no more than requested`() throws {
            let meter = try #require(Meter(maxIntervals: 3))
            meter.play(at: start)
            var now = start
            for length in 0...5 as ClosedRange<UInt64> {
                now += length
                meter.pass(at: now)
            }
            #expect(meter.read(at: now)?.recent == [3, 4, 5])
            meter.pass(at: now + 9)
            #expect(meter.read(at: now + 9)?.recent == [4, 5, 9])
        }

        @Test func `no list of intervals at all is refused`() {
            #expect(Meter(maxIntervals: 0) == nil)
        }

        @Test func `discontinuities and positions are kept`() throws {
            let meter = try #require(Meter())
            meter.play(at: start)
            #expect(meter.lastPosition == .max)
            meter.pass(at: start, discont: true, position: 7)
            meter.pass(at: start + 1, position: 8)
            #expect(meter.lastPosition == 8)
            let report = try #require(meter.read(at: start + 2))
            #expect(report.disconts == 1)
            #expect(report.lastPosition == 8)
            meter.forgetPosition()
            #expect(meter.read(at: start + 2)?.lastPosition == .max)
        }

        @Test func `nothing is lost or counted twice when windows are closed while buffers pass`() async throws {
            let meter = try #require(Meter())
            meter.play(at: start)
            let count: UInt64 = 300_000
            async let passing: Void = {
                for number in 0..<count { meter.pass(at: start + number, bytes: 2) }
            }()
            for _ in 0..<500 { _ = meter.closeWindow(at: start + count) }
            await passing
            meter.stop(at: start + count)
            let reports = meter.reports
            #expect(reports.reduce(0) { $0 + $1.buffers } == count)
            #expect(reports.reduce(0) { $0 + $1.bytes } == 2 * count)
            #expect(reports.reduce(0) { $0 + $1.intervals } == count - 1)
            #expect(reports.reduce(0) { $0 + $1.sum } == count - 1)
            #expect(reports.last?.totalBuffers == count)
        }
    }
}
