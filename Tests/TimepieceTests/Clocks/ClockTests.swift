import Glibc
import Testing
import Timepiece

@Suite struct ClockTests {
    @Test func `Instants are limited to the range of the clock`() {
        let start = MonotonicInstant(nanoseconds: 0)
        let end = MonotonicInstant(nanoseconds: .max)
        #expect(start.advanced(by: .nanoseconds(-1)) == start)
        #expect(end.advanced(by: .nanoseconds(1)) == end)
        #expect(start.advanced(by: .nanoseconds(5)).nanoseconds == 5)
        #expect(end.advanced(by: .nanoseconds(Int64.min)).nanoseconds == UInt64(Int64.max))
        #expect(start.duration(to: end) == .nanoseconds(Int64.max))
        #expect(end.duration(to: start) == .nanoseconds(-Int64.max))
    }

    @Test func `A duration between instants has a sign`() {
        #expect(MonotonicInstant.milliseconds(5).duration(to: .milliseconds(8)) == .milliseconds(3))
        #expect(MonotonicInstant.milliseconds(8).duration(to: .milliseconds(5)) == .milliseconds(-3))
        #expect(MonotonicInstant.milliseconds(5) < .milliseconds(6))
    }

    @Test func `The monotonic clock does not run backwards`() {
        let first = MonotonicInstant.now()
        #expect(MonotonicInstant.now() >= first)
    }

    @Test func `Nanoseconds of a duration are truncated and limited to an Int64`() {
        #expect(Duration.seconds(Int64.max).nanoseconds == .max)
        #expect(Duration.seconds(Int64.min).nanoseconds == .min)
        #expect(Duration.nanoseconds(Int64.min).nanoseconds == .min)
        #expect(Duration.nanoseconds(Int64.max).nanoseconds == .max)
        #expect(Duration(secondsComponent: -1, attosecondsComponent: -500_000_000).nanoseconds == -1_000_000_000)
        #expect(Duration(secondsComponent: 1, attosecondsComponent: 999_999_999).nanoseconds == 1_000_000_000)
    }

    @Test func `Durations beyond the range of whole seconds do not trap`() {
        let longest = Duration.seconds(Int64.max) * 10
        #expect(longest.nanoseconds == .max)
        #expect((.zero - longest).nanoseconds == .min)
        #expect(longest.inSeconds > 9e19)
    }

    @Test(arguments: [
        (0, "1970-01-01 00:00:00.000000+00:00"),
        (-1, "1969-12-31 23:59:59.999999+00:00"),
        (1_645_189_714_074_238_000, "2022-02-18 13:08:34.074238+00:00"),
        (951_782_400_000_000_999, "2000-02-29 00:00:00.000000+00:00"),
        (4_107_542_399_999_999_999, "2100-02-28 23:59:59.999999+00:00"),
        (Int64.max, "2262-04-11 23:47:16.854775+00:00"),
        (Int64.min, "1677-09-21 00:12:43.145224+00:00"),
    ])
    func `A wall time reads as the ancestor printed it`(nanoseconds: Int64, text: String) {
        #expect(WallTime(nanoseconds: nanoseconds).description == text)
    }

    @Test func `Wall times are limited to their range`() {
        #expect(WallTime(nanoseconds: .max).advanced(by: .seconds(1)).nanoseconds == .max)
        #expect(WallTime(nanoseconds: .min).advanced(by: .seconds(-1)).nanoseconds == .min)
        #expect(WallTime(nanoseconds: .min).duration(to: WallTime(nanoseconds: .max)) > .seconds(18_446_744_073))
    }

    @Test func `Dates count every day of nearly four centuries`() {
        var (year, month, day): (Int64, Int64, Int64) = (1900, 1, 1)
        var errors = 0
        for days in -25_567...120_529 as ClosedRange<Int64> {
            // The range of a wall time ends in 2262.
            if year > 1677, year < 2262 {
                let (date, _) = unsafe WallTime(nanoseconds: days * 86_400_000_000_000).utc
                let found = unsafe (Int64(date.tm_year) + 1900, Int64(date.tm_mon) + 1, Int64(date.tm_mday))
                if found != (year, month, day) { errors += 1 }
            }
            let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            let lengths: [Int64] = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
            day += 1
            if day > lengths[Int(month) - 1] { (month, day) = (month + 1, 1) }
            if month > 12 { (year, month) = (year + 1, 1) }
        }
        #expect(errors == 0)
        #expect(year == 2300)
    }

    @Test func `A reading converts an instant to a wall time and a wall time to an instant`() {
        let reading = ClockReading(monotonic: .milliseconds(100), wall: WallTime(nanoseconds: 5_000_000_000))
        #expect(reading.wall(at: .milliseconds(99)).nanoseconds == 4_999_000_000)
        #expect(reading.instant(at: WallTime(nanoseconds: 5_001_000_000)) == .milliseconds(101))
        #expect(reading.instant(at: WallTime(nanoseconds: 0)).nanoseconds == 0)
    }

    @Test func `A reading is of now`() {
        let before = MonotonicInstant.now()
        let reading = ClockReading.now()
        #expect(reading.monotonic >= before)
        #expect(reading.monotonic <= .now())
    }

    @Test(arguments: [
        (0, 4, "0.0000"), (89_949_999, 4, "0.0899"), (89_950_000, 4, "0.0900"), (-89_950_000, 4, "-0.0900"),
        (-1, 4, "0.0000"), (1_999_999_999, 0, "2"), (1_000_000_001, 9, "1.000000001"), (-1, 12, "-0.000000001"),
        (Int64.max, 4, "9223372036.8548"), (Int64.min, 9, "-9223372036.854775808"), (1_500_000_000, -3, "2"),
    ])
    func `Seconds are written with exactly rounded decimals`(nanoseconds: Int64, decimals: Int, text: String) {
        #expect(Duration.nanoseconds(nanoseconds).secondsText(decimals: decimals) == text)
    }

    @Test func `A monotonic clock sleeps at least as long as requested, and is cancelled`() async throws {
        let start = MonotonicInstant.now()
        try await Task.sleep(for: .milliseconds(20), clock: .timepiece)
        #expect(start.duration(to: .now()) >= .milliseconds(20))
        let sleeper = Task { try await MonotonicClock().sleep(until: .now().advanced(by: .seconds(3_600))) }
        sleeper.cancel()
        await #expect(throws: CancellationError.self) { try await sleeper.value }
    }
}
