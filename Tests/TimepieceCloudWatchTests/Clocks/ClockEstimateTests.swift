import Testing
import Timepiece
@testable import TimepieceCloudWatch

struct ClockEstimateTests {
    /// A machine that was booted in 1970.
    private func unset(_ seconds: Double) -> Moment {
        Moment(
            boot: BootInstant(nanoseconds: Int64(seconds * 1e9)), wall: WallTime(nanoseconds: Int64(seconds * 1e9)))
    }

    private let noonTime = WallTime(nanoseconds: noon * 1_000_000_000)

    @Test func `A clock that agrees with the service's is not corrected`() {
        var clock = ClockEstimate()
        clock.learn(date: noonTime, sent: .after(0.2), received: .after(0.4))
        #expect(clock.isConfirmed)
        #expect(clock.skew == .zero)
        #expect(clock.wall(at: Moment.after(10).boot, now: .after(20)) == Moment.after(10).wall)
    }

    @Test func `A device booted in 1970 dates data that it gathered before it knew the time`() {
        var clock = ClockEstimate()
        #expect(!clock.isConfirmed)
        clock.learn(date: noonTime, sent: unset(300), received: unset(300))
        #expect(clock.isConfirmed)
        // Half a second is what a Date is late on average.
        let expected = noonTime.advanced(by: .milliseconds(500) - .seconds(200))
        #expect(clock.wall(at: unset(100).boot, now: unset(900)) == expected)
        #expect(clock.skew == .seconds(noon - 300) + .milliseconds(500))
    }

    @Test func `Once the clock is set, the learned offset is dropped`() {
        var clock = ClockEstimate()
        clock.learn(date: noonTime, sent: unset(0), received: unset(0))
        #expect(clock.skew != .zero)
        clock.learn(date: noonTime.advanced(by: .seconds(60)), sent: .after(60), received: .after(60))
        #expect(clock.skew == .zero)
    }

    @Test func `A slow response does not make a right clock wrong`() {
        var clock = ClockEstimate()
        clock.learn(date: noonTime, sent: .after(0), received: .after(15))
        #expect(clock.skew == .zero)
    }

    @Test func `Setting the clock while an offset is in use changes no date`() {
        var clock = ClockEstimate()
        clock.learn(date: noonTime, sent: unset(10), received: unset(10))
        let before = clock.wall(at: unset(5).boot, now: unset(20))
        let stepped = Moment(boot: unset(20).boot, wall: Moment.after(20).wall)
        #expect(clock.wall(at: unset(5).boot, now: stepped) == before)
    }
}
