/// The sentence that says which element makes a pipeline slow, or that none does.
///
/// A pipeline is as fast as its busiest thread. That thread is the limit if it does not wait: neither for the clock, nor
/// for its source, nor for buffers; then the queue that feeds it is full, those that it feeds are empty, and its element
/// with the most work is the bottleneck. If it waits, nothing is slow, and the part of its time in which it works says how
/// many times faster the pipeline could run. Where the measurements show neither, nothing is claimed.
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
    /// A shorter window says nothing.
    private static let shortestWindow: UInt64 = 50_000_000

    /// Judges a window.
    package static func judge(_ window: PipelineWindow) -> Bottleneck {
        guard window.duration >= shortestWindow, !window.isEmpty else {
            return Bottleneck(reason: "Too little happened to tell.")
        }
        let duration = Double(window.duration)
        let busiest = window.threads.max { $0.work < $1.work }
        guard let busiest, busiest.work > 0,
            let most = busiest.elements.map({ window.elements[$0].work }).max(),
            // Of those that take as long, the first.
            let slowest = busiest.elements.sorted().first(where: { window.elements[$0].work >= most - most / 16 })
        else { return Bottleneck(reason: "No thread worked.") }
        let busy = min(1, Double(busiest.work) / duration)
        let element = window.elements[slowest]
        func wait(_ reason: ElementTrace.Wait, of thread: PipelineWindow.Thread) -> Double {
            Double(thread.waits[reason] ?? 0) / duration
        }
        let paced = wait(.clock, of: busiest) + wait(.source, of: busiest)
        if busy >= saturation, paced < pacing, wait(.inputs, of: busiest) < 1 - saturation {
            // The end of a stream, in which an element gives away what it held back, says nothing of those before.
            guard element.buffers > 0 || window.duration >= 500_000_000 else {
                return Bottleneck(reason: "Too little happened to tell.")
            }
            // Its own work is what limits it, and not the handing over in a queue.
            guard Double(element.work) >= 0.25 * Double(busiest.work), !element.isQueue else {
                return Bottleneck(
                    reason: "The work of thread \(busiest.name) is spread over \(busiest.elements.count) elements.",
                    headroom: 1 / busy)
            }
            return Bottleneck(
                element: element.path, reason: sentence(window, busiest, slowest), headroom: 1 / busy,
                limit: element.path)
        }
        let byProcessors = window.processorLoad > busy
        let headroom = 1 / max(busy, min(1, window.processorLoad))
        var result = Bottleneck(headroom: headroom, limit: byProcessors ? nil : element.path)
        let limit = byProcessors ? "the processors" : element.path
        let then = "it could run \(times(headroom)) faster before \(limit) \(byProcessors ? "are" : "is") the limit"
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

    /// The element that waits longest for something, and the part of the time that it does.
    private static func longestWait(
        _ reason: ElementTrace.Wait, in window: PipelineWindow
    ) -> (String, Double)? {
        window.elements.filter { $0.waitReason == reason }.max { $0.wait < $1.wait }
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

    /// Three digits and a unit.
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
