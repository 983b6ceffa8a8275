import Timepiece

/// Times Timepiece's histogram in comparison with HdrHistogram with three significant digits, on the same values.
@main
struct HistogramComparison {
    static let rounds = 15
    static let count = 200_000

    static func main() {
        let values = intervals(count)
        print("| nanoseconds a call, median of \(rounds) | Timepiece | HdrHistogram |")
        print("| --- | ---: | ---: |")
        row(
            "record nanoseconds", calls: count, ours: { recordNanoseconds(values) }, theirs: { recordHdr(values) })
        row("record", calls: count, ours: { record(values) }, theirs: { recordHdr(values) })
        let (ours, theirs) = (Recorded(values), RecordedHdr(values))
        row("merge", calls: 100, ours: { ours.merge(times: 100) }, theirs: { theirs.merge(times: 100) })
        row(
            "percentile", calls: 100, ours: { ours.percentile(times: 100) }, theirs: { theirs.percentile(times: 100) })
    }

    /// Times both in turn, so that a machine that is slow for a while is slow for both.
    static func row(_ name: String, calls: Int, ours: () -> Void, theirs: () -> Void) {
        var times: (ours: [Double], theirs: [Double]) = ([], [])
        for _ in 0..<rounds {
            times.ours.append(time(ours) / Double(calls))
            times.theirs.append(time(theirs) / Double(calls))
        }
        let (own, other) = (times.ours.sorted()[rounds / 2], times.theirs.sorted()[rounds / 2])
        print("| \(name) | \((own * 10).rounded() / 10) | \((other * 10).rounded() / 10) |")
    }

    static func time(_ work: () -> Void) -> Double {
        let start = MonotonicInstant.now()
        work()
        return start.duration(to: .now()) / .nanoseconds(1)
    }

    /// Nanoseconds around 33 ms, not random.
    static func intervals(_ count: Int) -> [UInt64] {
        var state: UInt64 = 1
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return 33_000_000 + state >> 44
        }
    }
}

@inline(never)
func record(_ values: [UInt64]) {
    _ = Recorded(values)
}

@inline(never)
func recordNanoseconds(_ values: [UInt64]) {
    var recorder = HistogramRecorder()
    for value in values { recorder.record(nanoseconds: value) }
    precondition(recorder.count == values.count)
}

@inline(never)
func recordHdr(_ values: [UInt64]) {
    _ = RecordedHdr(values)
}
