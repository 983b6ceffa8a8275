/// The sentence that names the element that makes a pipeline slow, or says that none does.
///
/// A pipeline is as fast as its busiest thread. That thread is the limit if it does not wait for the clock, its source
/// or buffers; then the queue that feeds it is full, those that it feeds are empty, and its element with the most work
/// is the bottleneck. If it waits, nothing is slow, and the fraction of its time in which it works determines how many
/// times faster the pipeline could run. Where the measurements show neither, the report makes no statement.
package struct Bottleneck: Equatable, Sendable {
    /// Its path; nil where nothing is slow.
    package var element: String?
    package var reason = ""
    /// How many times faster the pipeline could run before ``limit`` is the bottleneck; nil where that is unknown.
    package var headroom: Double?
    /// The element that would be the bottleneck next, or is.
    package var limit: String?

    /// A thread that works for more of its time than this is at its limit.
    private static let saturation = 0.9
    /// A thread that waits for more of its time than this for something outside the pipeline is paced by it.
    private static let pacing = 0.03
    /// A shorter window is not judged.
    private static let shortestWindow: UInt64 = 50_000_000

    /// Judges a window.
    package static func judge(_ window: PipelineWindow) -> Bottleneck {
        guard window.duration >= shortestWindow, !window.isEmpty else {
            return Bottleneck(reason: "Too little happened to tell.")
        }
        let duration = Double(window.duration)
        guard let (busiest, slowest) = Self.busiest(in: window) else { return Bottleneck(reason: "No thread worked.") }
        let busy = min(1, Double(busiest.work) / duration)
        let element = window.elements[slowest]
        func wait(_ reason: ElementTrace.Wait, _ thread: PipelineWindow.Thread) -> Double {
            Double(thread.waits[reason] ?? 0) / duration
        }
        let paced = wait(.clock, busiest) + wait(.source, busiest)
        if busy >= saturation, paced < pacing, wait(.inputs, busiest) < 1 - saturation {
            // The end of a stream, in which an element pushes what it held back, is not typical of the buffers before.
            guard element.buffers > 0 || window.duration >= 500_000_000 else {
                return Bottleneck(reason: "Too little happened to tell.")
            }
            // It is limited by its own work, and not by the transfer in a queue.
            guard Double(element.work) >= 0.25 * Double(busiest.work), !element.isQueue else {
                return Bottleneck(
                    reason: "The work of thread \(busiest.name) is spread over \(busiest.elements.count) elements.",
                    headroom: 1 / busy)
            }
            return Bottleneck(
                element: element.path, reason: sentence(window, busiest, slowest), headroom: 1 / busy,
                limit: element.path)
        }
        if let shared = shared(window, wait) { return shared }
        let served = Self.served(window)
        let (worker, place) = Self.busiest(in: served) ?? (busiest, slowest)
        let ran = min(1, Double(worker.work) / duration)
        let byProcessors = window.processorLoad > ran
        let headroom = 1 / max(ran, min(1, window.processorLoad))
        let limit = byProcessors ? nil : window.elements[place].path
        var result = Bottleneck(headroom: headroom, limit: limit)
        let then =
            "it could run \(times(headroom)) faster before "
            + (limit.map { "\($0) is the limit" } ?? "the processors are the limit")
        if let (name, share) = longestWait(.clock, in: window), share >= pacing {
            result.reason = "Nothing is slow: \(name) waits for the clock \(percent(share)) of the time; \(then)."
        } else if let (name, share) = longestWait(.source, in: window), share >= pacing {
            result.reason =
                "Nothing is slow: \(name) waits for its data \(percent(share)) of the time; \(then)."
        } else {
            result = Bottleneck(
                reason: "No element is at its limit: the busiest thread, \(busiest.name), works "
                    + "\(percent(busy)) of the time, most of it in \(element.path).")
        }
        return result
    }

    /// The thread that works most, and the element that makes it do so.
    private static func busiest(in window: PipelineWindow) -> (thread: PipelineWindow.Thread, slowest: Int)? {
        guard let busiest = window.threads.max(by: { $0.work < $1.work }), busiest.work > 0 else { return nil }
        // A queue does not limit while anything else does.
        let workers = busiest.elements.filter { !window.elements[$0].isQueue && window.elements[$0].work > 0 }
        let candidates = workers.isEmpty ? busiest.elements : workers
        // The first of those that take equally long.
        guard let most = candidates.map({ window.elements[$0].work }).max(),
            let slowest = candidates.sorted().first(where: { window.elements[$0].work >= most - most / 16 })
        else { return nil }
        return (busiest, slowest)
    }

    /// The window as it would be if a processor were always free: how fast a pipeline could run does not depend on
    /// other work of the machine.
    private static func served(_ window: PipelineWindow) -> PipelineWindow {
        var served = window
        for (place, thread) in window.threads.enumerated() {
            guard let loop = thread.loop else { continue }
            let unserved = min(thread.unserved, thread.work, window.elements[loop].work)
            served.threads[place].work -= unserved
            served.elements[loop].work -= unserved
        }
        return served
    }

    /// An element that works all the time for several threads, none of which works all the time.
    private static func shared(
        _ window: PipelineWindow, _ wait: (ElementTrace.Wait, PipelineWindow.Thread) -> Double
    ) -> Bottleneck? {
        guard let place = window.elements.indices.max(by: { window.elements[$0].work < window.elements[$1].work })
        else { return nil }
        let element = window.elements[place]
        let busy = Double(element.work) / Double(window.duration)
        // They wait only for their turn.
        let isPaced = window.threads.contains { thread in
            thread.elements.contains(place) && wait(.clock, thread) + wait(.source, thread) >= pacing
        }
        guard element.isSerial, busy >= saturation, element.buffers > 0, !isPaced else { return nil }
        return Bottleneck(
            element: element.path,
            reason: "\(element.path) is the bottleneck: \(duration(element.work / element.buffers)) a buffer, "
                + "\(percent(busy)) of the time, and more than one thread waits for it.",
            headroom: 1 / min(1, busy), limit: element.path)
    }

    /// The element that waits longest for something, and the fraction of the time for which it does.
    private static func longestWait(
        _ reason: ElementTrace.Wait, in window: PipelineWindow
    ) -> (String, Double)? {
        let places = window.elements.indices.filter { place in
            guard window.elements[place].waitReason == reason else { return false }
            // A thread that is blocked by a full queue is not paced by its own waits.
            let thread = window.threads.first { $0.elements.contains(place) }
            return thread?.waits[.queueFull] ?? 0 <= window.elements[place].wait
        }
        return places.map { window.elements[$0] }.max { $0.wait < $1.wait }
            .map { ($0.path, min(1, Double($0.wait) / Double(window.duration))) }
    }

    private static func sentence(
        _ window: PipelineWindow, _ thread: PipelineWindow.Thread, _ slowest: Int
    ) -> String {
        let element = window.elements[slowest]
        let share = Double(element.work) / Double(window.duration)
        var text = "\(element.path) is the bottleneck: "
        if element.buffers > 0 { text += "\(duration(element.work / element.buffers)) a buffer, " }
        text += "\(percent(share)) of the time of thread \(thread.name)"
        let others = thread.elements.filter {
            $0 != slowest && Double(window.elements[$0].work) >= 0.2 * Double(thread.work)
        }
        if !others.isEmpty {
            let texts = others.map { other in
                "\(window.elements[other].path) (\(percent(Double(window.elements[other].work) / Double(window.duration))))"
            }
            text += ", which it shares with \(texts.joined(separator: ", "))"
        }
        var neighbors: [String] = []
        if let source = thread.source {
            let queue = window.queues[source]
            let full = Double(queue.full) / Double(window.duration)
            if full >= 0.5 {
                neighbors.append("\(queue.path) before it is full \(percent(full)) of the time")
            } else if queue.dropped > 0 {
                let all = queue.buffers >= queue.dropped ? " of \(queue.buffers)" : ""
                neighbors.append("\(queue.path) before it drops \(queue.dropped)\(all) buffers")
            }
        }
        for sink in thread.sinks {
            let queue = window.queues[sink]
            let empty = Double(queue.empty) / Double(window.duration)
            if empty >= 0.5 { neighbors.append("\(queue.path) behind it is empty \(percent(empty))") }
        }
        if !neighbors.isEmpty { text += "; " + neighbors.joined(separator: ", ") }
        return text + "."
    }

    static func percent(_ share: Double) -> String {
        "\(Int((max(0, min(1, share)) * 100).rounded())) %"
    }

    static func times(_ factor: Double) -> String {
        let tenths = Int((min(factor, 1e6) * 10).rounded())
        return factor < 99.95 ? "\(tenths / 10).\(tenths % 10) times" : "\(tenths / 10) times"
    }

    /// A time with three digits and a unit.
    static func duration(_ nanoseconds: UInt64) -> String {
        var (value, unit) = (Double(nanoseconds) / 1e3, "µs")
        if value >= 999.5 { (value, unit) = (value / 1e3, "ms") }
        if value >= 999.5 { (value, unit) = (value / 1e3, "s") }
        let hundredths = Int((value * 100).rounded())
        if hundredths < 1000 {
            let fraction = hundredths % 100
            return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction) \(unit)"
        }
        if hundredths < 10_000 {
            let tenths = Int((value * 10).rounded())
            return "\(tenths / 10).\(tenths % 10) \(unit)"
        }
        return "\(Int(value.rounded())) \(unit)"
    }
}
