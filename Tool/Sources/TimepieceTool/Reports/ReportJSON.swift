import TimepieceMessages

/// The results of a recording as one JSON document; docs/report-format.md describes it.
///
/// Times are in milliseconds; an unknown value is null.
enum ReportJSON {
    /// Raised when a reader of the previous version would misread it; new members do not raise it.
    static let version: UInt64 = 1

    /// Passes on the text, a window at a time.
    static func write(_ summary: RecordingSummary, _ write: (String) throws(Failure) -> Void) throws(Failure) {
        let recording = summary.recording
        let verdicts = summary.verdicts
        let conclusion = summary.conclusion(verdicts)
        var head = JSONValue.object([
            .init("schema", .string("timepiece-report")), .init("version", .unsigned(version)),
            .init("name", .string(recording.name)), .init("description", .string(recording.header.description)),
            .init("command", recording.header.command.map { .string($0) } ?? .null),
            .init("started", .string(recording.header.started)),
            .init("duration_ms", .milliseconds(recording.duration)),
            .init("end", recording.end.map { .string($0.rawValue) } ?? .null),
            .init("environment", .object(recording.header.environment)),
            .init("reservations", .array(summary.reservations.map { .string($0) })),
            .init("verdict", .string(conclusion.level.rawValue)), .init("conclusion", .string(conclusion.text)),
            .init(
                "drops", .object(summary.drops.sorted { $0.key < $1.key }.map { .init($0.key, .unsigned($0.value)) })),
        ]).text
        head.removeLast()
        try write(head + ",\n\"streams\":[")
        for (index, (stream, verdict)) in zip(summary.streams, verdicts).enumerated() {
            var text = stream.json(verdict).text
            text.removeLast()
            try write((index > 0 ? ",\n" : "\n") + text + ",\"windows\":[")
            for (index, window) in stream.windows.enumerated() {
                try write((index > 0 ? ",\n" : "\n") + window.json.text)
            }
            try write("]}")
        }
        try write("],\n\"watches\":[")
        for (index, watch) in summary.watches.enumerated() { try write((index > 0 ? ",\n" : "\n") + watch.json.text) }
        try write("],\n\"watch-windows\":[")
        for (index, series) in summary.watchSeries.enumerated() {
            try write((index > 0 ? ",\n" : "\n") + "{\"path\":\(JSONValue.string(series.path).text),\"windows\":[")
            for (index, window) in series.windows.enumerated() {
                try write((index > 0 ? ",\n" : "\n") + window.json.text)
            }
            try write("]}")
        }
        try write("],\n\"elements\":[")
        for (index, series) in summary.elements.series.enumerated() {
            try write((index > 0 ? ",\n" : "\n") + series.json.text)
        }
        try write("],\n\"queues\":[")
        for (index, queue) in summary.elements.queues.enumerated() {
            try write((index > 0 ? ",\n" : "\n") + queue.json.text)
        }
        try write("],\n\"incidents\":[")
        for (index, incident) in summary.incidents.enumerated() {
            try write((index > 0 ? ",\n" : "\n") + incident.json.text)
        }
        try write("]}\n")
    }

    fileprivate static func optional(_ count: UInt64?) -> JSONValue {
        count.map { .unsigned($0) } ?? .null
    }

    fileprivate static func members(_ intervals: IntervalSummary) -> [JSONValue.Member] {
        func time(_ duration: Duration) -> JSONValue { intervals.count > 0 ? .milliseconds(duration) : .null }
        return [
            .init("intervals", .unsigned(intervals.count)), .init("min_ms", time(intervals.min)),
            .init("mean_ms", time(intervals.mean)), .init("p50_ms", time(intervals.p50)),
            .init("p90_ms", time(intervals.p90)), .init("p99_ms", time(intervals.p99)),
            .init("max_ms", time(intervals.max)),
        ]
    }
}

