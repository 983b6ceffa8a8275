import TimepieceMessages

/// The recording as trace events, which ui.perfetto.dev and chrome://tracing open.
///
/// Rates, percentiles and the time of watches are counters, each from the beginning of its window; stalls are slices, alarms
/// are instants. Format: "Trace Event Format", JSON object.
enum PerfettoTrace {
    static func text(_ summary: RecordingSummary) -> String {
        var events: [JSONValue] = [metadata("process_name", thread: 0, "pipeline")]
        for (index, stream) in summary.streams.enumerated() {
            let thread = UInt64(index + 1)
            events.append(metadata("thread_name", thread: thread, stream.label))
            for window in stream.windows {
                let message = window.message
                let at = max(.zero, window.at - message.duration)
                events.append(counter("\(stream.label) rate", at, [.init("per second", .real(message.averageRate))]))
                events.append(counter("\(stream.label) interval (ms)", at, percentiles(message.intervals)))
            }
        }
        for series in summary.watchSeries {
            for window in series.windows {
                let at = max(.zero, window.at - window.length)
                events.append(counter("\(series.path) lap (ms)", at, percentiles(window.laps)))
                events.append(
                    counter(
                        "\(series.path) busy (%)", at,
                        [.init("itself", .real(window.length > .zero ? window.selfTime / window.length * 100 : 0))]))
            }
        }
        for incident in summary.incidents { events.append(event(incident, summary)) }
        return JSONValue.object([.init("traceEvents", .array(events)), .init("displayTimeUnit", .string("ms"))]).text
            + "\n"
    }

    private static func percentiles(_ intervals: IntervalSummary) -> [JSONValue.Member] {
        [
            .init("p50", .real(intervals.p50 / .milliseconds(1))),
            .init("p99", .real(intervals.p99 / .milliseconds(1))),
            .init("longest", .real(intervals.max / .milliseconds(1))),
        ]
    }

    private static func event(_ incident: RecordingSummary.Incident, _ summary: RecordingSummary) -> JSONValue {
        let thread = UInt64((summary.streams.firstIndex { $0.label == incident.label } ?? -1) + 1)
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
