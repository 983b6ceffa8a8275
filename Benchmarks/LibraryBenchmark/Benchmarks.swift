import Timepiece

/// Instants with slightly uneven intervals around 33 ms, like those of a stream, without a clock and not random.
struct Instants {
    private(set) var nanoseconds: UInt64 = 1_000_000_000
    private var state: UInt64 = 1

    mutating func next() -> MonotonicInstant {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        nanoseconds &+= 33_000_000 &+ state >> 44
        return MonotonicInstant(nanoseconds: nanoseconds)
    }
}

/// Statistics of this number of the intervals above.
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

/// Uses a value, so that the compiler does not remove its computation.
///
/// The measured variables live within one run: those that outlive a closure are checked for exclusive access at each
/// use.
@inline(never)
func keep<Value: ~Copyable>(_ value: borrowing Value) {}

/// A separate function, so that `Benchmarks/instructions.py` can count the instructions inside it.
@inline(never)
func firstTick(_ tachometer: Tachometer, at instant: MonotonicInstant) {
    tachometer.tick(at: instant)
}

func alarmClock(schedules: Int) throws -> AlarmClock {
    // None is due while the benchmark runs: it measures the tick that fires nothing.
    try AlarmClock((0..<schedules).map { OrdinalSchedule(each: .max, name: "a\($0)") })
}

let benchmarks = [
    Benchmark("Ticker.tick") {
        { count in
            var ticker = Ticker()
            var instants = Instants()
            for _ in 0..<count { ticker.tick(at: instants.next()) }
            keep(ticker)
        }
    },
    Benchmark("Ticker.tick, clock read") {
        { count in
            var ticker = Ticker()
            for _ in 0..<count { ticker.tick() }
            keep(ticker)
        }
    },
    Benchmark("Tachometer.tick") {
        let tachometer = Tachometer()
        return { count in
            var instants = Instants()
            for _ in 0..<count { tachometer.tick(at: instants.next()) }
        }
    },
    Benchmark("Tachometer.tick, clock read") {
        let tachometer = Tachometer()
        return { count in for _ in 0..<count { tachometer.tick() } }
    },
    Benchmark("MonotonicInstant.now") {
        { count in for _ in 0..<count { keep(MonotonicInstant.now()) } }
    },
    Benchmark("Tachometer.read") {
        let tachometer = Tachometer()
        var instants = Instants()
        for _ in 0..<1_000 { tachometer.tick(at: instants.next()) }
        return { count in for _ in 0..<count { _ = tachometer.read(at: instants.next()) } }
    },
    Benchmark("Tachometer.closeWindow, 30 ticks") {
        let tachometer = Tachometer()
        var instants = Instants()
        return { count in
            for _ in 0..<count {
                for _ in 0..<30 { tachometer.tick(at: instants.next()) }
                _ = tachometer.closeWindow(at: instants.next())
            }
        }
    },
    // The work of the streaming thread after a window was closed; only `firstTick` is counted.
    Benchmark("Tachometer.tick, first of a window") {
        let tachometer = Tachometer()
        var instants = Instants()
        return { count in
            for _ in 0..<count {
                _ = tachometer.closeWindow(at: instants.next())
                firstTick(tachometer, at: instants.next())
            }
        }
    },
    Benchmark("StopWatch.measure") {
        let watch = StopWatch("root")
        return { count in for _ in 0..<count { watch.measure {} } }
    },
    Benchmark("StopWatch.record") {
        let watch = StopWatch("root")
        return { count in
            var instants = Instants()
            var last = instants.next()
            for _ in 0..<count {
                let next = instants.next()
                watch.record(last.duration(to: next))
                last = next
            }
        }
    },
    Benchmark("AlarmClock.tick, 1 schedule") {
        let clock = try alarmClock(schedules: 1)
        return { count in
            var instants = Instants()
            for _ in 0..<count { clock.tick(at: instants.next()) }
        }
    },
    Benchmark("AlarmClock.tick, 100,000 schedules") {
        let clock = try alarmClock(schedules: 100_000)
        return { count in
            var instants = Instants()
            for _ in 0..<count { clock.tick(at: instants.next()) }
        }
    },
    Benchmark("Histogram.record") {
        { count in
            var histogram = Histogram()
            var instants = Instants()
            var last = instants.next()
            for _ in 0..<count {
                let next = instants.next()
                histogram.record(last.duration(to: next))
                last = next
            }
            keep(histogram)
        }
    },
    Benchmark("HistogramRecorder.record") {
        { count in
            var recorder = HistogramRecorder()
            var instants = Instants()
            var last = instants.next()
            for _ in 0..<count {
                let next = instants.next()
                recorder.record(nanoseconds: next.nanoseconds &- last.nanoseconds)
                last = next
            }
            keep(recorder)
        }
    },
    Benchmark("Histogram.merge") {
        let other = statistics(of: 1_000).histogram
        return { count in
            var histogram = other
            for _ in 0..<count { histogram.merge(other) }
            keep(histogram)
        }
    },
    Benchmark("Statistics.record") {
        { count in
            var statistics = Statistics()
            var instants = Instants()
            var last = instants.next()
            for _ in 0..<count {
                let next = instants.next()
                statistics.record(last.duration(to: next))
                last = next
            }
            keep(statistics)
        }
    },
    Benchmark("StopWatch.snapshot, 3 levels") {
        let watch = StopWatch("root")
        let inner = watch.child("inner")
        let innermost = inner.child("innermost")
        var instants = Instants()
        for _ in 0..<1_000 {
            for each in [watch, inner, innermost] { each.record(instants.next().duration(to: instants.next())) }
        }
        return { count in for _ in 0..<count { keep(watch.snapshot) } }
    },
    Benchmark("Histogram.percentile") {
        let histogram = statistics(of: 1_000).histogram
        return { count in for _ in 0..<count { keep(histogram.percentile(99)) } }
    },
]