extension StreamSeries {
    fileprivate func json(_ verdict: StreamVerdict) -> JSONValue {
        let has = intervalCount > 0
        func time(_ duration: Duration) -> JSONValue { has ? .milliseconds(duration) : .null }
        return .object([
            .init("label", .string(label)), .init("caps", caps.map { .string($0) } ?? .null),
            .init("verdict", .string(verdict.level.rawValue)),
            .init("reasons", .array(verdict.reasons.map { .string($0) })),
            .init("rate_per_s", has ? .real(rate) : .null),
            .init("nominal_per_s", nominalRate > 0 ? .real(nominalRate) : .null),
            .init("buffers", .unsigned(windows.last?.totalBuffers ?? 0)), .init("intervals", .unsigned(intervalCount)),
            .init("in_budget", verdict.inBudget.map { .real($0) } ?? .null), .init("budget_ms", time(verdict.budget)),
            .init("gaps", .unsigned(UInt64(verdict.gaps))), .init("missing", .unsigned(verdict.missing)),
            .init("freezes", .unsigned(verdict.freezes)), .init("stalls", .unsigned(UInt64(verdict.stalls))),
            .init("p50_ms", time(typical(\.p50))), .init("p90_ms", time(typical(\.p90))),
            .init("p99_ms", time(typical(\.p99))), .init("longest_ms", time(longest.length)),
            .init("longest_at_ms", time(longest.at)),
        ])
    }
}

extension StreamSeries.Window {
    fileprivate var json: JSONValue {
        .object(
            [
                .init("at_ms", .milliseconds(at)), .init("length_ms", .milliseconds(length)),
                .init("buffers", .unsigned(buffers)), .init("bytes", .unsigned(bytes)),
                .init("rate_per_s", intervals.count > 0 ? .real(rate) : .null),
                .init("nominal_per_s", nominalRate > 0 ? .real(nominalRate) : .null),
            ] + ReportJSON.members(intervals) + [
                .init("bitrate_bps", .real(bitrate)), .init("since_last_ms", .milliseconds(sinceLastBuffer)),
                .init("disconts", .unsigned(discontinuities)), .init("gaps", ReportJSON.optional(gaps)),
                .init("headers", ReportJSON.optional(headers)), .init("freezes", ReportJSON.optional(freezes)),
                .init("freeze_ms", freezeDuration.map { .milliseconds($0) } ?? .null),
                .init("jumps", ReportJSON.optional(jumps)),
            ])
    }
}

extension ElementSeries {
    fileprivate var json: JSONValue {
        .object([
            .init("element", .string(path)), .init("factory", .string(factory)), .init("buffers", .unsigned(buffers)),
            .init("work_ms", .milliseconds(work)), .init("wait_ms", .milliseconds(wait)),
            .init("wait_reason", .string(waitReason)), .init("length_ms", .milliseconds(length)),
            .init("longest_ms", .milliseconds(longest)),
        ])
    }
}

extension QueueTotal {
    fileprivate var json: JSONValue {
        .object([
            .init("element", .string(element)), .init("pad", .string(pad)), .init("buffers", .unsigned(buffers)),
            .init("dropped", .unsigned(dropped)), .init("most_inside", .unsigned(mostInside)),
            .init("longest_ms", .milliseconds(longest)), .init("full_ms", .milliseconds(full)),
            .init("empty_ms", .milliseconds(empty)), .init("length_ms", .milliseconds(length)),
        ])
    }
}

extension WatchTotal {
    fileprivate var json: JSONValue {
        .object([
            .init("path", .string(path)), .init("laps", .unsigned(laps)), .init("sum_ms", .milliseconds(sum)),
            .init("self_ms", .milliseconds(selfTime)), .init("longest_ms", .milliseconds(longest)),
            .init("unmatched", .unsigned(unmatched)), .init("children", .array(children.map(\.json))),
        ])
    }
}

extension WatchSeries.Window {
    fileprivate var json: JSONValue {
        .object(
            [.init("at_ms", .milliseconds(at)), .init("length_ms", .milliseconds(length))] + ReportJSON.members(laps)
                + [
                    .init("self_ms", .milliseconds(selfTime)), .init("unmatched", .unsigned(unmatched)),
                    .init("merged", ReportJSON.optional(merged)), .init("in_flight", ReportJSON.optional(inFlight)),
                    .init("oldest_in_flight_ms", oldestInFlight.map { .milliseconds($0) } ?? .null),
                ])
    }
}

extension RecordingSummary.Incident {
    fileprivate var json: JSONValue {
        .object([
            .init("at_ms", .milliseconds(at)), .init("until_ms", until.map { .milliseconds($0) } ?? .null),
            .init("kind", .string(kind.rawValue)), .init("label", .string(label)), .init("text", .string(text)),
        ])
    }
}
