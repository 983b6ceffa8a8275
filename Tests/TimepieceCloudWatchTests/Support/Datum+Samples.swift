import Timepiece
@testable import TimepieceCloudWatch

/// 2026-11-22T12:00:00Z, when the tests' clocks start.
let noon: Int64 = 1_795_348_800

extension MetricIdentity {
    static func sample(_ device: String = "cam-01", namespace: String = "Test/Video", interval: Int64 = 60) -> Self {
        MetricIdentity(
            namespace: namespace, name: "frame_processing_time", dimensions: [.init(name: "Device", value: device)],
            interval: interval)
    }
}

extension Moment {
    /// A moment of a machine that was booted at noon, after the given number of seconds.
    static func after(_ seconds: Double) -> Moment {
        Moment(boot: BootInstant(nanoseconds: 0), wall: WallTime(nanoseconds: noon * 1_000_000_000))
            .advanced(by: .nanoseconds(Int64((seconds * 1e9).rounded())))
    }
}

extension Statistics {
    /// A window of equal durations.
    static func of(_ count: Int, _ duration: Duration = .milliseconds(33)) -> Statistics {
        var statistics = Statistics()
        for _ in 0..<count { statistics.record(duration) }
        return statistics
    }
}

extension Datum {
    /// A datum of a window that was closed the given number of seconds after noon.
    static func sample(
        _ seconds: Double = 30, count: Int = 10, identity: MetricIdentity = .sample(), boot: String = "boot-1"
    ) -> Datum {
        Datum(
            ClosedInterval(identity: identity, statistics: .of(count), boot: boot, moment: .after(seconds)))
    }

    /// A datum with as many values as one has, of so many minutes after noon.
    static func full(_ minute: Int) -> Datum {
        let moment = Moment.after(Double(minute) * 60)
        return Datum(
            identity: fullest.identity, boot: fullest.boot, instant: moment.boot, wall: moment.wall,
            count: fullest.count, sum: fullest.sum, min: fullest.min, max: fullest.max, values: fullest.values)
    }

    private static let fullest = Datum(
        ClosedInterval(
            identity: .sample(), statistics: SampleMinute.heavyTailed.statistics, boot: "boot-1", moment: .after(0)))

    var pairs: [(value: Double, count: Double)] {
        values.map { (value: $0.nanoseconds, count: Double($0.count)) }
    }
}
