import Timepiece

/// Instants a little uneven around 33 ms, as a stream's are, without a clock and without chance.
struct Instants {
    private(set) var nanoseconds: UInt64 = 1_000_000_000
    private var state: UInt64 = 1

    mutating func next() -> MonotonicInstant {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        nanoseconds &+= 33_000_000 &+ state >> 44
        return MonotonicInstant(nanoseconds: nanoseconds)
    }
}

/// Statistics of so many of the intervals above.
func statistics(of count: Int) -> Statistics {
    var statistics = Statistics()
    var instants = Instants()
    var last = instants.next()
    for _ in 0..<count {
        let next = instants.next()
        statistics.record(last.duration(to: next))
        last = next
    }
    return statistics
}

func alarmClock(schedules: Int) throws -> AlarmClock {
    // None is due while the benchmark runs: what is measured is the tick that fires nothing.
    try AlarmClock((0..<schedules).map { try OrdinalSchedule(each: .max, name: "a\($0)") })
}

let benchmarks = [
    Benchmark("Ticker.tick") {
        var ticker = Ticker()
        var instants = Instants()
        return { count in for _ in 0..<count { ticker.tick(at: instants.next()) } }
    },
    Benchmark("Ticker.tick, clock read") {
        var ticker = Ticker()
        return { count in for _ in 0..<count { ticker.tick() } }
    },
    Benchmark("Tachometer.tick") {
        let tachometer = try Tachometer()
        var instants = Instants()
        return { count in for _ in 0..<count { tachometer.tick(at: instants.next()) } }
    },
    Benchmark("Tachometer.read") {
        let tachometer = try Tachometer()
        var instants = Instants()
        for _ in 0..<1_000 { tachometer.tick(at: instants.next()) }
        return { count in for _ in 0..<count { _ = tachometer.read(at: instants.next()) } }
    },
    Benchmark("Tachometer.closeWindow, 30 ticks") {
        let tachometer = try Tachometer()
        var instants = Instants()
        return { count in
            for _ in 0..<count {
                for _ in 0..<30 { tachometer.tick(at: instants.next()) }
                _ = tachometer.closeWindow(at: instants.next())
            }
        }
    },
    Benchmark("StopWatch.measure") {
        let watch = try StopWatch("root")
        return { count in for _ in 0..<count { watch.measure {} } }
    },
    Benchmark("StopWatch.record") {
        let watch = try StopWatch("root")
        var instants = Instants()
        var last = instants.next()
        return { count in
            for _ in 0..<count {
                let next = instants.next()
                watch.record(last.duration(to: next))
                last = next
            }
        }
    },
    Benchmark("AlarmClock.tick, 1 schedule") {
        let clock = try alarmClock(schedules: 1)
        var instants = Instants()
        return { count in for _ in 0..<count { clock.tick(at: instants.next()) } }
    },
    Benchmark("AlarmClock.tick, 100,000 schedules") {
        let clock = try alarmClock(schedules: 100_000)
        var instants = Instants()
        return { count in for _ in 0..<count { clock.tick(at: instants.next()) } }
    },
    Benchmark("Histogram.record") {
        var histogram = Histogram()
        var instants = Instants()
        var last = instants.next()
        return { count in
            for _ in 0..<count {
                let next = instants.next()
                histogram.record(last.duration(to: next))
                last = next
            }
        }
    },
    Benchmark("Histogram.merge") {
        let other = statistics(of: 1_000).histogram
        var histogram = other
        return { count in for _ in 0..<count { histogram.merge(other) } }
    },
    Benchmark("Histogram.percentile") {
        let histogram = statistics(of: 1_000).histogram
        var sum = Duration.zero
        return { count in for _ in 0..<count { sum += histogram.percentile(99) } }
    },
]
