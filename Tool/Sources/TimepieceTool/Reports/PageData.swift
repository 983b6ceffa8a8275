import Glibc
import TimepieceMessages

/// The data of the page, small enough for a browser: times are milliseconds, rows are arrays.
///
/// Every recorded interval is a point, up to ``mostFrames`` in all; beyond that the shortest and the longest of each
/// group of neighbors are kept, so that no outlier is lost, and the page reports it. Windows are joined in the same
/// way.
enum PageData {
    static let mostFrames = 200_000
    static let mostRows = 12_000
    private static let mostIncidents = 2_000
    private static let mostTimes = 400
    private static let sparkWidth = 60

    static func json(_ summary: RecordingSummary, isLive: Bool = false) -> JSONValue {
        let recording = summary.recording
        let verdicts = summary.verdicts
        let conclusion = summary.conclusion(verdicts)
        let count = summary.streams.count + summary.watchSeries.count + summary.elements.series.count
        let rows = max(60, mostRows / max(1, count))
        let frames = summary.streams.reduce(0) { $0 + $1.frames.count }
        let share = frames > mostFrames ? Double(mostFrames) / Double(frames) : 1
        let streams: [JSONValue] = zip(summary.streams, verdicts).map {
            json($0, $1, rows: rows, share: share, duration: recording.duration)
        }
        let bottleneck: JSONValue =
            summary.elements.bottleneck.map { .array([.string($0.element), .string($0.reason)]) } ?? .null
        let drops: [JSONValue] = summary.drops.sorted { $0.key < $1.key }.map {
            .array([.string($0.key), .unsigned($0.value)])
        }
        let reservations: [JSONValue] = summary.reservations.map { .string($0) }
        let watches: [JSONValue] = summary.watches.map(json)
        let series: [JSONValue] = summary.watchSeries.map { json($0, rows: rows) }
        let elements: [JSONValue] = summary.elements.series.map { json($0, rows: rows) }
        return .object([
            .init("live", .bool(isLive)), .init("name", .string(recording.name)),
            .init("description", .string(recording.header.description)),
            .init("command", recording.header.command.map { .string($0) } ?? .null),
            .init("started", .string(recording.header.started)), .init("duration", number(recording.duration)),
            .init("end", recording.end.map { .string($0.rawValue) } ?? .null),
            .init("environment", .object(recording.header.environment)),
            .init("reservations", .array(reservations)),
            .init("level", .string(conclusion.level.rawValue)), .init("conclusion", .string(conclusion.text)),
            .init("thinned", .bool(share < 1)),
            .init("streams", .array(streams)), .init("watches", .array(watches)), .init("series", .array(series)),
            .init("elements", .array(elements)), .init("bottleneck", bottleneck), .init("drops", .array(drops)),
            .init("incidents", incidents(summary)), .init("alarms", alarms(summary)),
        ])
    }

    /// Milliseconds to the microsecond, the resolution of the page.
    private static func number(_ duration: Duration) -> JSONValue {
        duration.isUnknown ? .null : rounded(duration.milliseconds)
    }

    private static func rounded(_ number: Double) -> JSONValue {
        let value = (number * 1000).rounded() / 1000
        return value == value.rounded() && abs(value) < 1e15 ? .signed(Int64(value)) : .real(value)
    }

    private static func json(
        _ stream: StreamSeries, _ verdict: StreamVerdict, rows: Int, share: Double, duration: Duration
    ) -> JSONValue {
        let last = stream.windows.last
        let longest = stream.longest
        return .object([
            .init("label", .string(stream.label)), .init("caps", stream.caps.map { .string($0) } ?? .null),
            .init("level", .string(verdict.level.rawValue)),
            .init("reasons", .array(verdict.reasons.map { .string($0) })), .init("rate", rounded(stream.rate)),
            .init("nominal", rounded(stream.nominalRate)), .init("intervals", .unsigned(stream.intervalCount)),
            .init("buffers", .unsigned(last?.totalBuffers ?? 0)),
            .init("inBudget", verdict.inBudget.map { .real($0) } ?? .null), .init("budget", number(verdict.budget)),
            .init("gaps", .unsigned(UInt64(verdict.gaps))), .init("missing", .unsigned(verdict.missing)),
            .init("freezes", .unsigned(verdict.freezes)), .init("stalls", .unsigned(UInt64(verdict.stalls))),
            .init("complete", .bool(verdict.isComplete)),
            .init("p50", number(stream.typical(\.p50))), .init("p90", number(stream.typical(\.p90))),
            .init("p99", number(stream.typical(\.p99))), .init("longest", number(longest.length)),
            .init("longestAt", number(longest.at)), .init("spark", spark(stream, duration)),
            .init("windows", .array(groups(stream.shown, rows).map(row))),
            .init("frames", frames(stream, keep: max(200, Int(Double(stream.frames.count) * share)))),
        ])
    }

