import TimepieceMessages

/// The live view without a terminal: a line for each message.
struct LineView {
    let style: ScreenStyle
    /// The watches that reported, and how often.
    private var watches: [String: Int] = [:]

    init(style: ScreenStyle) {
        self.style = style
    }

    mutating func lines(_ event: PipelineEvent, at now: Duration) -> [String] {
        let time = Texts.clock(now)
        switch event {
        case .warning(let source, let text): return [style.plain("\(time) \(source): warning: \(text)")]
        case .failure(let source, let text): return [style.plain("\(time) \(source): error: \(text)")]
        case .drops(let element, let count): return [style.plain("\(time) \(element): \(count) dropped so far")]
        case .caps, .ended, .look: return []
        case .message(let fields):
            do {
                guard let message = try TimepieceMessage(fields) else { return [] }
                return lines(message).map { style.plain("\(time) \($0)") }
            } catch {
                return [style.plain("\(time) \(error)")]
            }
        }
    }

    private mutating func lines(_ message: TimepieceMessage) -> [String] {
        switch message {
        case .tick(let tick):
            guard tick.intervals.count > 0 else {
                let buffers = "\(tick.bufferCount) \(tick.bufferCount == 1 ? "buffer" : "buffers")"
                return ["\(tick.label): \(buffers), the last \(Texts.duration(tick.sinceLastBuffer)) ago"]
            }
            let nominal = tick.nominalRate > 0 ? " of \(Texts.rate(tick.nominalRate))" : ""
            return [
                "\(tick.label): \(Texts.rate(tick.averageRate))\(nominal) /s, p50 \(Texts.duration(tick.intervals.p50))"
                    + ", p90 \(Texts.duration(tick.intervals.p90)), p99 \(Texts.duration(tick.intervals.p99))"
                    + ", longest \(Texts.duration(tick.intervals.max)), \(Texts.bitrate(tick.bitrate))"
            ]
        case .watch(let watch): return isBelowAnother(watch) ? [] : lines(watch, depth: 0)
        case .alarm(let alarm):
            return ["\(alarm.label): alarm \(alarm.alarm), the \(LiveBoard.ordinal(alarm.count))"]
        case .stall(let stall):
            if stall.reason == "standstill" {
                return ["\(stall.label): STALLED for \(Texts.duration(stall.sinceLastBuffer))"]
            }
            return ["\(stall.label): " + RecordingSummary.sentence(stall.reason, stall.sinceLastBuffer)]
        case .resume(let resume):
            return ["\(resume.label): resumed after \(Texts.duration(resume.stalledFor))"]
        case .cloudWatch(let status):
            return ["\(status.label): " + RecordingSummary.sentence("CloudWatch", status)]
        case .openTelemetry(let status):
            return ["\(status.label): " + RecordingSummary.sentence("OTLP", status)]
        case .pipeline(let pipeline): return ["\(pipeline.pipeline): \(pipeline.bottleneck.reason)"]
        }
    }

    /// Whether the watch is a part of another, which prints it with all below: each subtree is printed once.
    ///
    /// A watch whose parent does not report is printed separately, from its second message on.
    private mutating func isBelowAnother(_ watch: WatchMessage) -> Bool {
        watches[watch.watch, default: 0] += 1
        guard watch.share < 1, let dot = watch.watch.lastIndex(of: ".") else { return false }
        var parent = String(watch.watch[..<dot])
        while watches[parent] == nil {
            guard let dot = parent.lastIndex(of: ".") else { return watches[watch.watch] == 1 }
            parent = String(parent[..<dot])
        }
        return true
    }

    private func lines(_ watch: WatchMessage, depth: Int) -> [String] {
        var rest = watch.unmatchedCount > 0 ? ", \(watch.unmatchedCount) unmatched" : ""
        if watch.mergedCount > 0 { rest += ", \(watch.mergedCount) merged" }
        if watch.inFlightCount > 0 {
            rest += ", \(watch.inFlightCount) in flight, the oldest for \(Texts.duration(watch.oldestInFlight))"
        }
        let own = watch.laps.count > 0 ? watch.selfTime / Int(clamping: watch.laps.count) : .zero
        let line =
            String(repeating: "  ", count: depth)
            + "\(watch.watch): \(Texts.percent(watch.share)), self \(Texts.duration(own)) a lap, "
            + "\(watch.laps.count) laps, p50 \(Texts.duration(watch.laps.p50)), p99 "
            + "\(Texts.duration(watch.laps.p99))\(rest)"
        return [line] + watch.children.flatMap { lines($0, depth: depth + 1) }
    }
}
