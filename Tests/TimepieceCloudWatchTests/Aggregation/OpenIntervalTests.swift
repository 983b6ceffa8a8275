import Testing
import Timepiece
@testable import TimepieceCloudWatch

struct GatheringTests {
    private let clock = ClockEstimate()

    @Test func `Windows of one minute become one datum, exactly`() throws {
        var openInterval = OpenInterval(identity: .sample())
        for second in 1..<60 {
            #expect(openInterval.add(.of(30), at: .after(Double(second)), clock: clock, boot: "b") == nil)
        }
        let added = openInterval.add(.of(30), at: .after(60), clock: clock, boot: "b")
        let minute = try #require(added)
        #expect(minute.statistics.count == 59 * 30)
        #expect(minute.statistics.sum == .milliseconds(33) * (59 * 30))
        #expect(minute.moment == .after(59))
    }

    @Test func `Cells lie on the wall clock's full minutes whenever the stream began`() {
        var openInterval = OpenInterval(identity: .sample())
        #expect(openInterval.add(.of(1), at: .after(59.5), clock: clock, boot: "b") == nil)
        #expect(openInterval.add(.of(1), at: .after(60.5), clock: clock, boot: "b") != nil)
    }

    @Test func `A minute without later data is taken when it is over, not before`() {
        var openInterval = OpenInterval(identity: .sample())
        _ = openInterval.add(.of(3), at: .after(10), clock: clock, boot: "b")
        #expect(openInterval.takeIfOver(at: .after(59.9), clock: clock, boot: "b") == nil)
        #expect(openInterval.end(now: .after(10), clock: clock) == Moment.after(60).boot)
        #expect(openInterval.takeIfOver(at: .after(60), clock: clock, boot: "b")?.statistics.count == 3)
        #expect(openInterval.isEmpty)
    }

    @Test func `Empty windows make no datum`() {
        var openInterval = OpenInterval(identity: .sample())
        #expect(openInterval.add(Statistics(), at: .after(10), clock: clock, boot: "b") == nil)
        #expect(openInterval.take(boot: "b") == nil)
    }

    @Test func `A metric of high resolution has cells of its own length`() {
        var openInterval = OpenInterval(identity: .sample(interval: 5))
        _ = openInterval.add(.of(1), at: .after(1), clock: clock, boot: "b")
        #expect(openInterval.add(.of(1), at: .after(4.9), clock: clock, boot: "b") == nil)
        #expect(openInterval.add(.of(1), at: .after(5), clock: clock, boot: "b")?.statistics.count == 2)
        #expect(MetricIdentity.sample(interval: 5).storageResolution == 1)
        #expect(MetricIdentity.sample(interval: 60).storageResolution == 60)
    }

    @Test func `Stamps are also floored for times before 1970`() {
        #expect(TimeGrid.stamp(of: WallTime(nanoseconds: -1), interval: 60) == -60)
        #expect(TimeGrid.stamp(of: WallTime(nanoseconds: 59_999_999_999), interval: 60) == 0)
        #expect(TimeGrid.stamp(of: WallTime(nanoseconds: 60_000_000_000), interval: 60) == 60)
    }
}