    /// The rate in equal parts of the recording; null where no window closed.
    private static func spark(_ stream: StreamSeries, _ duration: Duration) -> JSONValue {
        var sums = [(rate: Double, count: Int)](repeating: (0, 0), count: sparkWidth)
        let span = max(duration.seconds, 1e-9)
        for window in stream.shown {
            let middle = (window.at - window.length / 2).seconds / span
            let place = Int(min(Double(sparkWidth - 1), max(0, middle * Double(sparkWidth))))
            sums[place].rate += window.rate
            sums[place].count += 1
        }
        var former: JSONValue = .null
        return .array(
            sums.map { sum in
                // Windows may be longer than a part.
                if sum.count > 0 { former = rounded(sum.rate / Double(sum.count)) }
                return former
            })
    }

    private static func groups<Window>(_ windows: ArraySlice<Window>, _ most: Int) -> [ArraySlice<Window>] {
        let size = max(1, (windows.count + most - 1) / most)
        return stride(from: windows.startIndex, to: windows.endIndex, by: size).map {
            windows[$0..<min($0 + size, windows.endIndex)]
        }
    }

    /// From, to, intervals, rate, the worst p50, p90, p99 and longest, bitrate.
    private static func row(_ group: ArraySlice<StreamSeries.Window>) -> JSONValue {
        func worst(_ statistic: (IntervalSummary) -> Duration) -> JSONValue {
            number(group.map { statistic($0.intervals) }.max() ?? .zero)
        }
        let bitrate = group.reduce(0) { $0 + $1.bitrate } / Double(max(1, group.count))
        return .array(
            span(group.first.map { ($0.at, $0.length) }, group.last?.at) + [
                .unsigned(StreamSeries.count(group)), rounded(StreamSeries.rate(group)), worst(\.p50), worst(\.p90),
                worst(\.p99), worst(\.max), rounded(bitrate.rounded()),
            ])
    }

    private static func span(_ first: (at: Duration, length: Duration)?, _ end: Duration?) -> [JSONValue] {
        [number(first.map { max(.zero, $0.at - $0.length) } ?? .zero), number(end ?? .zero)]
    }

    /// From, to, laps, the worst p50, p90, p99 and longest, own time a second, unmatched, and between two points the number
    /// in flight.
    private static func json(_ series: WatchSeries, rows: Int) -> JSONValue {
        .object([
            .init("path", .string(series.path)),
            .init(
                "rows",
                .array(
                    groups(series.windows[...], rows).map { group in
                        func worst(_ statistic: (IntervalSummary) -> Duration) -> JSONValue {
                            number(group.map { statistic($0.laps) }.max() ?? .zero)
                        }
                        let length = group.reduce(Duration.zero) { $0 + $1.length }
                        let own = group.reduce(Duration.zero) { $0 + $1.selfTime }
                        return .array(
                            span(group.first.map { ($0.at, $0.length) }, group.last?.at) + [
                                .unsigned(group.reduce(0) { $0 +| $1.laps.count }), worst(\.p50), worst(\.p90),
                                worst(\.p99), worst(\.max), rounded(length > .zero ? own / length : 0),
                                .unsigned(group.reduce(0) { $0 +| $1.unmatched }),
                                series.isBetweenPoints ? .unsigned(group.last?.inFlight ?? 0) : .null,
                            ])
                    })),
        ])
    }

    /// From, to, buffers, the worst p50, p90, p99 and longest work for one, work and waiting a second.
    private static func json(_ series: ElementSeries, rows: Int) -> JSONValue {
        .object([
            .init("path", .string(series.path)), .init("factory", .string(series.factory)),
            .init("work", number(series.work)), .init("wait", number(series.wait)),
            .init("reason", .string(series.waitReason)), .init("length", number(series.length)),
            .init("buffers", .unsigned(series.buffers)), .init("longest", number(series.longest)),
            .init(
                "rows",
                .array(
                    groups(series.windows[...], rows).map { group in
                        func worst(_ statistic: (ElementSeries.Window) -> Duration) -> JSONValue {
                            number(group.map(statistic).max() ?? .zero)
                        }
                        let length = group.reduce(Duration.zero) { $0 + $1.length }
                        func share(_ read: (ElementSeries.Window) -> Duration) -> JSONValue {
                            rounded(length > .zero ? group.reduce(.zero) { $0 + read($1) } / length : 0)
                        }
                        return .array(
                            span(group.first.map { ($0.at, $0.length) }, group.last?.at) + [
                                .unsigned(group.reduce(0) { $0 +| $1.buffers }), worst(\.p50), worst(\.p90),
                                worst(\.p99),
                                worst(\.longest), share(\.work), share(\.wait),
                            ])
                    })),
        ])
    }

