import TimepieceMessages

/// A recording sorted out: series, watches, and what happened when.
struct RecordingSummary {
    struct Incident {
        enum Kind: String { case alarm, stall, resume, error, warning, note }
        let at: Duration
        /// For a stall: until when it lasted, nil if the recording does not tell.
        var until: Duration?
        let kind: Kind
        let label: String
        var text: String
    }

    let recording: Recording
    private(set) var streams: [StreamSeries] = []
    private(set) var watches: [WatchTotal] = []
    /// What each watch said by itself, window by window.
    private(set) var watchSeries: [WatchSeries] = []
    private(set) var incidents: [Incident] = []
    /// Messages that lack a field, each told once.
    private(set) var problems: [String] = []

    init(_ recording: Recording) {
        self.recording = recording
        for event in recording.events { take(event) }
        // A child of one watch that also reports by itself would be shown twice.
        let below = Set(watches.flatMap(\.pathsBelow))
        // One below several parents goes by its own name alone when it does.
        let names = Set(below.compactMap { WatchTotal.nameBelow($0) })
        watches.removeAll { below.contains($0.path) || $0.hasParent && names.contains($0.path) }
    }

    /// All that a reader should know before believing it.
    var reservations: [String] { recording.reservations + problems }

    private mutating func take(_ event: RecordedEvent) {
        switch event.content {
        case .warning(let source, let text):
            incidents.append(Incident(at: event.at, kind: .warning, label: source, text: text))
        case .failure(let source, let text):
            incidents.append(Incident(at: event.at, kind: .error, label: source, text: text))
        case .end: break
        case .message(let fields):
            do {
                if let message = try TimepieceMessage(fields) { take(message, at: event.at) }
            } catch {
                if !problems.contains(error.description) { problems.append(error.description) }
            }
        }
    }

    private mutating func take(_ message: TimepieceMessage, at now: Duration) {
        switch message {
        case .tick(let tick):
            let index = streams.firstIndex { $0.label == tick.label } ?? streams.endIndex
            if index == streams.endIndex { streams.append(StreamSeries(label: tick.label)) }
            streams[index].windows.append(StreamSeries.Window(at: now, message: tick))
        case .watch(let watch):
            let index = watches.firstIndex { $0.path == watch.watch } ?? watches.endIndex
            if index == watches.endIndex { watches.append(WatchTotal(path: watch.watch)) }
            watches[index].add(watch)
            let series = watchSeries.firstIndex { $0.path == watch.watch } ?? watchSeries.endIndex
            if series == watchSeries.endIndex { watchSeries.append(WatchSeries(path: watch.watch)) }
            watchSeries[series].windows.append(
                WatchSeries.Window(at: now, length: watch.duration, laps: watch.laps, selfTime: watch.selfTime))
        case .alarm(let alarm):
            let text = "\(alarm.alarm), the \(LiveBoard.ordinal(alarm.count))"
            incidents.append(Incident(at: now, kind: .alarm, label: alarm.label, text: text))
        case .stall(let stall):
            let text = "stands still for \(Texts.duration(stall.sinceLastBuffer))"
            // It is told again at each report while it lasts.
            if let index = openStall(stall.label) {
                incidents[index].text = text
            } else {
                let start = max(.zero, now - stall.sinceLastBuffer)
                incidents.append(Incident(at: start, kind: .stall, label: stall.label, text: text))
            }
        case .resume(let resume):
            guard let index = openStall(resume.label) else { return }
            incidents[index].until = now
            incidents[index].text = "stood still for \(Texts.duration(resume.stalledFor))"
        case .cloudWatch(let status):
            let text = "CloudWatch: \(status.sent) sent, \(status.spooled) spooled, \(status.dropped) dropped"
            incidents.append(
                Incident(
                    at: now, kind: .note, label: status.label,
                    text: status.lastError.map { "\(text); \($0)" } ?? text))
        }
    }

    private func openStall(_ label: String) -> Int? {
        incidents.lastIndex { $0.kind == .stall && $0.label == label && $0.until == nil }
    }
}
