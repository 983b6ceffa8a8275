import TimepieceMessages

/// The windows of one stream or watch of a recording, as a comparison reads them.
struct MeasuredSeries {
    /// Times in seconds.
    struct Window: Equatable {
        let length: Double
        let count: UInt64
        let sum: Double
        let p50: Double
        let p90: Double
        let p99: Double
        let longest: Double
        let bitrate: Double
        /// Freezes, stalls and similar events, as far as they are known.
        let counts: [String: UInt64]

        init(_ intervals: IntervalSummary, length: Duration, bitrate: Double = 0, counts: [String: UInt64]) {
            self.length = length.seconds
            count = intervals.count
            sum = intervals.sum.seconds
            p50 = intervals.p50.seconds
            p90 = intervals.p90.seconds
            p99 = intervals.p99.seconds
            longest = intervals.max.seconds
            self.bitrate = bitrate
            self.counts = counts
        }

        /// The tracer's measurements of an element: its own work for each buffer.
        ///
        /// The sum is that of typical work. The real one includes the time for which other processes kept the thread
        /// from running.
        init(_ work: ElementSeries.Window) {
            length = work.length.seconds
            count = work.buffers
            sum = work.p50.seconds * Double(work.buffers)
            p50 = work.p50.seconds
            p90 = work.p90.seconds
            p99 = work.p99.seconds
            longest = work.longest.seconds
            bitrate = 0
            counts = [:]
        }

        /// One without intervals.
        init(length: Duration, counts: [String: UInt64]) {
            self.length = length.seconds
            count = 0
            sum = 0
            p50 = 0
            p90 = 0
            p99 = 0
            longest = 0
            bitrate = 0
            self.counts = counts
        }
    }

    enum Kind { case stream, watch, element, drops }

    /// Where it is in the pipeline.
    let place: Int
    let kind: Kind
    let windows: [Window]
    /// How often it stalled, by the elements' messages.
    var stalls = 0

    /// The fraction of the time that was measured.
    var load: Double { length > 0 ? windows.reduce(0) { $0 + $1.sum } / length : 0 }
    var length: Double { windows.reduce(0) { $0 + $1.length } }
    var windowLength: Double {
        let sorted = windows.map(\.length).sorted()
        return sorted.isEmpty ? 1 : max(1e-9, sorted[sorted.count / 2])
    }

    /// The values of the windows that have intervals; the last, partial one would have the same weight as a whole one.
    func values(_ read: (Window) -> Double) -> [Double] {
        var measured = windows.filter { $0.count > 0 && $0.sum > 0 }
        if measured.count > 2, let last = measured.last, last.length * 2 < windowLength { measured.removeLast() }
        return measured.map { max(1e-9, read($0)) }
    }

    /// All of a recording by their names.
    static func all(_ summary: RecordingSummary) -> [String: MeasuredSeries] {
        var stalls: [String: Int] = [:]
        for incident in summary.incidents where incident.kind == .stall { stalls[incident.label, default: 0] += 1 }
        var all: [String: MeasuredSeries] = [:]
        for (place, stream) in summary.streams.enumerated() where !stream.measured.isEmpty {
            all[stream.label] = MeasuredSeries(
                place: place, kind: .stream, windows: windows(of: stream), stalls: stalls[stream.label] ?? 0)
        }
        for (place, series) in summary.watchSeries.enumerated() {
            let windows = series.windows.map {
                Window($0.laps, length: $0.length, counts: ["unmatched": $0.unmatched])
            }
            guard windows.contains(where: { $0.count > 0 }) else { continue }
            all["watch \(series.path)"] = MeasuredSeries(
                place: summary.streams.count + place, kind: .watch, windows: windows)
        }
        let elements = summary.elements.series.filter { !$0.factory.hasPrefix("timepiece") }
        for (place, element) in elements.enumerated() {
            let name = "element \(element.path.split(separator: "/").last ?? "")"
            all[all[name] == nil ? name : "element \(element.path)"] = MeasuredSeries(
                place: summary.streams.count + summary.watchSeries.count + place, kind: .element,
                windows: element.windows.map { Window($0) })
        }
        let places = summary.streams.count + summary.watchSeries.count + elements.count
        for (place, drop) in summary.allDrops.sorted(by: { $0.key < $1.key }).enumerated() {
            // Only the sum is known: one window of all.
            let window = Window(length: summary.recording.duration, counts: ["drops": drop.value])
            all[drop.key + ", dropped"] = MeasuredSeries(place: places + place, kind: .drops, windows: [window])
        }
        return all
    }

    private static func windows(of stream: StreamSeries) -> [Window] {
        var freezes = FreezeDetector()
        return stream.windows.map { window in
            let former = freezes.count
            // The first buffer of a stream is a discontinuity by nature.
            let isFirst = window.totalBuffers <= window.buffers
            for frame in window.frames { freezes.add(Double(stream.frames[frame])) }
            var counts = [
                "discontinuities": isFirst && window.discontinuities == 1 ? 0 : window.discontinuities,
                "freezes": window.freezes ?? UInt64(freezes.count - former),
            ]
            counts["jumps"] = window.jumps
            return Window(window.intervals, length: window.length, bitrate: window.bitrate, counts: counts)
        }
    }
}
