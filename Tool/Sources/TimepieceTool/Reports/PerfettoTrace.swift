import TimepieceMessages

/// The recording as trace events, which ui.perfetto.dev and chrome://tracing open.
///
/// Rates, percentiles, the time of watches and the tracer's measurements of elements are counters, each from the
/// beginning of its window; stalls are slices, alarms are instants. Format: "Trace Event Format", JSON object.
enum PerfettoTrace {
    /// Passes on the text, an event at a time.
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
            // For a watch around a push the own time is a part of the window. Between two points laps overlap, like
            // those of a queue: their sum gives the number in flight (Little's law).
            for window in series.windows {
                let at = max(.zero, window.at - window.length)
                let part = window.length > .zero ? window.selfTime / window.length : 0
                let load =
                    series.isBetweenPoints
                    ? counter("\(series.path) in flight", at, [.init("laps at a time", .real(part))])
                    : counter("\(series.path) busy (%)", at, [.init("itself", .real(min(100, part * 100)))])
                let laps = counter("\(series.path) lap (ms)", at, percentiles(window.laps))
                try write(",\n" + laps.text + ",\n" + load.text)
            }
        }
        for series in summary.elements.series {
            for window in series.windows {
                let at = max(.zero, window.at - window.length)
                let work = counter(
                    "\(series.path) work (ms)", at,
                    [
                        .init("p50", .real(window.p50.milliseconds)), .init("p99", .real(window.p99.milliseconds)),
                        .init("longest", .real(window.longest.milliseconds)),
                    ])
                let load = window.length > .zero ? window.work / window.length : 0
                let busy = counter("\(series.path) load (%)", at, [.init("work", .real(load * 100))])
                try write(",\n" + work.text + ",\n" + busy.text)
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
