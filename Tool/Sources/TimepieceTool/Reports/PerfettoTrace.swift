import TimepieceMessages

/// The recording as trace events, which ui.perfetto.dev and chrome://tracing open.
///
/// Rates, percentiles and the time of watches are counters, each from the beginning of its window; stalls are slices,
/// alarms are instants. Format: "Trace Event Format", JSON object.
enum PerfettoTrace {
    /// Hands out the text, an event at a time.
    static func write(_ summary: RecordingSummary, _ write: (String) throws(Failure) -> Void) throws(Failure) {
        try write("{\"traceEvents\":[" + metadata("process_name", thread: 0, "pipeline").text)
        for (index, stream) in summary.streams.enumerated() {
            try write(",\n" + metadata("thread_name", thread: UInt64(index + 1), stream.label).text)
            for window in stream.windows {
                let at = max(.zero, window.at - window.length)
                let rate = counter("\(stream.label) rate", at, [.init("per second", .real(window.rate))])
                let intervals = counter("\(stream.label) interval (ms)", at, percentiles(window.intervals))
                try write(",\n" + rate.text + ",\n" + intervals.text)
            }
        }
        for series in summary.watchSeries {
            // Of a watch around a push the own time is a part of the window. Between two points laps overlap, as those
            // of a queue do: how many are under way at a time is what their sum says (Little's law).
            let overlaps = series.windows.contains { $0.length > .zero && $0.selfTime > $0.length * 1.05 }
            for window in series.windows {
                let at = max(.zero, window.at - window.length)
                let part = window.length > .zero ? window.selfTime / window.length : 0
                let load =
                    overlaps || window.inFlight != nil
                    ? counter("\(series.path) under way", at, [.init("laps at a time", .real(part))])
                    : counter("\(series.path) busy (%)", at, [.init("itself", .real(min(100, part * 100)))])
                let laps = counter("\(series.path) lap (ms)", at, percentiles(window.laps))
                try write(",\n" + laps.text + ",\n" + load.text)
            }
        }
        var threads: [String: UInt64] = [:]
        for (index, stream) in summary.streams.enumerated() { threads[stream.label] = UInt64(index + 1) }
        for incident in summary.incidents {
            try write(",\n" + event(incident, summary, thread: threads[incident.label] ?? 0).text)
        }
        try write("],\"displayTimeUnit\":\"ms\"}\n")
    }

    private static func percentiles(_ intervals: IntervalSummary) -> [JSONValue.Member] {
        [
            .init("p50", .real(intervals.p50.milliseconds)), .init("p99", .real(intervals.p99.milliseconds)),
            .init("longest", .real(intervals.max.milliseconds)),
        ]
    }

    private static func event(
        _ incident: RecordingSummary.Incident, _ summary: RecordingSummary, thread: UInt64
    ) -> JSONValue {
        var members = base("\(incident.kind.rawValue): \(incident.text)", incident.at, thread: thread)
        if incident.kind == .stall {
            let until = incident.until ?? summary.recording.duration
            members += [.init("ph", .string("X")), .init("dur", microseconds(max(.zero, until - incident.at)))]
        } else {
            members += [.init("ph", .string("i")), .init("s", .string(thread == 0 ? "p" : "t"))]
        }
        return .object(members + [.init("cat", .string("timepiece"))])
    }

    private static func counter(_ name: String, _ at: Duration, _ values: [JSONValue.Member]) -> JSONValue {
        .object(base(name, at, thread: 0) + [.init("ph", .string("C")), .init("args", .object(values))])
    }

    private static func metadata(_ kind: String, thread: UInt64, _ name: String) -> JSONValue {
        .object(
            base(kind, .zero, thread: thread) + [
                .init("ph", .string("M")), .init("args", .object([.init("name", .string(name))])),
            ])
    }

    private static func base(_ name: String, _ at: Duration, thread: UInt64) -> [JSONValue.Member] {
        [
            .init("name", .string(name)), .init("ts", microseconds(at)), .init("pid", .unsigned(1)),
            .init("tid", .unsigned(thread)),
        ]
    }

    private static func microseconds(_ duration: Duration) -> JSONValue {
        .real(duration / .microseconds(1))
    }
}
