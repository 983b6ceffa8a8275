import Glibc

@testable import TimepieceTool

/// Recordings for tests, as text, with the statistics that the elements would send.
struct MadeRecording {
    private(set) var text: String
    private var at = 0.0
    private var total = 0

    init(order: [String] = [], started: String = "2026-11-22T12:00:00.000Z") {
        let header = RecordingHeader(description: "a ! b", started: started, order: order)
        text = header.json.text + "\n"
    }

    /// Adds a window of a tick, whose intervals, in milliseconds, fill it.
    mutating func tick(
        _ label: String, _ intervals: [Double], nominal: Double = 0, at end: Double? = nil,
        extra: [(String, String)] = []
    ) {
        let sum = intervals.reduce(0, +)
        at = end ?? at + sum
        total += intervals.count
        text += Self.line(at: at, "timepiece-tick", Self.tickFields(label, intervals, nominal, total, extra))
    }

    mutating func watch(_ path: String, _ laps: [Double], length: Double, extra: [(String, String)] = []) {
        at += length
        text += Self.line(
            at: at, "timepiece-watch",
            [("label", "\"\(path)\""), ("watch", "\"\(path)\"")] + Self.times(length) + Self.statistics(laps) + [
                ("self-time", Self.nanoseconds(laps.reduce(0, +))), ("share", "1"), ("num-unmatched", "0"),
                ("children", "[]"),
            ] + extra)
    }

    /// Adds a window of the tracer, with the work of elements in milliseconds a buffer.
    mutating func pipeline(_ work: [(element: String, work: Double)], buffers: Int, length: Double) {
        at += length
        let elements = work.map { element, work in
            let times = ["p50", "p90", "p99", "max"].map { "\"\($0)-work\":\(Self.nanoseconds(work))" }
            return
                "{\"message\":\"element\",\"fields\":{\"element\":\"\(element)\",\"factory\":\"f\",\"num-buffers\":\(buffers),"
                + "\"work-time\":\(Self.nanoseconds(work * Double(buffers))),\"wait-time\":0,\(times.joined(separator: ","))}}"
        }
        text += Self.line(
            at: at, "timepiece-pipeline",
            [
                ("pipeline", "\"pipeline0\""), ("duration", Self.nanoseconds(length)),
                ("elements", "[\(elements.joined(separator: ","))]"),
            ])
    }

    /// Adds a second in which the tracer measured the given milliseconds of work a buffer for an element behind a
    /// queue.
    mutating func element(_ path: String, work: Double, buffers: Int = 30, dropped: Int = 0) {
        at += 1000
        func structure(_ name: String, _ fields: [(String, String)]) -> String {
            "{\"message\":\"\(name)\",\"fields\":{" + fields.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",") + "}}"
        }
        let each = Self.nanoseconds(work)
        let element = structure(
            "element",
            [
                ("element", "\"\(path)\""), ("factory", "\"identity\""), ("num-buffers", "\(buffers)"),
                ("work-time", Self.nanoseconds(work * Double(buffers))), ("wait-time", "0"),
                ("wait-reason", "\"none\""), ("p50-work", each), ("p90-work", each), ("p99-work", each),
                ("max-work", each),
            ])
        let queue = structure(
            "queue",
            [
                ("element", "\"queue0\""), ("pad", "\"sink\""), ("num-buffers", "\(buffers)"),
                ("max-level-buffers", "5"), ("max-dwell", "70000000"), ("full-time", "900000000"),
                ("empty-time", "0"), ("num-dropped", "\(dropped)"),
            ])
        let bottleneck = structure(
            "bottleneck", [("element", "\"\(path)\""), ("reason", "\"\(path) is the bottleneck.\"")])
        let fields = [
            ("pipeline", "\"p\""), ("duration", "1000000000"), ("elements", "[\(element)]"), ("queues", "[\(queue)]"),
            ("bottleneck", bottleneck),
        ]
        text += Self.line(at: at, "timepiece-pipeline", fields)
    }

    mutating func line(_ line: String) {
        text += line + "\n"
    }

    mutating func end(_ reason: String = "eos") {
        text += "{\"at\":\(Self.nanoseconds(at)),\"event\":\"end\",\"reason\":\"\(reason)\"}\n"
    }

    var summary: RecordingSummary {
        get throws { try RecordingSummary(text: text, name: "made.jsonl") }
    }

    static func nanoseconds(_ milliseconds: Double) -> String {
        String(UInt64((milliseconds * 1e6).rounded()))
    }

    static func line(at: Double, _ message: String, _ fields: [(String, String)]) -> String {
        let members = fields.map { "\"\($0.0)\":\($0.1)" }.joined(separator: ",")
        return "{\"at\":\(nanoseconds(at)),\"message\":\"\(message)\",\"fields\":{\(members)}}\n"
    }

    static func times(_ length: Double) -> [(String, String)] {
        [("timestamp", "1"), ("stream-time", "1"), ("running-time", "1"), ("duration", nanoseconds(length))]
    }

    static func tickFields(
        _ label: String, _ intervals: [Double], _ nominal: Double, _ total: Int, _ extra: [(String, String)]
    ) -> [(String, String)] {
        let sum = intervals.reduce(0, +)
        return [("label", JSONValue.string(label).text)] + times(sum)
            + [("num-buffers", "\(intervals.count)"), ("num-bytes", "\(intervals.count * 1000)")]
            + statistics(intervals)
            + [
                ("average-rate", "\(sum > 0 ? Double(intervals.count) / sum * 1000 : 0)"),
                ("nominal-rate", "\(nominal)"),
                ("bitrate", "\(sum > 0 ? Double(intervals.count) * 8e6 / sum : 0)"), ("since-last-buffer", "0"),
                ("num-disconts", "0"), ("total-buffers", "\(total)"), ("total-bytes", "\(total * 1000)"),
            ] + extra + [("intervals", "[" + intervals.map(nanoseconds).joined(separator: ",") + "]")]
    }

    static func statistics(_ intervals: [Double]) -> [(String, String)] {
        let sorted = intervals.sorted()
        let sum = intervals.reduce(0, +)
        func rank(_ part: Double) -> Double {
            sorted.isEmpty ? 0 : sorted[max(0, Int((part * Double(sorted.count)).rounded(.up)) - 1)]
        }
        return [
            ("num-intervals", "\(intervals.count)"), ("min-interval", nanoseconds(sorted.first ?? 0)),
            ("max-interval", nanoseconds(sorted.last ?? 0)),
            ("avg-interval", nanoseconds(intervals.isEmpty ? 0 : sum / Double(intervals.count))),
            ("sum-interval", nanoseconds(sum)), ("stddev-interval", "0"), ("p50-interval", nanoseconds(rank(0.5))),
            ("p90-interval", nanoseconds(rank(0.9))), ("p99-interval", nanoseconds(rank(0.99))),
        ]
    }
}

/// Random numbers that are the same in every run: SplitMix64.
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// Of the normal distribution: Box and Muller.
    mutating func normal() -> Double {
        let (u, v) = (Double.random(in: 1e-12..<1, using: &self), Double.random(in: 0..<1, using: &self))
        return (-2 * log(u)).squareRoot() * cos(2 * .pi * v)
    }
}
