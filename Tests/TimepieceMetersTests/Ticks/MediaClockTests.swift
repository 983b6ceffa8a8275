import Testing

@testable import TimepieceMeters

@Suite("The media clock")
struct MediaClockTests {
    private static let millisecond: UInt64 = 1_000_000

    /// The times that alarms see of running times in milliseconds, and how many jumps there were.
    private static func advance(_ times: [UInt64]) -> (times: [UInt64], jumps: UInt64) {
        var clock = MediaClock()
        let seen = times.map { clock.advance(to: $0 * millisecond) / millisecond }
        return (seen, clock.jumps)
    }

    @Test func `follows the time stamps, and only moves forward with frames out of order`() {
        let times: [UInt64] = [0, 120, 40, 80, 240, 160, 200, 1_100, 500, 1_180]
        let (seen, jumps) = Self.advance(times)
        #expect(seen == [0, 120, 120, 120, 240, 240, 240, 1_100, 1_100, 1_180])
        #expect(jumps == 0)
    }

    @Test(arguments: [1_500, 5_000, 20_000, 86_400_000] as [UInt64], [10, 40, 100] as [UInt64])
    func `does not follow one time stamp that is far ahead`(ahead: UInt64, frame: UInt64) {
        var times = (0..<50).map { $0 * frame }
        times[20] += ahead
        let (seen, jumps) = Self.advance(times)
        var expected = (0..<50).map { $0 * frame }
        expected[20] = expected[19]
        #expect(seen == expected)
        #expect(jumps == 1)
    }

    @Test(arguments: [2_000, 8_000, 60_000] as [UInt64])
    func `continues if a clock is set back`(back: UInt64) {
        let times = (0..<60 as Range<UInt64>).map { back + $0 * 40 - ($0 < 30 ? 0 : back) }
        let (seen, jumps) = Self.advance(times)
        #expect(jumps == 1)
        for index in 31..<60 { #expect(seen[index] == back + UInt64(index) * 40) }
        #expect(seen[30] == seen[29])
    }

    @Test(arguments: [2_000, 8_000, 60_000] as [UInt64], [10, 40, 200] as [UInt64])
    func `continues where a clock that was set back is set right again`(back: UInt64, frame: UInt64) {
        let times = (0..<90 as Range<UInt64>).map { back + $0 * frame - (30..<60 ~= $0 ? back : 0) }
        let (seen, jumps) = Self.advance(times)
        #expect(jumps == 1)
        for index in 0..<90 where index != 30 && index != 60 { #expect(seen[index] == back + UInt64(index) * frame) }
        #expect(seen[30] == seen[29] && seen[60] == seen[59])
    }

    @Test func `is not delayed by one time stamp that is far behind`() {
        var times = (0..<50 as Range<UInt64>).map { 10_000 + $0 * 40 }
        times[20] = 0
        let (seen, jumps) = Self.advance(times)
        #expect(jumps == 1 && seen[20] == seen[19] && seen[21] == 10_840 && seen[49] == 11_960)
    }

    @Test(arguments: [1_500, 30_000] as [UInt64])
    func `follows a gap of the stream, with the buffer after it`(gap: UInt64) {
        let times = (0..<50 as Range<UInt64>).map { $0 * 40 + ($0 < 25 ? 0 : gap) }
        let (seen, jumps) = Self.advance(times)
        #expect(jumps == 0)
        #expect(seen[25] == seen[24] && Array(seen[26...]) == Array(times[26...]))
    }

    @Test(arguments: [1_000, 2_000, 5_000, 10_000] as [UInt64])
    func `follows a slow stream`(frame: UInt64) {
        let times = (0..<20 as Range<UInt64>).map { $0 * frame }
        let (seen, jumps) = Self.advance(times)
        #expect(jumps == 0)
        #expect(Array(seen[2...]) == Array(times[2...]))
    }

    @Test func `restarts with a segment`() {
        var clock = MediaClock()
        _ = clock.advance(to: 50_000 * Self.millisecond)
        clock.restart()
        #expect(clock.advance(to: 0) == 0)
        #expect(clock.jumps == 0)
    }
}
