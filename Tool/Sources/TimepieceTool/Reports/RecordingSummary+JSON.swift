import TimepieceMessages

extension RecordingSummary {
    /// The most points that one curve has in the page; neighbors are drawn as one beyond that.
    static let mostPoints = 1200

    /// Everything the page draws, and what `report --json` writes.
    var json: JSONValue {
        .object([
            .init("name", .string(recording.name)), .init("description", .string(recording.header.description)),
            .init("started", .string(recording.header.started)), .init("duration", .nanoseconds(recording.duration)),
            .init("end", recording.end.map { .string($0.rawValue) } ?? .null),
            .init("reservations", .array(reservations.map { .string($0) })),
            .init("streams", .array(streams.map(json))), .init("watches", .array(watches.map(\.json))),
            .init("incidents", .array(incidents.map(json))),
        ])
    }

    private func json(_ stream: StreamSeries) -> JSONValue {
        let last = stream.windows.last?.message
        let names = ["at", "rate", "p50", "p90", "p99", "max", "bitrate", "count"]
        return .object([
            .init("label", .string(stream.label)), .init("nominal", .real(last?.nominalRate ?? 0)),
            .init("rate", .real(stream.rate)), .init("intervals", .unsigned(stream.intervalCount)),
            .init("buffers", .unsigned(last?.totalBufferCount ?? 0)),
            .init("p50", .nanoseconds(stream.typical(\.p50))), .init("p90", .nanoseconds(stream.typical(\.p90))),
            .init("p99", .nanoseconds(stream.typical(\.p99))), .init("longest", .nanoseconds(stream.longest)),
            .init("columns", .array(names.map { .string($0) })),
            .init("windows", .array(Self.thinned(stream.shown).map(row))),
            .init(
                "histogram",
                .array(
                    IntervalHistogram.bars(stream.windows).map {
                        .array([.nanoseconds($0.from), .unsigned(UInt64($0.count))])
                    })),
        ])
    }

    /// A point for each group of neighbors: the mean rates and percentiles' worst, so that no peak is lost.
    private static func thinned(_ windows: ArraySlice<StreamSeries.Window>) -> [ArraySlice<StreamSeries.Window>] {
        let size = (windows.count + mostPoints - 1) / mostPoints
        return stride(from: windows.startIndex, to: windows.endIndex, by: max(1, size)).map {
            windows[$0..<min($0 + max(1, size), windows.endIndex)]
        }
    }

    private func row(_ group: ArraySlice<StreamSeries.Window>) -> JSONValue {
        let part = StreamSeries(label: "", windows: Array(group))
        func worst(_ figure: (IntervalSummary) -> Duration) -> JSONValue {
            .nanoseconds(group.map { figure($0.message.intervals) }.max() ?? .zero)
        }
        let bitrate = group.reduce(0) { $0 + $1.message.bitrate } / Double(max(1, group.count))
        return .array([
            .nanoseconds(group.last?.at ?? .zero), .real(part.rate), worst(\.p50), worst(\.p90), worst(\.p99),
            worst(\.max), .real(bitrate), .unsigned(part.intervalCount),
        ])
    }

    private func json(_ incident: Incident) -> JSONValue {
        .object([
            .init("at", .nanoseconds(incident.at)),
            .init("until", incident.until.map { .nanoseconds($0) } ?? .null),
            .init("kind", .string(incident.kind.rawValue)), .init("label", .string(incident.label)),
            .init("text", .string(incident.text)),
        ])
    }
}
