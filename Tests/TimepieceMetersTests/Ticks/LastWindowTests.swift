import Synchronization
import Testing
import Timepiece

@testable import TimepieceMeters

@Suite("The last window")
struct LastWindowTests {
    private final class Windows: TickReporter {
        private let store = Mutex<[Window]>([])

        var all: [Window] { store.withLock { $0 } }
        var isReady: Bool { true }
        func report(_ window: Window) { store.withLock { $0.append(window) } }
        func report(_ event: StallDetector.Event, lastPosition: UInt64) {}
    }

    private static let frame: UInt64 = 40_000_000

    /// A stream of 25 frames a second, of which the first so many windows of a second have been reported by the clock.
    private func stream(seconds: UInt64) throws -> (meter: TickMeter, windows: Windows, now: UInt64) {
        let windows = Windows()
        let meter = try #require(
            TickMeter(settings: .init(interval: 0), maxIntervals: 1, pipeline: 0, reporter: windows))
        meter.release(at: 0)
        _ = meter.play(at: 0)
        var now: UInt64 = 1
        for _ in 0..<seconds {
            for _ in 0..<25 {
                meter.writer.tick(at: now, events: 1, bytes: 10, discontinuity: false, position: .max)
                now += Self.frame
            }
            windows.report(meter.tachometer.closeWindow(at: MonotonicInstant(nanoseconds: now)))
        }
        return (meter, windows, now)
    }

    @Test(arguments: [1, 2, 7] as [UInt64])
    func `is not posted at EOS if the next buffer was not due yet`(seconds: UInt64) throws {
        let (meter, windows, now) = try stream(seconds: seconds)
        meter.end(at: now + 700_000)
        #expect(windows.all.count == Int(seconds))
        #expect(windows.all.allSatisfy { $0.statistics.rate == 25 })
        meter.stop(at: now + 800_000)
        #expect(windows.all.count == Int(seconds))
    }

    @Test func `is posted for a stream that was stalled until then`() throws {
        let (meter, windows, now) = try stream(seconds: 2)
        meter.end(at: now + 9_900_000_000)
        #expect(windows.all.map(\.tally.events) == [25, 25, 0])
        #expect(windows.all.last?.duration == .milliseconds(9900))
        let (paced, pacedWindows, end) = try stream(seconds: 2)
        // The last tick was a frame before.
        paced.end(at: end + Self.frame)
        #expect(pacedWindows.all.count == 2)
        let (late, lateWindows, then) = try stream(seconds: 2)
        late.end(at: then + Self.frame + 1)
        #expect(lateWindows.all.map(\.tally.events) == [25, 25, 0])
    }

    @Test(arguments: [1, 2, 24] as [UInt64])
    func `has the rate of the frames that passed in it, however short it is`(frames: UInt64) throws {
        let (meter, windows, start) = try stream(seconds: 2)
        for frame in 0..<frames {
            meter.writer.tick(
                at: start + frame * Self.frame, events: 1, bytes: 10, discontinuity: false, position: .max)
        }
        meter.end(at: start + (frames - 1) * Self.frame + 1_000)
        let last = try #require(windows.all.last)
        #expect(windows.all.count == 3 && last.tally.events == frames)
        #expect(last.statistics.rate == 25 && last.bitrate == 25 * 10 * 8)
        #expect(windows.all.reduce(0) { $0 + $1.tally.events } == 50 + frames)
    }

    @Test func `is posted for a gap or a header that passed in it, and for a stream without any buffer`() throws {
        let (gaps, gapWindows, end) = try stream(seconds: 1)
        gaps.writer.noteGap(at: end)
        gaps.end(at: end + 5)
        #expect(gapWindows.all.map(\.tally.gaps) == [0, 1])
        let (headers, headerWindows, _) = try stream(seconds: 1)
        headers.writer.note(headers: 2, bytes: 9)
        headers.end(at: end + 5)
        #expect(headerWindows.all.map(\.tally.headers) == [0, 2])
        let (silent, silentWindows, _) = try stream(seconds: 0)
        silent.end(at: 5)
        #expect(silentWindows.all.map(\.tally.events) == [0])
    }
}
