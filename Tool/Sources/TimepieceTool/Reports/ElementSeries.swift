import TimepieceMessages

/// The tracer's measurements of one element, window by window.
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
    /// How long it waited, by reason: `queue-full`, `clock`, `source`, `inputs`.
    var waits: [String: Duration] = [:]
    var windows: [Window] = []

    /// The reason for which it waited most, `none` if it did not wait.
    var waitReason: String { waits.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key ?? "none" }
    var work: Duration { windows.reduce(.zero) { $0 + $1.work } }
    var wait: Duration { windows.reduce(.zero) { $0 + $1.wait } }
    var length: Duration { windows.reduce(.zero) { $0 + $1.length } }
    var buffers: UInt64 { windows.reduce(0) { $0 +| $1.buffers } }
    var longest: Duration { windows.map(\.longest).max() ?? .zero }
}

/// The tracer's measurements of a sink pad of a queue, in all.
struct QueueTotal {
    let element: String
    let pad: String
    var length = Duration.zero
    var buffers: UInt64 = 0
    var dropped: UInt64 = 0
    var mostInside: UInt64 = 0
    var longest = Duration.zero
    var full = Duration.zero
    var empty = Duration.zero
}

/// All elements that the tracer measured, in the order in which their first buffers arrived.
struct TracedElements {
    private(set) var series: [ElementSeries] = []
    /// How often each element was the slow one, with the last reason.
    private(set) var bottlenecks: [String: (count: Int, reason: String)] = [:]
    private(set) var queues: [QueueTotal] = []
    /// The verdict of the last window of sufficient length.
    private(set) var lastReason: String?
    private var longestWindow = Duration.zero
    private var windowCount = 0
    private var places: [String: Int] = [:]
    private var queuePlaces: [String: Int] = [:]

    /// Takes a message `timepiece-pipeline`; missing fields are left out.
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
                if case .text(let reason) = element["wait-reason"], reason != "none" {
                    series[place].waits[reason, default: .zero] += element.nanoseconds("wait-time")
                }
            }
        }
        if case .list(let queues) = fields["queues"] {
            for case .fields(let queue) in queues { take(queue: queue, of: fields, length) }
        }
        longestWindow = max(longestWindow, length)
        windowCount += 1
        // The last window may be a short one.
        if case .fields(let bottleneck) = fields["bottleneck"], case .text(let reason) = bottleneck["reason"],
            length * 2 >= longestWindow
        {
            lastReason = reason
        }
        if case .fields(let bottleneck) = fields["bottleneck"], case .text(let element) = bottleneck["element"],
            case .text(let reason) = bottleneck["reason"]
        {
            bottlenecks[element] = ((bottlenecks[element]?.count ?? 0) + 1, reason)
        }
    }

    private mutating func take(queue: MessageFields, of fields: MessageFields, _ length: Duration) {
        guard case .text(let element) = queue["element"] else { return }
        let pad: String = if case .text(let name) = queue["pad"] { name } else { "" }
        let pipeline: String = if case .text(let name) = fields["pipeline"] { name } else { "" }
        let key = [pipeline, element, pad].joined(separator: "\u{0}")
        let place = queuePlaces[key] ?? queues.count
        if place == queues.count {
            let isKnown = queues.contains { $0.element == element && $0.pad == pad }
            queues.append(QueueTotal(element: isKnown ? "\(pipeline)/\(element)" : element, pad: pad))
            queuePlaces[key] = place
        }
        queues[place].length += length
        queues[place].buffers = queues[place].buffers +| (queue.count("num-buffers") ?? 0)
        queues[place].dropped = queues[place].dropped +| (queue.count("num-dropped") ?? 0)
        queues[place].mostInside = max(queues[place].mostInside, queue.count("max-level-buffers") ?? 0)
        queues[place].longest = max(queues[place].longest, queue.nanoseconds("max-dwell"))
        queues[place].full += queue.nanoseconds("full-time")
        queues[place].empty += queue.nanoseconds("empty-time")
    }

    /// Drops the oldest windows if there are more than twice as many.
    mutating func forget(windows: Int) {
        for index in series.indices where series[index].windows.count > 2 * windows {
            series[index].windows.removeFirst(series[index].windows.count - windows)
        }
    }

    /// The element that was the slow one most often, and why, in a sentence.
    var bottleneck: (element: String, reason: String)? {
        bottlenecks.max { ($0.value.count, $1.key) < ($1.value.count, $0.key) }.map { ($0.key, $0.value.reason) }
    }

    /// Whether it was the slow one nearly all the time.
    var isUsuallySlow: Bool { (bottlenecks.values.map(\.count).max() ?? 0) * 2 >= max(1, windowCount) }

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
