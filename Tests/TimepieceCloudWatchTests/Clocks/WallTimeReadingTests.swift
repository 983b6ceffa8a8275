import Testing
import Timepiece

@testable import TimepieceCloudWatch

@Suite struct WallTimeReadingTests {
    private func seconds(_ value: Int64) -> WallTime { WallTime(nanoseconds: value * 1_000_000_000) }

    @Test func `the date of an HTTP header is read`() {
        #expect(WallTime(httpDate: "Sun, 06 Nov 1994 08:49:37 GMT") == seconds(784_111_777))
        #expect(WallTime(httpDate: "Tue, 29 Feb 2028 23:59:60 GMT") == seconds(1_835_481_600))
    }

    @Test(arguments: [
        "", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT",
        "Sun, 06 Nov 1994 08:49 GMT", "Sun, 06 Xyz 1994 08:49:37 GMT", "Sun, 06 Nov 99994 08:49:37 GMT",
    ])
    func `another form of date is refused`(_ text: String) {
        #expect(WallTime(httpDate: text) == nil)
    }

    @Test func `a time of RFC 3339 is read, also with a fraction and an offset`() {
        #expect(WallTime(internetDate: "1970-01-01T00:00:00Z") == seconds(0))
        #expect(WallTime(internetDate: "2026-11-22T12:00:00Z") == seconds(1_795_348_800))
        #expect(WallTime(internetDate: "2026-11-22T14:00:00+02:00") == seconds(1_795_348_800))
        #expect(WallTime(internetDate: "2026-11-22T06:30:00-0530") == seconds(1_795_348_800))
        #expect(
            WallTime(internetDate: "2026-11-22T12:00:00.25Z") == WallTime(nanoseconds: 1_795_348_800_250_000_000))
        #expect(
            WallTime(internetDate: "2026-11-22T12:00:00.1234567899Z")
                == WallTime(nanoseconds: 1_795_348_800_123_456_789))
    }

    @Test(arguments: [
        "", "2026-11-22", "2026-11-22 12:00:00Z", "2026-11-22T12:00:00", "2026-13-22T12:00:00Z",
        "2026-02-29T12:00:00Z", "2026-11-22T12:60:00Z", "2026-11-22T12:00:00.Z", "2026-11-22T12:00:00+1",
        "2026-11-22T12:00:00+24:00", "2026-11-22T12:00:00ZZ", "９026-11-22T12:00:00Z", "9999-01-01T00:00:00Z",
    ])
    func `another form of time is refused`(_ text: String) {
        #expect(WallTime(internetDate: text) == nil)
    }

    @Test func `a time is written as signatures have it`() throws {
        let time = try #require(WallTime(internetDate: "2015-08-30T12:36:05.9Z"))
        #expect(time.basicFormat == "20150830T123605Z")
        #expect(WallTime(nanoseconds: 0).basicFormat == "19700101T000000Z")
        #expect(WallTime(nanoseconds: -1).basicFormat == "19691231T235959Z")
    }

    @Test func `the limits of the range of times are also written`() {
        #expect(WallTime(nanoseconds: .max).basicFormat == "22620411T234716Z")
        #expect(WallTime(nanoseconds: .min).basicFormat == "16770921T001243Z")
    }
}
