import TimepieceMessages

/// What the tracer measured of one element, window by window.
struct ElementSeries {
    struct Window {
        let at: Duration
        let length: Duration
        let buffers: UInt64
        let work: Duration
        let wait: Duration
        let p50: Duration
        let p90: Duration
        let p99: Duration
        let longest: Duration
    }

    /// The path in the pipeline, after the pipeline's name where there are several.
    let path: String
    let factory: String
    /// Why it waited last: `none`, `queue-full`, `clock`, `source`, `inputs`.
    var waitReason = "none"
    var windows: [Window] = []

    var work: Duration { windows.reduce(.zero) { $0 + $1.work } }
    var wait: Duration { windows.reduce(.zero) { $0 + $1.wait } }
    var length: Duration { windows.reduce(.zero) { $0 + $1.length } }
    var buffers: UInt64 { windows.reduce(0) { $0 +| $1.buffers } }
    var longest: Duration { windows.map(\.longest).max() ?? .zero }
}

/// All elements that the tracer measured, in the order in which their first buffers came.
struct TracedElements {
    private(set) var series: [ElementSeries] = []
    /// How often which element was the slow one, with the last reason.
    private(set) var bottlenecks: [String: (count: Int, reason: String)] = [:]
    private var places: [String: Int] = [:]

    /// Takes a message `timepiece-pipeline`; what is missing in it is left out.
    mutating func take(_ fields: MessageFields, at now: Duration) {
        let length = fields.nanoseconds("duration")
        if case .list(let elements) = fields["elements"] {
            for case .fields(let element) in elements {
                guard case .text(let path) = element["element"] else { continue }
                let place = place(of: path, in: fields, element)
                series[place].windows.append(
                    ElementSeries.Window(
                        at: now, length: length, buffers: element.count("num-buffers") ?? 0,
                        work: element.nanoseconds("work-time"), wait: element.nanoseconds("wait-time"),
                        p50: element.nanoseconds("p50-work"), p90: element.nanoseconds("p90-work"),
                        p99: element.nanoseconds("p99-work"), longest: element.nanoseconds("max-work")))
                if case .text(let reason) = element["wait-reason"] { series[place].waitReason = reason }
            }
        }
        if case .fields(let bottleneck) = fields["bottleneck"], case .text(let element) = bottleneck["element"],
            case .text(let reason) = bottleneck["reason"]
        {
            bottlenecks[element] = ((bottlenecks[element]?.count ?? 0) + 1, reason)
        }
    }

    /// Forgets the oldest windows where there are more than twice as many.
    mutating func forget(windows: Int) {
        for index in series.indices where series[index].windows.count > 2 * windows {
            series[index].windows.removeFirst(series[index].windows.count - windows)
        }
    }

    /// The element that was the slow one most often, and why, in a sentence.
    var bottleneck: (element: String, reason: String)? {
        bottlenecks.max { ($0.value.count, $1.key) < ($1.value.count, $0.key) }.map { ($0.key, $0.value.reason) }
    }

    private mutating func place(of path: String, in fields: MessageFields, _ element: MessageFields) -> Int {
        let pipeline: String = if case .text(let name) = fields["pipeline"] { name } else { "" }
        // Two pipelines may have elements of one name.
        let key = pipeline + "\u{0}" + path
        if let place = places[key] { return place }
        let factory: String = if case .text(let name) = element["factory"] { name } else { "" }
        let isKnown = series.contains { $0.path == path }
        series.append(ElementSeries(path: isKnown ? "\(pipeline)/\(path)" : path, factory: factory))
        places[key] = series.count - 1
        return series.count - 1
    }
}

extension MessageFields {
    fileprivate func nanoseconds(_ field: String) -> Duration {
        .nanoseconds(Int64(clamping: count(field) ?? 0))
    }
}
