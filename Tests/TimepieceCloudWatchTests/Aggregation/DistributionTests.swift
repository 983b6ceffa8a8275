import Testing
import Timepiece
@testable import TimepieceCloudWatch

struct DistributionTests {
    @Test(arguments: SampleMinute.all)
    func `A minute fits into 150 values with p50, p90 and p99 within 1 %`(minute: SampleMinute) {
        let values = Distribution(minute.statistics, limit: 150).values
        #expect(values.count <= 150)
        let pairs = values.map { (value: $0.nanoseconds, count: Double($0.count)) }
        for percentile in [50.0, 90, 99] {
            let error = pairs.percentile(percentile) / minute.percentile(percentile) - 1
            #expect(abs(error) < 0.01, "p\(percentile) of \(minute.name)")
        }
    }

    @Test(arguments: SampleMinute.all)
    func `The values add up to the exact count and sum and have the exact extremes`(minute: SampleMinute) {
        let values = Distribution(minute.statistics, limit: 150).values
        #expect(values.reduce(0) { $0 + $1.count } == UInt64(minute.samples.count))
        #expect(values.first?.nanoseconds == minute.samples.first.map(Double.init))
        #expect(values.last?.nanoseconds == minute.samples.last.map(Double.init))
        let sum = values.reduce(0) { $0 + $1.nanoseconds * Double($1.count) }
        #expect(abs(sum / Double(minute.sum) - 1) < 1e-12)
    }

    @Test(arguments: SampleMinute.all)
    func `Values ascend, each once`(minute: SampleMinute) {
        let values = Distribution(minute.statistics, limit: 150).values.map(\.nanoseconds)
        #expect(values == Set(values).sorted())
    }

    @Test func `A value whose bucket begins at the smallest duration is listed once`() {
        var statistics = Statistics.of(10, .nanoseconds(33_100_000))
        statistics.record(.milliseconds(50))
        let values = Distribution(statistics, limit: 150).values.map(\.nanoseconds)
        #expect(values == Set(values).sorted())
        #expect(values.first == 33_100_000)
    }

    @Test(arguments: 0..<40)
    func `Any minute keeps its percentiles within 1 %, at whatever scale and width`(seed: Int) {
        let minute = SampleMinute.random(seed: seed)
        let values = Distribution(minute.statistics, limit: 150).values
        #expect(values.count <= 150)
        #expect(values.reduce(0) { $0 + $1.count } == UInt64(minute.samples.count))
        let pairs = values.map { (value: $0.nanoseconds, count: Double($0.count)) }
        for percentile in [50.0, 90, 99] {
            let error = pairs.percentile(percentile) / minute.percentile(percentile) - 1
            #expect(abs(error) < 0.01, "p\(percentile)")
        }
    }

    @Test(arguments: SampleMinute.all)
    func `A hundred values, as an embedded metric has, still keep the percentiles`(minute: SampleMinute) {
        let values = Distribution.merged(Distribution(minute.statistics, limit: 150).values, limit: 100)
        #expect(values.count <= 100)
        let pairs = values.map { (value: $0.nanoseconds, count: Double($0.count)) }
        for percentile in [50.0, 90, 99] {
            #expect(abs(pairs.percentile(percentile) / minute.percentile(percentile) - 1) < 0.01)
        }
    }

    @Test(arguments: [10, 20, 50, 150])
    func `Minutes of many buckets are reduced to the limit`(limit: Int) {
        var statistics = Statistics()
        for power in 0..<2000 { statistics.record(.nanoseconds(1000 + Int64(power) * Int64(power) * 500)) }
        let values = Distribution(statistics, limit: limit).values
        #expect(values.count <= limit)
        #expect(values.reduce(0) { $0 + $1.count } == 2000)
    }

    @Test func `Equal durations are one value, two are two, none are none`() {
        #expect(Distribution(.of(5), limit: 150).values == [Datum.Value(nanoseconds: 33e6, count: 5)])
        var two = Statistics.of(1)
        two.record(.milliseconds(40))
        #expect(
            Distribution(two, limit: 150).values == [
                Datum.Value(nanoseconds: 33e6, count: 1), Datum.Value(nanoseconds: 40e6, count: 1),
            ])
        #expect(Distribution(Statistics(), limit: 150).values.isEmpty)
    }

    @Test func `Zero and the longest representable duration survive`() {
        var statistics = Statistics()
        for duration: Duration in [.zero, .milliseconds(1), Duration.nanoseconds(Int64.max)] {
            statistics.record(duration)
        }
        let values = Distribution(statistics, limit: 150).values
        #expect(values.first?.nanoseconds == 0)
        #expect(values.last?.nanoseconds == Double(Int64.max))
        #expect(values.allSatisfy { $0.nanoseconds.isFinite })
    }

    @Test(
        arguments: [
            [(33_333_333, 1_800)], [(16_683_333, 3_600), (100_000_000, 20)],
            [(40_000_000, 1_500), (20_000_000, 700), (41_000_000, 30)], [(8_333_333, 7_200), (66_666_667, 40)],
        ] as [[(Int64, Int)]])
    func `A value is the mean of its bucket`(peaks: [(Int64, Int)]) {
        var statistics = Statistics()
        // Each comes 0.1 % early as often as late.
        for (length, count) in peaks {
            for index in 0..<count { statistics.record(.nanoseconds(length + length / 1000 * Int64(index % 3 - 1))) }
        }
        let values = Distribution(statistics, limit: 150).values
        for (length, count) in peaks where count > 30 {
            let about = values.filter { abs($0.nanoseconds / Double(length) - 1) < 0.006 }
            let number = about.reduce(0.0) { $0 + Double($1.count) }
            let mean = about.reduce(0.0) { $0 + $1.nanoseconds * Double($1.count) } / number
            #expect(abs(mean / Double(length) - 1) < 0.0001)
        }
        let sum = values.reduce(0.0) { $0 + $1.nanoseconds * Double($1.count) }
        #expect(abs(sum / Double(statistics.sum.nanoseconds) - 1) < 1e-12)
    }
}