    private static func json(_ watch: WatchTotal) -> JSONValue {
        .object([
            .init("path", .string(watch.path)), .init("laps", .unsigned(watch.laps)), .init("sum", number(watch.sum)),
            .init("self", number(watch.selfTime)), .init("length", number(watch.length)),
            .init("longest", number(watch.longest)), .init("unmatched", .unsigned(watch.unmatched)),
            .init("children", .array(watch.children.map(json))),
        ])
    }

    /// Two texts in base 64, of little-endian numbers: when each interval ended, in tenths of a millisecond, 32 bits,
    /// and how long it was, 1024 × log2 of its nanoseconds, 16 bits, which is accurate to 0.04 %.
    private static func frames(_ stream: StreamSeries, keep: Int) -> JSONValue {
        var times: [UInt8] = []
        var values: [UInt8] = []
        let group = stream.frames.count > keep ? max(2, (2 * stream.frames.count + keep - 1) / keep) : 1
        func put(_ time: Double, _ frame: Float) {
            let tenths = UInt32(min(Double(UInt32.max), max(0, (time * 10).rounded())))
            let nanoseconds = max(1, Double(frame) * 1e6)
            let value = UInt16(min(Double(UInt16.max), (log2(nanoseconds) * 1024).rounded()))
            for shift in stride(from: 0, to: 32, by: 8) {
                times.append(UInt8(truncatingIfNeeded: tenths >> UInt32(shift)))
            }
            for shift in stride(from: 0, to: 16, by: 8) {
                values.append(UInt8(truncatingIfNeeded: value >> UInt16(shift)))
            }
        }
        var pending: [(time: Double, frame: Float)] = []
        func flush() {
            guard let least = pending.indices.min(by: { pending[$0].frame < pending[$1].frame }),
                let most = pending.indices.max(by: { pending[$0].frame < pending[$1].frame })
            else { return }
            for index in Set([least, most]).sorted() { put(pending[index].time, pending[index].frame) }
            pending.removeAll(keepingCapacity: true)
        }
        for window in stream.windows {
            stream.eachFrame(of: window) { time, frame in
                guard group > 1 else { return put(time, frame) }
                pending.append((time, frame))
                if pending.count == group { flush() }
            }
        }
        flush()
        return .array([.string(base64(times)), .string(base64(values))])
    }

    static func base64(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count * 4 / 3 + 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let count = min(3, bytes.count - start)
            var word = UInt32(0)
            for index in 0..<3 { word = word << 8 | (index < count ? UInt32(bytes[start + index]) : 0) }
            for index in 0..<4 {
                text.append(index <= count ? alphabet[Int(word >> UInt32(18 - 6 * index) & 63)] : UInt8(ascii: "="))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// All except the alarms, in order; the first ones if there are too many.
    private static func incidents(_ summary: RecordingSummary) -> JSONValue {
        let own = summary.incidents.filter { $0.kind != .alarm }
        return .array(
            own.prefix(mostIncidents).map { incident in
                .array([
                    number(incident.at), incident.until.map(number) ?? .null, .string(incident.kind.rawValue),
                    .string(incident.label), .string(incident.text),
                ])
            }
                + (own.count > mostIncidents
                    ? [
                        .array([
                            number(own[mostIncidents].at), .null, .string("note"), .string(""),
                            .string("\(own.count - mostIncidents) more, which --json has"),
                        ])
                    ] : []))
    }

    /// Each alarm once: label, name, count, and times, thinned out.
    private static func alarms(_ summary: RecordingSummary) -> JSONValue {
        struct Name: Hashable {
            let label: String
            let alarm: String
        }
        var order: [Name] = []
        var times: [Name: [Duration]] = [:]
        for incident in summary.incidents where incident.kind == .alarm {
            let name = Name(label: incident.label, alarm: incident.text)
            if times[name] == nil { order.append(name) }
            times[name, default: []].append(incident.at)
        }
        return .array(
            order.prefix(200).map { name in
                let all = times[name] ?? []
                let step = max(1, (all.count + mostTimes - 1) / mostTimes)
                return .array([
                    .string(name.label), .string(name.alarm), .unsigned(UInt64(all.count)),
                    .array(stride(from: 0, to: all.count, by: step).map { number(all[$0]) }),
                ])
            })
    }
}
